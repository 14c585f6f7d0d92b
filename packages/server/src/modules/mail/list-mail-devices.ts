// Mail devices for people who ask, with what stands against their mail in words.
import type { MailDevice } from '@gatehouse/contracts/admin/mail.ts';
import { decideAccess } from '@gatehouse/core/compliance/access.ts';
import { readEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import { render } from '@gatehouse/core/compliance/wording/render.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { decideMailAccess, type MailDecision } from '@gatehouse/core/mail/decide-mail-access.ts';
import { accessByDecision, narrateMailClient } from '@gatehouse/core/mail/explain-mail-client.ts';
import { mailPolicy } from '@gatehouse/core/mail/mail-policy.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import type { ExplainMail } from '../compliance/index.ts';
import {
  type ListedMailDeviceRow,
  type MailDeviceSearch,
  selectListedMailDevice,
  selectMailDevices,
  selectMailDevicesOf,
} from './device-queries.ts';
import type { MailDeps } from './mail-deps.ts';
import type { MailSettingsRow } from './settings-queries.ts';
import { gateSettings, readMailSettings } from './settings.ts';

export const noSuchMailDevice = () => new DomainError('not-found', 'There is no such mail device.');

type Reading = Pick<MailDeps, 'database' | 'clock'>;

export async function getMailDevice(
  deps: Reading,
  principal: TenantPrincipal,
  mailDeviceId: string,
): Promise<MailDevice> {
  requirePermission(principal, 'mail.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const [row, settings] = await Promise.all([
        selectListedMailDevice(tx, mailDeviceId),
        readMailSettings(tx),
      ]);
      if (!row) throw noSuchMailDevice();
      return presentMailDevice(row, settings, deps.clock.now());
    },
    { readOnly: true },
  );
}

export async function listMailDevices(
  deps: Reading,
  principal: TenantPrincipal,
  search: MailDeviceSearch,
  page: PageRequest,
): Promise<PageAnswer<MailDevice>> {
  requirePermission(principal, 'mail.read');
  const [rows, settings] = await deps.database.withTenant(
    principal.organizationId,
    (tx) =>
      Promise.all([
        selectMailDevices(tx, search, Number(page.after?.[0] ?? 0), page.limit + 1),
        readMailSettings(tx),
      ]),
    { readOnly: true },
  );
  const now = deps.clock.now();
  return pageOfRows(
    rows,
    page.limit,
    (row) => presentMailDevice(row, settings, now),
    (row) => [Number(row.mail_device_no)],
  );
}

/** What the mail gate says of the mail devices that an enrolled device is: the port of its explanation. */
export const explainMailClients: ExplainMail = async (tx, deviceId, now, language) => {
  const [rows, settings] = await Promise.all([selectMailDevicesOf(tx, deviceId), readMailSettings(tx)]);
  const clients = rows.map((row) => ({ row, decision: decisionOf(row, settings, now) }));
  return {
    items: clients.map(({ row, decision }) => ({
      mailDeviceId: row.mail_device_id,
      type: row.device_type,
      access: accessByDecision(decision),
      reason: decision.says.length === 0 ? null : render(decision.says, language),
      policyVersion: row.wanted_version,
      acknowledgedPolicyVersion: row.policy_version,
    })),
    text:
      clients.length === 0
        ? [narrateMailClient(null, language)]
        : clients.map(({ row, decision }) =>
            narrateMailClient({ name: row.device_type || row.device_key_text, decision }, language),
          ),
  };
};

/** As the gateway decides; the key that a client brings is taken as the one it was given. */
function decisionOf(row: ListedMailDeviceRow, settings: MailSettingsRow, now: number): MailDecision {
  const { access_mail: access, registered, blocked, barred, evaluation, wipe } = row;
  const key = row.policy_key === null ? null : Number(row.policy_key);
  const open = wipe !== null && (wipe.state === 'ordered' || wipe.state === 'fetched');
  return decideMailAccess({
    standing: {
      user:
        row.user_id === null
          ? null
          : {
              userId: row.user_id,
              email: '',
              displayName: '',
              language: null,
              state: row.user_state ?? 'active',
              passwordSetAt: null,
            },
      mailDevice: {
        mailDeviceId: row.mail_device_id,
        state: row.state,
        firstSeenAt: row.first_seen_at.getTime(),
        wipe: open ? { wipeId: wipe.wipe_id, kind: wipe.kind } : null,
        policyKey:
          key === null ||
          row.policy_version === null ||
          row.policy_acknowledged_at === null ||
          row.policy_outcome === null
            ? null
            : {
                key,
                version: row.policy_version,
                acknowledgedAt: row.policy_acknowledged_at.getTime(),
                outcome: row.policy_outcome,
              },
        wiped: row.wiped_at !== null,
      },
      mailDeviceCount: 1,
      link:
        access === null || row.device_id === null
          ? null
          : {
              deviceId: row.device_id,
              access,
              reasons:
                access === 'allow'
                  ? []
                  : decideAccess(
                      {
                        registered: registered === true,
                        blocked: blocked === true,
                        bar: barred === null ? null : { cause: barred, reason: null },
                        evaluation: evaluation && readEvaluation(evaluation),
                      },
                      'mail',
                    ).reasons.flatMap(({ says }) => says),
            },
      settings: gateSettings(settings),
      // Only its version is compared. One that was not asked for yet is made when the client comes: it has to fetch it.
      policy: { version: row.wanted_version ?? row.policy_version ?? '', document: mailPolicy({}) },
      server: null,
    },
    presentedKey: key ?? 0,
    now,
  });
}

export function presentMailDevice(
  row: ListedMailDeviceRow,
  settings: MailSettingsRow,
  now: number,
): MailDevice {
  const decision = decisionOf(row, settings, now);
  const time = (text: string | null) => (text === null ? null : new Date(text).toISOString());
  return {
    id: row.mail_device_id,
    mailId: row.device_key_text,
    type: row.device_type,
    login: row.login,
    userId: row.user_id,
    userName: row.user_name,
    state: row.state,
    stateReason: row.state_reason,
    stateBy: row.state_by,
    access: accessByDecision(decision),
    accessReason: decision.says.length === 0 ? null : render(decision.says),
    deviceId: row.device_id,
    linkedBy: row.linked_by,
    linkEvidence: [...row.link_evidence],
    suggestions: row.suggestions.map(({ deviceId, score, evidence }) => ({
      deviceId,
      score,
      evidence: [...evidence],
    })),
    policy: {
      version: row.wanted_version,
      acknowledgedVersion: row.policy_version,
      acknowledgedAt: row.policy_acknowledged_at?.toISOString() ?? null,
      outcome: row.policy_outcome,
    },
    wiped: row.wiped_at !== null,
    wipe: row.wipe && {
      id: row.wipe.wipe_id,
      kind: row.wipe.kind,
      state: row.wipe.state,
      orderedBy: row.wipe.ordered_by,
      reason: row.wipe.reason,
      orderedAt: new Date(row.wipe.ordered_at).toISOString(),
      fetchedAt: time(row.wipe.fetched_at),
      finishedAt: time(row.wipe.finished_at),
    },
    protocolVersion: row.protocol_version,
    userAgent: row.user_agent,
    information: { ...row.information },
    firstSeenAt: row.first_seen_at.toISOString(),
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    lastOutcome: row.last_outcome,
    requests: Number(row.requests ?? 0),
    bytesIn: Number(row.bytes_in ?? 0),
    bytesOut: Number(row.bytes_out ?? 0),
  };
}
