// Statements over push certificates and what stands in the way of pushes. `$1` is always the organization.
import type { SystemTx, TenantTx } from '../../../kernel/db/database.ts';
import { sql } from '../../../kernel/db/sql.ts';

export interface RequestedRow {
  readonly certificate_id: string;
  readonly private_key: Buffer;
  readonly key_fingerprint: string;
  readonly request: Buffer;
  readonly signed_request: string | null;
  readonly created_at: Date;
}

const requestedStatement = sql(
  'push-requested',
  `select certificate_id, private_key, key_fingerprint, request, signed_request, created_at
   from apple_push_certificates where organization_id = $1 and state = 'requested'`,
);

export async function selectRequested(tx: TenantTx): Promise<RequestedRow | undefined> {
  return tx.one<RequestedRow>(requestedStatement, [tx.organizationId]);
}

export interface ActiveRow {
  readonly certificate_id: string;
  readonly private_key: Buffer;
  readonly key_fingerprint: string;
  readonly certificate: Buffer;
  readonly topic: string;
  readonly account: string | null;
  readonly not_before: Date;
  readonly not_after: Date;
}

const activeStatement = sql(
  'push-active',
  `select certificate_id, private_key, key_fingerprint, certificate, topic, account, not_before, not_after
   from apple_push_certificates where organization_id = $1 and state = 'active'`,
);

export async function selectActive(tx: TenantTx): Promise<ActiveRow | undefined> {
  return tx.one<ActiveRow>(activeStatement, [tx.organizationId]);
}

const topicStatement = sql(
  'push-topic',
  `select topic from apple_push_certificates where organization_id = $1 and state = 'active'`,
);

export async function selectTopic(tx: TenantTx): Promise<string | undefined> {
  return (await tx.one<{ topic: string }>(topicStatement, [tx.organizationId]))?.topic;
}

const dropRequestStatement = sql(
  'push-drop-request',
  `delete from apple_push_certificates where organization_id = $1 and state = 'requested'`,
);
const insertRequestStatement = sql(
  'push-insert-request',
  `insert into apple_push_certificates (organization_id, certificate_id, state, private_key, key_fingerprint, request, created_at)
   values ($1, $2, 'requested', $3, $4, $5, $6) on conflict do nothing`,
);

export async function replaceRequest(
  tx: TenantTx,
  row: {
    certificateId: string;
    privateKey: Uint8Array;
    keyFingerprint: string;
    request: Uint8Array;
    at: Date;
  },
): Promise<boolean> {
  await tx.run(dropRequestStatement, [tx.organizationId]);
  const values = [row.certificateId, row.privateKey, row.keyFingerprint, Buffer.from(row.request), row.at];
  return (await tx.run(insertRequestStatement, [tx.organizationId, ...values])) === 1;
}

const signRequestStatement = sql(
  'push-sign-request',
  `update apple_push_certificates set signed_request = $3 where organization_id = $1 and certificate_id = $2`,
);

export async function writeSignedRequest(tx: TenantTx, certificateId: string, signed: string): Promise<void> {
  await tx.run(signRequestStatement, [tx.organizationId, certificateId, signed]);
}

const retireStatement = sql(
  'push-retire',
  `update apple_push_certificates set state = 'replaced', private_key = null
   where organization_id = $1 and state = 'active'`,
);
const activateStatement = sql(
  'push-activate',
  `insert into apple_push_certificates (organization_id, certificate_id, state, private_key, key_fingerprint, certificate, topic,
     account, not_before, not_after, created_at, activated_at)
   values ($1, $2, 'active', $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
);

export async function activate(
  tx: TenantTx,
  row: {
    certificateId: string;
    privateKey: Uint8Array;
    keyFingerprint: string;
    certificate: Uint8Array;
    topic: string;
    account: string | null;
    notBefore: Date;
    notAfter: Date;
    at: Date;
  },
): Promise<void> {
  await tx.run(retireStatement, [tx.organizationId]);
  await tx.run(activateStatement, [
    tx.organizationId,
    row.certificateId,
    row.privateKey,
    row.keyFingerprint,
    Buffer.from(row.certificate),
    row.topic,
    row.account,
    row.notBefore,
    row.notAfter,
    row.at,
  ]);
}

export async function dropRequest(tx: TenantTx): Promise<void> {
  await tx.run(dropRequestStatement, [tx.organizationId]);
}

const lockStatement = sql(
  'push-lock',
  `select pg_advisory_xact_lock(hashtextextended('apple-push/' || $1::text, 0))`,
);

/** Requests and uploads of one organization come one after the other. */
export async function lockPushCertificates(tx: TenantTx): Promise<void> {
  await tx.run(lockStatement, [tx.organizationId]);
}

const topicsStatement = sql(
  'push-enrolled-topics',
  `select c.topic, count(*)::integer as channels from apple_channels c
   join devices d on d.organization_id = $1 and d.device_id = c.device_id
   where c.organization_id = $1 and c.topic is not null and d.state <> 'unmanaged'
   group by c.topic order by count(*) desc, c.topic limit 20`,
);

/** What devices that are still managed are bound to. */
export function selectEnrolledTopics(tx: TenantTx): Promise<{ topic: string; channels: number }[]> {
  return tx.query(topicsStatement, [tx.organizationId]);
}

const expiringStatement = sql(
  'push-expiring',
  `select distinct organization_id from apple_push_certificates
   where state = 'active' and not_after < $1 and (warned_days is null or warned_days > 0)`,
);

export async function selectExpiring(tx: SystemTx, before: Date): Promise<string[]> {
  return (await tx.query<{ organization_id: string }>(expiringStatement, [before])).map(
    (row) => row.organization_id,
  );
}

const warnStatement = sql(
  'push-warn',
  `update apple_push_certificates set warned_days = $2
   where organization_id = $1 and state = 'active' and (warned_days is null or warned_days > $2)
   returning topic, account`,
);

/** @returns undefined when this warning was given. */
export function writeWarning(
  tx: TenantTx,
  days: number,
): Promise<{ topic: string; account: string | null } | undefined> {
  return tx.one(warnStatement, [tx.organizationId, days]);
}

const addProblemStatement = sql(
  'push-add-problem',
  `insert into apple_push_problems (organization_id, kind, detail, since) values ($1, $2, $3, $4) on conflict do nothing`,
);
const clearProblemsStatement = sql(
  'push-clear-problems',
  `delete from apple_push_problems where organization_id = $1 and kind = any ($2::text[])`,
);
const problemsStatement = sql(
  'push-problems',
  `select kind, detail, since from apple_push_problems where organization_id = $1 order by since, kind`,
);

/** @returns false when it is known. */
export async function addProblem(tx: TenantTx, kind: string, detail: string, at: Date): Promise<boolean> {
  return (await tx.run(addProblemStatement, [tx.organizationId, kind, detail, at])) === 1;
}

/** @returns how many there were. */
export function clearProblems(tx: TenantTx, kinds: readonly string[]): Promise<number> {
  return tx.run(clearProblemsStatement, [tx.organizationId, kinds]);
}

export function selectProblems(tx: TenantTx): Promise<{ kind: string; detail: string; since: Date }[]> {
  return tx.query(problemsStatement, [tx.organizationId]);
}
