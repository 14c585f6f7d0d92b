// Actions and messages: ISE's words for our commands. They take the same way as everybody's commands, through the same
// guard and the same budget (ISE-03); what differs is the permission, because an account of the network holds nothing else.
import type { Command } from '@gatehouse/core/commands/catalogue.ts';
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  type ActionType,
  type DeviceIdentifier,
  decodeActionBody,
  decodeMessageBody,
  encodeOrderAnswer,
  type MessageOrder,
  type OrderResult,
} from '@gatehouse/protocols/cisco-ise/index.ts';
import type { Database } from '../../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import { findClaimants } from './answer-query.ts';
import { type ActionCall, type MessageCall, refusingMalformed } from './calls.ts';
import type { PostureReader } from './posture-reader.ts';
import type { Asker } from './queries.ts';

/** How a command is queued: the commands module's, with the permission that the network's account needs instead. */
export type QueueForNetwork = (
  principal: TenantPrincipal,
  deviceId: string,
  command: Command,
  permission: Permission,
) => Promise<unknown>;

export interface OrderDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly reader: PostureReader;
  readonly queue: QueueForNetwork;
  /** Whether the organization lets the network reset devices to factory state; off unless it says so. */
  readonly mayFullWipe: (organizationId: string) => Promise<boolean>;
}

/** ISE calls a selective wipe "corporate" (WIP-01). */
const actions: Record<ActionType, { readonly command: Command; readonly permission: Permission }> = {
  pin_lock: { command: { name: 'lock-device', params: {} }, permission: 'nac.actions.lock' },
  corporate_wipe: { command: { name: 'selective-wipe', params: {} }, permission: 'nac.actions.wipe' },
  full_wipe: { command: { name: 'full-wipe', params: {} }, permission: 'nac.actions.full-wipe' },
};

export async function runAction(
  deps: OrderDeps,
  asker: Asker,
  principal: TenantPrincipal,
  call: ActionCall,
  contentType: string | undefined,
  body: Uint8Array,
): Promise<Uint8Array> {
  const { command, permission } = actions[call.action];
  requirePermission(principal, permission);
  const identifiers = refusingMalformed(() => decodeActionBody(contentType, body));
  const allowed = command.name !== 'full-wipe' || (await deps.mayFullWipe(asker.organizationId));
  const results = allowed
    ? await orderEach(deps, asker, principal, identifiers, command, permission)
    : await refuseFullWipe(deps, principal, identifiers);
  return encodeOrderAnswer('action', { version: call.version, results });
}

export async function sendMessage(
  deps: OrderDeps,
  asker: Asker,
  principal: TenantPrincipal,
  call: MessageCall,
  contentType: string | undefined,
  body: Uint8Array,
): Promise<Uint8Array> {
  requirePermission(principal, 'nac.message');
  const order = refusingMalformed(() => decodeMessageBody(contentType, body));
  const command: Command = { name: 'send-message', params: { text: textOf(order) } };
  const results = await orderEach(deps, asker, principal, order.identifiers, command, 'nac.message');
  return encodeOrderAnswer('message', { version: call.version, results });
}

/** On record all the same: somebody who holds the network's password tried it. */
async function refuseFullWipe(
  { database }: OrderDeps,
  principal: TenantPrincipal,
  identifiers: readonly DeviceIdentifier[],
): Promise<OrderResult[]> {
  await database.withTenant(principal.organizationId, (tx) =>
    recordAudit(tx, {
      actor: principal,
      action: 'devices.full-wipe',
      outcome: 'refused',
      reason: 'switched-off-for-the-network',
      via: 'nac',
      show: { devices: identifiers.length },
    }),
  );
  return identifiers.map((identifier) => refused(identifier, 'Full wipe is switched off for the network.'));
}

/** One after the other: each is a transaction of its own, and the budget is counted between them. */
async function orderEach(
  deps: OrderDeps,
  asker: Asker,
  principal: TenantPrincipal,
  identifiers: readonly DeviceIdentifier[],
  command: Command,
  permission: Permission,
): Promise<OrderResult[]> {
  const claimants = await findClaimants(deps.reader, asker, identifiers);
  const results: OrderResult[] = [];
  for (const [index, identifier] of identifiers.entries()) {
    const ids = new Set(claimants[index]?.map(({ deviceId }) => deviceId));
    const [deviceId] = ids;
    if (deviceId === undefined) results.push(refused(identifier, 'No such device is under management.'));
    // A claim that two devices make picks out neither: the wrong one would be locked or wiped.
    else if (ids.size > 1) {
      results.push(refused(identifier, 'Several devices have this identifier; name one by its guid.'));
    } else results.push(await order(deps, principal, identifier, deviceId, command, permission));
  }
  return results;
}

async function order(
  deps: OrderDeps,
  principal: TenantPrincipal,
  identifier: DeviceIdentifier,
  deviceId: string,
  command: Command,
  permission: Permission,
): Promise<OrderResult> {
  try {
    await deps.queue(principal, deviceId, command, permission);
    return { identifier, accepted: true, failureReason: '' };
  } catch (error) {
    // What the guard or the device's state refuses is the device's result; failures of ours are not.
    if (!isDomainError(error) || error.status >= 500) throw error;
    return refused(identifier, error.message);
  }
}

function refused(identifier: DeviceIdentifier, failureReason: string): OrderResult {
  return { identifier, accepted: false, failureReason };
}

const longestText = 500;

/** Header and body as one text that a device can show; characters that have no picture are left out. */
function textOf({ header, body }: MessageOrder): string {
  const text = [header, body]
    .filter((part) => part !== '')
    .join('\n')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(/[[\p{Cc}\p{Bidi_Control}\ufeff]--[\n]]/gv, '')
    .toWellFormed();
  const characters = [...text];
  if (characters.length > longestText) {
    throw new DomainError('invalid-input', `A message may have ${longestText} characters`);
  }
  if (text.trim() === '') throw new DomainError('invalid-input', 'The message is empty');
  return text;
}
