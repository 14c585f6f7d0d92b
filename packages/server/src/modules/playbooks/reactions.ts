// What takes procedures forward: their start, a device's answer to its wipe, a second person's decision, and the clock.
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { Subscriptions } from '../../kernel/events.ts';
import { isUuid } from '../../kernel/ids.ts';
import type { JobDefinition, SingleJob } from '../../kernel/jobs/jobs.ts';
import { advance, lockOpen, settleStep } from './advance.ts';
import type { PlaybookDeps } from './playbook-deps.ts';
import {
  endOfCommand,
  findDueRuns,
  findStepOfCommand,
  findStepsOfApproval,
  stepsOf,
  writeStep,
} from './queries.ts';

const advanceKind = 'advance-playbook';
const answeredKind = 'playbook-wipe-answered';
const decidedKind = 'playbook-wipe-decided';

const wipes: ReadonlySet<unknown> = new Set(['selective-wipe', 'full-wipe']);

const decided = {
  job: decidedKind,
  when: ({ payload }: { readonly payload: Readonly<Record<string, unknown>> }) => wipes.has(payload['what']),
  payload: ({ payload }: { readonly payload: Readonly<Record<string, unknown>> }) => payload,
};

export const playbookSubscriptions: Subscriptions = {
  'playbook.started': [{ job: advanceKind, payload: ({ payload }) => ({ runId: payload['runId'] }) }],
  'command.finished': [
    {
      job: answeredKind,
      when: ({ payload }) => wipes.has(payload['name']),
      payload: ({ payload }) => ({ commandId: payload['commandId'], state: payload['state'] }),
    },
  ],
  'approval.moved': [decided],
  'approval.overridden': [decided],
};

export function playbookJobs(deps: PlaybookDeps): Readonly<Record<string, JobDefinition<never>>> {
  const go: SingleJob<{ readonly runId: string }> = {
    parse: (input) => ({ runId: idIn(input, 'runId') }),
    run: (tx, { runId }) => advance(deps, tx, runId),
  };
  const answered: SingleJob<{ readonly commandId: string; readonly state: unknown }> = {
    parse: (input) => ({
      commandId: idIn(input, 'commandId'),
      state: (input as { state?: unknown }).state,
    }),
    run: (tx, { commandId, state }) => wipeAnswered(deps, tx, commandId, state),
  };
  const settled: SingleJob<Decided> = { parse: parseDecided, run: (tx, each) => wipeDecided(deps, tx, each) };
  return {
    [advanceKind]: go as JobDefinition<never>,
    [answeredKind]: answered as JobDefinition<never>,
    [decidedKind]: settled as JobDefinition<never>,
  };
}

async function wipeAnswered(
  deps: PlaybookDeps,
  tx: TenantTx,
  commandId: string,
  state: unknown,
): Promise<void> {
  const known = await findStepOfCommand(tx, commandId);
  const run = known && (await lockOpen(tx, known.run_id));
  // Again, under the lock: somebody may have stopped it meanwhile.
  const step = run && (await findStepOfCommand(tx, commandId));
  if (!run || !step) return;
  await settleStep(
    deps,
    tx,
    run,
    step,
    state === 'acknowledged'
      ? { state: 'done', note: 'The device has done it.' }
      : { state: 'failed', note: `The command ended as “${String(state)}”.` },
  );
}

interface Decided {
  readonly approvalId: string;
  readonly to: string;
  readonly outcomes: readonly { readonly deviceId: string; readonly commandId: string | null }[];
}

async function wipeDecided(
  deps: PlaybookDeps,
  tx: TenantTx,
  { approvalId, to, outcomes }: Decided,
): Promise<void> {
  if (to === 'canary' || to === 'pending') return;
  for (const known of await findStepsOfApproval(tx, approvalId)) {
    const run = await lockOpen(tx, known.run_id);
    const step = (await stepsOf(tx, [known.run_id])).find(
      (each) => each.approval_id === approvalId && each.state === 'waiting',
    );
    if (!run || !step) continue;
    const commandId = outcomes.find(({ deviceId }) => deviceId === run.device_id)?.commandId ?? null;
    if (to === 'done' && commandId !== null) {
      await writeStep(tx, {
        ...step,
        command_id: commandId,
        approval_id: approvalId,
        note: 'It waits for the device.',
      });
      // The device may have been quicker than this job.
      const over = await endOfCommand(tx, commandId);
      if (over !== undefined) await wipeAnswered(deps, tx, commandId, over);
      continue;
    }
    const note = to === 'done' ? 'It was approved and could not be done any more.' : `The request was ${to}.`;
    await settleStep(deps, tx, run, step, { state: 'failed', note });
  }
}

const mostPerRound = 500;

async function advanceDue(
  deps: PlaybookDeps & { readonly database: Pick<Database, 'withTenant' | 'withSystem'> },
): Promise<void> {
  const now = new Date(deps.clock.now());
  const due = await deps.database.withSystem('find-due-work', (tx) => findDueRuns(tx, now, mostPerRound));
  for (const { organization_id: organizationId, run_id: runId } of due) {
    await deps.database.withTenant(organizationId, (tx) => advance(deps, tx, runId));
  }
}

export const playbookTasks: readonly {
  readonly name: string;
  readonly everyMs: number;
  run(deps: Parameters<typeof advanceDue>[0]): Promise<unknown>;
}[] = [{ name: 'advance-playbooks', everyMs: 15_000, run: advanceDue }];

function parseDecided(input: unknown): Decided {
  const { to, outcomes } = (input ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof to !== 'string') throw new TypeError('to is missing');
  return {
    approvalId: idIn(input, 'approvalId'),
    to,
    outcomes: Array.isArray(outcomes) ? (outcomes as Decided['outcomes']) : [],
  };
}

function idIn(input: unknown, name: string): string {
  const value = ((input ?? {}) as Readonly<Record<string, unknown>>)[name];
  if (typeof value !== 'string' || !isUuid(value)) throw new TypeError(`${name} is not an id`);
  return value;
}
