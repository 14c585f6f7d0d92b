// Whether network devices answer, as administrators see it: written when it changes, and else once in a while.
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { GateDeps } from '../gate-deps.ts';
import { type NasHealth, writeNasHealth } from './nas-queries.ts';
import { problemOf, type TellingOutcome } from './telling-outcome.ts';

const writtenAgainMs = 60_000;
const mostKnown = 20_000;

export function createNasHealth({ events, log }: Pick<GateDeps, 'events' | 'log'>) {
  const known = new Map<string, { readonly problem: string | null; readonly at: number }>();
  return {
    /** Says aloud what has begun and what is over. */
    async note(
      tx: TenantTx,
      outcomes: readonly (readonly [nasId: string, outcome: TellingOutcome])[],
      now: number,
    ): Promise<void> {
      const news = new Map<string, NasHealth>();
      for (const [nasId, outcome] of outcomes) {
        const problem = problemOf(outcome);
        if (problem === undefined) continue;
        const answered = !['no-answer', 'unreachable'].includes(outcome.outcome);
        news.set(nasId, { nasId, problem, at: new Date(now), answeredAt: answered ? new Date(now) : null });
      }
      const toWrite = [...news.values()].filter(({ nasId, problem }) => {
        const before = known.get(nasId);
        return before === undefined || before.problem !== problem || now - before.at > writtenAgainMs;
      });
      if (toWrite.length === 0) return;
      if (known.size > mostKnown) known.clear();
      for (const { nasId, problem } of toWrite) known.set(nasId, { problem, at: now });
      for (const row of await writeNasHealth(tx, toWrite)) {
        if (row.problem === row.problem_before) continue;
        const { name, address, problem } = row;
        const details = { organizationId: tx.organizationId, nas: name, address };
        if (problem === null) log.info(details, 'a network device can be told of changes again');
        else log.warn({ ...details, problem }, 'a network device cannot be told of changes');
        await events.emit(tx, {
          name: problem === null ? 'network-access.nas-recovered' : 'network-access.nas-problem',
          subjectId: row.nas_id,
          payload: { name, address, problem },
        });
      }
    },
  };
}
