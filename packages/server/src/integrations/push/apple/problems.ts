// What keeps an organization's pushes from working: written once when it begins, said aloud, and taken back when a push gets
// through. Never an exception: whoever queues a command has nothing to do with it.
import type { PushDeps } from './push-deps.ts';
import { addProblem, clearProblems } from './certificate-queries.ts';

export const problemKinds = [
  'certificate-missing',
  'certificate-expired',
  'certificate-refused',
  'other-topic',
  'token-mismatch',
  'request-refused',
  'unreachable',
] as const;
export type ProblemKind = (typeof problemKinds)[number];

export interface PushProblems {
  begin(organizationId: string, kind: ProblemKind, detail: string): Promise<void>;
  /** A push got through. */
  end(organizationId: string): Promise<void>;
}

/** What a push that gets through proves wrong; devices bound to another topic stay unreachable whoever else is reached. */
const disproved = problemKinds.filter((kind) => kind !== 'other-topic' && kind !== 'token-mismatch');
const knownForMs = 300_000;

export function createPushProblems(deps: PushDeps): PushProblems {
  /** What this process has written lately, so that a fleet that cannot be reached is not as many statements. */
  const known = new Map<string, number>();
  /** Organizations where nothing is wrong as far as this process knows, since when. */
  const fine = new Map<string, number>();

  return {
    async begin(organizationId, kind, detail) {
      const [key, now] = [`${organizationId} ${kind}`, deps.clock.now()];
      fine.delete(organizationId);
      if (now - (known.get(key) ?? 0) < knownForMs) return;
      known.set(key, now);
      await deps.database.withTenant(organizationId, async (tx) => {
        if (!(await addProblem(tx, kind, detail.slice(0, 300), new Date(now)))) return;
        deps.log.error({ organizationId, problem: kind, detail }, 'Apple devices cannot be reached by push');
        await deps.events.emit(tx, {
          name: 'apple.push-problem',
          subjectId: null,
          payload: { kind, detail },
        });
      });
    },
    async end(organizationId) {
      const now = deps.clock.now();
      if (now - (fine.get(organizationId) ?? 0) < knownForMs) return;
      fine.set(organizationId, now);
      for (const kind of disproved) known.delete(`${organizationId} ${kind}`);
      await deps.database.withTenant(organizationId, async (tx) => {
        if ((await clearProblems(tx, disproved)) === 0) return;
        deps.log.info({ organizationId }, 'Apple devices are reached by push again');
        await deps.events.emit(tx, { name: 'apple.push-recovered', subjectId: null, payload: {} });
      });
    },
  };
}
