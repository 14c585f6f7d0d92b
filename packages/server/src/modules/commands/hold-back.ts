// What the guard does not let through at once: put before a second person, or kept until the first device of many has answered.
import {
  type DestructiveDecision,
  type DestructiveRefusal,
  mayBeApproved,
} from '@gatehouse/core/commands/guard.ts';
import { DomainError, type ErrorCode } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { askForCommand, type CommandQuestion, waitForFirstDevice } from '../approvals/index.ts';
import type { LockedDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';

export interface Decided<D extends DestructiveDecision = DestructiveDecision> {
  readonly device: LockedDevice;
  readonly decision: D;
}
export type Refused = Decided<Extract<DestructiveDecision, { allowed: false }>>;
type Question = Omit<CommandQuestion, 'deviceIds'>;
type Deps = Pick<CommandDeps, 'clock' | 'events' | 'sealer'>;

/** @returns what each of the devices is told; those that another person may allow are one request. */
export async function holdBack(
  deps: Deps,
  tx: TenantTx,
  question: Question,
  refused: readonly Refused[],
): Promise<ReadonlyMap<string, DomainError>> {
  const told = new Map<string, DomainError>();
  for (const [reason, group] of Map.groupBy(refused, ({ decision }) => decision.reason)) {
    const deviceIds = group.map(({ device }) => device.deviceId);
    const approvalId = mayBeApproved(reason)
      ? await askForCommand(deps, tx, { ...question, deviceIds }, reason)
      : undefined;
    for (const { device, decision } of group) told.set(device.deviceId, guardError(decision, approvalId));
  }
  return told;
}

/** @returns what the others are told while the first one is on its way. */
export async function sendFirst(
  deps: Deps,
  tx: TenantTx,
  question: Question,
  firstCommandId: string,
  rest: readonly string[],
): Promise<ReadonlyMap<string, DomainError>> {
  const approvalId = await waitForFirstDevice(deps, tx, { ...question, deviceIds: rest }, firstCommandId);
  const message = 'It follows when the first device of the batch has done it.';
  const refusal = new DomainError('conflict', message, {
    reason: 'waits-for-first-device',
    detail: { approvalId },
  });
  return new Map(rest.map((deviceId) => [deviceId, refusal]));
}

const errorCodes = {
  'personal-device': 'forbidden',
  'empowered-too-recently': 'forbidden',
  'budget-spent': 'too-many-requests',
  'second-person-required': 'conflict',
} as const satisfies Record<DestructiveRefusal, ErrorCode>;

/** @param approvalId of the request that was put before another person. */
function guardError({ reason, message }: Refused['decision'], approvalId: string | undefined): DomainError {
  const told =
    approvalId === undefined ? message : `${message} Another administrator is asked to approve it.`;
  return new DomainError(errorCodes[reason], told, {
    reason,
    ...(approvalId === undefined ? {} : { detail: { approvalId } }),
    ...(reason === 'budget-spent' ? { retryAfterSeconds: 600 } : {}),
  });
}
