// Calls channels: opens what is sealed, pushes, and writes down what came of it.
import type { ChannelRow } from './wake-queries.ts';
import { dropWake, writeOutcomes } from './wake-queries.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import { SealError } from '../../../kernel/sealed/envelope.ts';
import { type ProblemKind, problemKinds, type PushProblems } from './problems.ts';
import type { PushDeps } from './push-deps.ts';
import type { Lack, SendOutcome, Senders } from './senders.ts';

/** A token leads nowhere, as Apple says since when; whose it is decides whether that still holds. */
export type ChannelPushDied = (
  tx: TenantTx,
  dead: {
    readonly deviceId: string;
    readonly channel: string;
    readonly token: Uint8Array;
    /** Milliseconds since the epoch. */
    readonly since: number;
  },
) => Promise<boolean>;

export interface CallDeps extends PushDeps {
  readonly channelPushDied: ChannelPushDied;
  readonly senders: Senders;
  readonly problems: PushProblems;
  readonly count: (outcome: SendOutcome['outcome'] | 'in-contact') => void;
}

export interface Callee {
  readonly row: ChannelRow;
  readonly magic: string;
}

/** Within the transaction that found them. Who is in contact needs no call. */
export async function openMagics(
  { sealer, log, count }: Pick<CallDeps, 'sealer' | 'log' | 'count'>,
  tx: TenantTx,
  rows: readonly ChannelRow[],
): Promise<Callee[]> {
  const callees: Callee[] = [];
  for (const row of rows) {
    if (row.in_contact) {
      count('in-contact');
      continue;
    }
    try {
      const magic = await sealer.open(tx, 'apple_channels.push_magic', row.channel_id, row.push_magic);
      callees.push({ row, magic: magic.toString('utf8') });
    } catch (error) {
      // One that cannot be opened must not keep the others from being called.
      if (!(error instanceof SealError)) throw error;
      log.error({ err: error, deviceId: row.device_id }, 'the push magic of a device cannot be opened');
    }
  }
  return callees;
}

/**
 * Nobody of the organization can be called, so nothing is unsealed for it; what finds them notes that at once.
 * @returns how many were to be called.
 */
export function noteLack(
  { count }: Pick<CallDeps, 'count'>,
  rows: readonly ChannelRow[],
  { outcome }: Lack,
): number {
  for (const row of rows) count(row.in_contact ? 'in-contact' : outcome);
  return rows.filter((row) => !row.in_contact).length;
}

/** Outside of any transaction; ends when the last push has its outcome, after a minute at most. */
export async function call(
  deps: CallDeps,
  organizationId: string,
  callees: readonly Callee[],
): Promise<void> {
  if (callees.length === 0) return;
  const outcomes = await Promise.all(
    callees.map(async ({ row, magic }) => {
      const outcome = await deps.senders.send(organizationId, row.topic, { token: row.push_token, magic });
      deps.count(outcome.outcome);
      return { row, outcome };
    }),
  );
  const now = deps.clock.now();
  const dead = outcomes.filter(({ outcome }) => outcome.outcome === 'dead-token');
  const written = outcomes.filter(
    ({ outcome }) => outcome.outcome !== 'dead-token' && outcome.outcome !== 'closed',
  );
  await deps.database.withTenant(organizationId, async (tx) => {
    await writeOutcomes(
      tx,
      written.map(({ row, outcome }) => ({
        deviceId: row.device_id,
        channel: row.channel,
        outcome: outcome.outcome,
        notBefore: outcome.outcome === 'throttled' ? new Date(now + outcome.retryAfterMs) : null,
      })),
    );
    for (const { row, outcome } of dead) await noteDead(deps, tx, row, outcome);
  });
  await noteProblems(
    deps,
    organizationId,
    outcomes.map(({ outcome }) => outcome),
  );
}

async function noteDead(deps: CallDeps, tx: TenantTx, row: ChannelRow, outcome: SendOutcome): Promise<void> {
  if (outcome.outcome !== 'dead-token') return;
  const { device_id: deviceId, channel, push_token: token } = row;
  const since = outcome.since ?? deps.clock.now();
  if (await deps.channelPushDied(tx, { deviceId, channel, token, since }))
    await dropWake(tx, deviceId, channel);
}

async function noteProblems(
  { problems }: CallDeps,
  organizationId: string,
  outcomes: readonly SendOutcome[],
): Promise<void> {
  if (outcomes.some(({ outcome }) => outcome === 'accepted' || outcome === 'dead-token'))
    await problems.end(organizationId);
  const begun = new Map<string, Promise<void>>();
  for (const outcome of outcomes) {
    if (!isProblem(outcome) || begun.has(outcome.outcome)) continue;
    begun.set(outcome.outcome, problems.begin(organizationId, outcome.outcome, outcome.reason));
  }
  await Promise.all(begun.values());
}

type Problem = Extract<SendOutcome, { readonly outcome: ProblemKind }>;

function isProblem(outcome: SendOutcome): outcome is Problem {
  return (problemKinds as readonly string[]).includes(outcome.outcome);
}
