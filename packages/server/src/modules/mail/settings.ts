// What an organization has decided about mail: what becomes of devices that nobody knows, until when its people have to enrol
// (ENR-17), and what clients without a policy may do.
import type { MailSettings, MailSettingsChanges } from '@gatehouse/contracts/admin/mail.ts';
import type { MailGateSettings } from '@gatehouse/core/mail/decide-mail-access.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { addReceiver, enqueue } from '../../kernel/jobs/jobs.ts';
import { recordAudit } from '../audit/index.ts';
import { announceMailAccess } from './access-news.ts';
import {
  announceDeadlineKind,
  announceMailUserKind,
  linkMailDevicesKind,
  refreshMailPoliciesKind,
} from './job-kinds.ts';
import type { MailDeps } from './mail-deps.ts';
import {
  ensureMailSettings,
  lockMailSettings,
  type MailSettingsRow,
  selectMailSettings,
  writeMailSettings,
} from './settings-queries.ts';

/** What holds until somebody says otherwise: strangers get no mail, and are told what to do. */
export const defaultMailSettings: MailSettingsRow = {
  strangers: 'quarantine',
  enrol_by: null,
  without_policy: 'block',
  refresh_policy_hours: null,
  maximum_devices: 10,
  instruct: true,
  instruction: null,
  gateway_hosts: [],
  windows_domains: [],
};

export function gateSettings(row: MailSettingsRow): MailGateSettings {
  return {
    strangers: row.strangers,
    enrolBy: row.enrol_by?.getTime() ?? null,
    withoutPolicy: row.without_policy,
    refreshPolicyMs: row.refresh_policy_hours === null ? null : row.refresh_policy_hours * 3_600_000,
    maximumDevices: row.maximum_devices,
  };
}

const present = (row: MailSettingsRow): MailSettings => ({
  strangers: row.strangers,
  enrolBy: row.enrol_by?.toISOString() ?? null,
  withoutPolicy: row.without_policy,
  refreshPolicyHours: row.refresh_policy_hours,
  maximumDevices: row.maximum_devices,
  instruct: row.instruct,
  instruction: row.instruction,
  gatewayHosts: [...row.gateway_hosts],
  windowsDomains: [...row.windows_domains],
});

export async function readMailSettings(tx: TenantTx): Promise<MailSettingsRow> {
  return (await selectMailSettings(tx)) ?? defaultMailSettings;
}

/** Called by everything that makes an organization one that has to do with mail. */
export async function beginMail(tx: TenantTx, now: Date): Promise<void> {
  await ensureMailSettings(tx, defaultMailSettings, now);
  for (const kind of [announceMailUserKind, linkMailDevicesKind, refreshMailPoliciesKind])
    await addReceiver(tx, kind, 'mail');
}

export async function getMailSettings(
  deps: Pick<MailDeps, 'database'>,
  principal: TenantPrincipal,
): Promise<MailSettings> {
  requirePermission(principal, 'mail.read');
  return present(
    await deps.database.withTenant(principal.organizationId, readMailSettings, { readOnly: true }),
  );
}

/**
 * Hosts and domains of Windows lead log-ins of strangers to this organization, with their passwords: they are the operator's to
 * give, so that no organization can say that another's are its own.
 * @throws DomainError `forbidden`
 */
export async function changeMailSettings(
  deps: MailDeps,
  principal: TenantPrincipal,
  changes: MailSettingsChanges,
): Promise<MailSettings> {
  requirePermission(principal, 'mail.manage');
  const { gatewayHosts, windowsDomains } = changes;
  if (gatewayHosts !== undefined || windowsDomains !== undefined)
    requirePermission(principal, 'organizations.manage');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const now = new Date(deps.clock.now());
    await beginMail(tx, now);
    const before = (await lockMailSettings(tx)) ?? defaultMailSettings;
    const after: MailSettingsRow = {
      strangers: changes.strangers ?? before.strangers,
      enrol_by:
        changes.enrolBy === undefined
          ? before.enrol_by
          : changes.enrolBy === null
            ? null
            : new Date(changes.enrolBy),
      without_policy: changes.withoutPolicy ?? before.without_policy,
      refresh_policy_hours:
        changes.refreshPolicyHours === undefined ? before.refresh_policy_hours : changes.refreshPolicyHours,
      maximum_devices: changes.maximumDevices ?? before.maximum_devices,
      instruct: changes.instruct ?? before.instruct,
      instruction: changes.instruction === undefined ? before.instruction : changes.instruction,
      gateway_hosts: gatewayHosts ?? before.gateway_hosts,
      windows_domains: windowsDomains ?? before.windows_domains,
    };
    await writeMailSettings(tx, after, now);
    // Whoever waits for mail when the deadline comes has been let in before it.
    if (after.enrol_by !== null && after.enrol_by > now) {
      const key = after.enrol_by.toISOString();
      await enqueue(tx, { kind: announceDeadlineKind, key, payload: {}, runAt: after.enrol_by });
    }
    const { instruction: _text, ...show } = present(after);
    await Promise.all([
      recordAudit(tx, {
        actor: principal,
        action: 'mail.change-settings',
        outcome: 'done',
        show: { ...show, changed: Object.keys(changes) },
      }),
      deps.events.emit(tx, {
        name: 'mail.settings-changed',
        subjectId: tx.organizationId,
        payload: { changed: Object.keys(changes) },
      }),
    ]);
    announceMailAccess(tx, deps, tx.organizationId);
    return present(after);
  });
}
