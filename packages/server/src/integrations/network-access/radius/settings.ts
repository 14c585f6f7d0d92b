// What RADIUS servers are answered, and how patiently changes are told: one row for an organization, replaced as a whole.
import type {
  NetworkAccessChanges,
  NetworkAccessSettings,
} from '@gatehouse/contracts/admin/network-access.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { ReplyRule } from '@gatehouse/core/network-access/reply-rules.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import type { GateDeps } from '../gate-deps.ts';
import { lockSettings, selectSettings, type SettingsRow, writeSettings } from './answer-queries.ts';

const defaultQuietSeconds = 10;

export function settingsOf(row: SettingsRow | undefined): NetworkAccessSettings {
  return {
    rules: (row?.replies ?? []) as NetworkAccessSettings['rules'],
    quietSeconds: row?.quiet_seconds ?? defaultQuietSeconds,
    version: row?.version ?? 0,
  };
}

/** Stored rules were validated when they were set. */
export function rulesOf(row: SettingsRow | undefined): readonly ReplyRule[] {
  return (row?.replies ?? []) as ReplyRule[];
}

export async function readNetworkAccess(
  deps: Pick<GateDeps, 'database'>,
  actor: TenantPrincipal,
): Promise<NetworkAccessSettings> {
  requirePermission(actor, 'gates.read');
  return settingsOf(await deps.database.withTenant(actor.organizationId, selectSettings, { readOnly: true }));
}

/** @throws DomainError `conflict` when the settings are not the version that was to be replaced. */
export async function changeNetworkAccess(
  deps: Pick<GateDeps, 'database'>,
  actor: TenantPrincipal,
  changes: NetworkAccessChanges,
): Promise<NetworkAccessSettings> {
  requirePermission(actor, 'gates.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    await lockSettings(tx);
    const before = settingsOf(await selectSettings(tx));
    if (changes.version !== undefined && changes.version !== before.version) {
      throw new DomainError('conflict', 'The settings were changed meanwhile.', { reason: 'version' });
    }
    const row = {
      replies: changes.rules,
      quiet_seconds: changes.quietSeconds ?? before.quietSeconds,
      version: before.version + 1,
    };
    await writeSettings(tx, row);
    await recordAudit(tx, {
      actor,
      action: 'network-access.settings.change',
      outcome: 'done',
      show: {
        version: row.version,
        quietSeconds: row.quiet_seconds,
        rules: changes.rules.map(({ name, reply }) => ({ name, reply: reply.kind })),
      },
    });
    return settingsOf(row);
  });
}
