// Statements over what policies mean for mail clients. `$1` is always the organization.
import type { MailPolicy } from '@gatehouse/core/mail/mail-policy.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

const selectOne = sql(
  'mail-select-policy',
  `select document from mail_policies where organization_id = $1 and policy_version = $2 and format = 1 limit 1`,
);

export async function selectMailPolicy(tx: TenantTx, version: string): Promise<MailPolicy | undefined> {
  return (await tx.one<{ document: MailPolicy }>(selectOne, [tx.organizationId, version]))?.document;
}

const selectOfSource = sql(
  'mail-select-policy-of-source',
  `select policy_version as version, document from mail_policies
   where organization_id = $1 and source_version = $2 and format = 1`,
);

export function selectPolicyOfSource(
  tx: TenantTx,
  source: string,
): Promise<{ readonly version: string; readonly document: MailPolicy } | undefined> {
  return tx.one(selectOfSource, [tx.organizationId, source]);
}

/** The format grows when the same settings come to mean something else for a mail client; so in `selectMailStandings`. */
const insert = sql(
  'mail-insert-policy',
  `insert into mail_policies (organization_id, source_version, policy_version, document, made_at, format)
   values ($1, $2, $3, $4, $5, 1)
   on conflict (organization_id, source_version) do update set policy_version = excluded.policy_version,
     document = excluded.document, made_at = excluded.made_at, format = excluded.format`,
);

export function insertMailPolicy(
  tx: TenantTx,
  policy: {
    readonly sourceVersion: string;
    readonly version: string;
    readonly document: MailPolicy;
    readonly at: Date;
  },
): Promise<number> {
  const { sourceVersion, version, document, at } = policy;
  return tx.run(insert, [tx.organizationId, sourceVersion, version, JSON.stringify(document), at]);
}

export interface PolicySubjectRow {
  readonly user_id: string | null;
  readonly device_type: string;
  readonly user_agent: string | null;
  /** Of the organization, read before the policies are. */
  readonly policy_epoch: number;
}

const selectSubject = sql(
  'mail-select-policy-subject',
  `select m.user_id, m.device_type, m.user_agent, coalesce(s.policy_epoch, 1) as policy_epoch from mail_devices m
   left join mail_settings s on s.organization_id = $1
   where m.organization_id = $1 and m.mail_device_id = $2`,
);

export function selectPolicySubject(
  tx: TenantTx,
  mailDeviceId: string,
): Promise<PolicySubjectRow | undefined> {
  return tx.one<PolicySubjectRow>(selectSubject, [tx.organizationId, mailDeviceId]);
}

const updateSource = sql(
  'mail-update-policy-source',
  `update mail_devices set policy_source = $3, policy_epoch = $4 where organization_id = $1 and mail_device_id = $2`,
);

export function updatePolicySource(
  tx: TenantTx,
  mailDeviceId: string,
  source: string,
  epoch: number,
): Promise<number> {
  return tx.run(updateSource, [tx.organizationId, mailDeviceId, source, epoch]);
}

const raiseEpoch = sql(
  'mail-raise-policy-epoch',
  `update mail_settings set policy_epoch = policy_epoch + 1 where organization_id = $1`,
);

/** Devices without a link look up what applies to their users again. */
export function raisePolicyEpoch(tx: TenantTx): Promise<number> {
  return tx.run(raiseEpoch, [tx.organizationId]);
}

const purge = sql(
  'mail-purge-policies',
  `delete from mail_policies p where p.organization_id = $1 and p.made_at < $2
     and not exists (select 1 from device_posture d where d.organization_id = $1 and d.policy_version = p.source_version)
     and not exists (select 1 from mail_devices m where m.organization_id = $1 and m.policy_source = p.source_version)`,
);

/** Versions that no device has any more. */
export function purgeMailPolicies(tx: TenantTx, before: Date): Promise<number> {
  return tx.run(purge, [tx.organizationId, before]);
}
