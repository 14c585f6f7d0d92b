import type { CommandRow } from './queries.ts';

export type CommandPresentation = ReturnType<typeof presentCommand>;

/** Sealed parameters have no presentation. Where a device was is shown only where the caller has asked for it by right. */
export function presentCommand(row: CommandRow, { withPlace = false } = {}) {
  const hidden = row.name === 'locate-device' && !withPlace;
  return {
    id: row.command_id,
    deviceId: row.device_id,
    name: row.name,
    params: row.params,
    state: row.state,
    reason: row.reason,
    result: hidden ? null : row.result,
    requestedBy: row.requested_by,
    createdAt: row.created_at.toISOString(),
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
  };
}
