import { commandDefinition } from '@gatehouse/core/commands/catalogue.ts';
import type { CommandRow } from './queries.ts';

export type CommandPresentation = ReturnType<typeof presentCommand>;

export type PresentableCommand = Omit<
  CommandRow,
  'command_no' | 'priority' | 'sealed_params' | 'sealed_result' | 'step' | 'permission'
>;

/**
 * Sealed parameters have no presentation. What concerns a person, such as where a device was, is shown only where the caller
 * has asked for it by right and hands it in.
 */
export function presentCommand(row: PresentableCommand, privateResult?: Readonly<Record<string, unknown>>) {
  return {
    id: row.command_id,
    deviceId: row.device_id,
    channel: row.channel,
    origin: row.origin,
    name: row.name,
    params: row.params,
    state: row.state,
    reason: row.reason,
    result: privateResult ?? (commandDefinition(row.name).privateResult ? null : row.result),
    errors: row.error_chain?.map((error) => ({ ...error })) ?? null,
    requestedBy: row.requested_by,
    createdAt: row.created_at.toISOString(),
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    deferredAt: row.deferred_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
  };
}
