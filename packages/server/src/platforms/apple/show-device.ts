// How an Apple device is reached and what it has entrusted to us, for administrators: that a secret is held, never which.
import type { AppleChannel, AppleDevice } from '@gatehouse/contracts/admin/apple.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { osOfProduct } from './apple-target.ts';
import { selectChannels, type ShownChannelRow } from './show-queries.ts';

/** @throws DomainError `not-found` for a device that is not managed by Apple's protocol. */
export async function showAppleDevice(
  { database }: { readonly database: Pick<Database, 'withTenant'> },
  principal: TenantPrincipal,
  deviceId: string,
): Promise<AppleDevice> {
  requirePermission(principal, 'devices.read');
  const rows = await database.withTenant(principal.organizationId, (tx) => selectChannels(tx, deviceId), {
    readOnly: true,
  });
  const own = rows.find(({ channel }) => channel === '');
  if (!own) throw new DomainError('not-found', 'There is no such Apple device.');
  const { product, platform } = own;
  return {
    deviceId,
    enrollment: own.enrollment_kind,
    system: osOfProduct(product ?? undefined, platform === 'macos' ? 'macOS' : 'iOS'),
    product,
    version: own.os_version,
    supervised: own.supervised,
    sharedIpad: own.shared_ipad,
    channels: rows.map(present),
  };
}

function present(row: ShownChannelRow): AppleChannel {
  const time = (date: Date | null) => date?.toISOString() ?? null;
  return {
    id: row.channel_id,
    of: row.channel === '' ? 'device' : 'user',
    kind: row.kind,
    readyAt: time(row.enrolled_at),
    lastSeenAt: time(row.seen_at),
    push: {
      state: row.has_push ? (row.push_dead_at === null ? 'reachable' : 'dead') : 'none',
      topic: row.topic,
      tokenAt: time(row.push_token_at),
      deadAt: time(row.push_dead_at),
    },
    awaitingConfiguration: row.awaiting_configuration,
    declarativeSince: time(row.declarative_at),
    holdsUnlockToken: row.has_unlock,
    holdsBootstrapToken: row.has_bootstrap,
  };
}
