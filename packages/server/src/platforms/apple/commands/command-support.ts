// Whether an Apple device can be asked something, told to whoever orders it instead of to a queue: system and version, supervision, how
// it came under management, and the rights that its profile asked for.
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { PlatformSupport } from '../../../modules/commands/index.ts';
import { type AppleTarget, osOfProduct } from '../apple-target.ts';
import { appleCommand } from './apple-commands.ts';
import { commandOf } from './hand-over.ts';
import { whyNot } from './needs.ts';
import { selectSupportRows, type SupportRow } from './support-queries.ts';
import { isUnsupported } from './translator.ts';

export const appleSupport: PlatformSupport = async (tx, { command, channel, devices }) => {
  const rows = await selectSupportRows(
    tx,
    devices.map(({ deviceId }) => deviceId),
    channel,
  );
  const entry = appleCommand(command.name);
  const problem = (row: SupportRow): string | undefined => {
    if (isUnsupported(entry)) return entry.unsupported;
    if (!row.reachable) return 'The device has no such user.';
    return whyNot(entry, commandOf(command), toTarget(tx, row, channel));
  };
  return new Map(rows.map((row) => [row.device_id, problem(row) ?? null]));
};

export function toTarget(tx: TenantTx, row: SupportRow, channel = ''): AppleTarget {
  return {
    organizationId: tx.organizationId,
    deviceId: row.device_id,
    channel,
    os: osOfProduct(row.product ?? undefined, row.platform === 'macos' ? 'macOS' : 'iOS'),
    osVersion: row.os_version ?? undefined,
    product: row.product ?? undefined,
    supervised: row.supervised,
    sharedIpad: row.shared_ipad,
    enrollmentKind: row.enrollment_kind,
    accessRights: row.access_rights ?? undefined,
    udid: row.udid ?? undefined,
    declarativeSince: row.declarative_at?.getTime(),
    awaitingConfiguration: row.awaiting_configuration,
    // Secrets are nothing for whoever only asks what is possible.
    unlockToken: () => Promise.resolve(undefined),
  };
}
