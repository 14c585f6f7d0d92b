// Tells ISE servers of changed decisions: after the commit, so that what ISE asks then is answered from the new state. An endpoint
// that ISE may have judged from its cache is told once more when that is over.
import { randomInt } from 'node:crypto';
import type { GateDeps } from '../gate-deps.ts';
import { createNasPace, patienceMs } from '../radius/nas-pace.ts';
import { createTellingLoop, type TellingLoop } from '../telling-loop.ts';
import type { IseCalls, IseOutcome, IseTarget } from './ise-calls.ts';
import {
  claimEndpoints,
  type DueEndpoint,
  type IseSettings,
  organizationsWithDueEndpoints,
  settleEndpoints,
  writeIseHealth,
} from './ise-queries.ts';

export interface IseTellerDeps extends GateDeps {
  readonly calls: IseCalls;
  count(outcome: string): void;
}

type Item = DueEndpoint & { readonly secret: string };
type Told = {
  readonly outcome: IseOutcome | { readonly outcome: 'later'; readonly afterMs: number };
  readonly quarantined: boolean | null;
};

/** ISE takes 100 requests a second at its ERS interface, from all clients together. */
const mostPerSecond = 50;
const againAfter = [15, 60, 300];

export function targetOf(row: IseSettings, password: string): IseTarget {
  return {
    mntUrl: row.mnt_url,
    ersUrl: row.ers_url,
    psn: row.psn,
    coa: row.coa,
    coaOption: row.coa_option,
    ancPolicy: row.anc_policy,
    userName: row.user_name,
    password,
    trust: row.trust,
  };
}

export function startIseTeller(deps: IseTellerDeps): TellingLoop {
  const pace = createNasPace(deps.clock);

  async function tell(item: Item): Promise<Told> {
    const { quarantined } = item;
    if (!item.enabled) return { outcome: { outcome: 'no-session' }, quarantined };
    const wait = pace.turn(item.ise_id, mostPerSecond, await pace.room(item.ise_id));
    if (wait > patienceMs) return { outcome: { outcome: 'later', afterMs: wait }, quarantined };
    try {
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const told = await call(item);
      if (told.outcome.outcome === 'again' && !told.outcome.answered) pace.leaveAlone(item.ise_id);
      else pace.answered(item.ise_id);
      return told;
    } finally {
      pace.over(item.ise_id);
    }
  }

  async function call(item: Item): Promise<Told & { readonly outcome: IseOutcome }> {
    const target = targetOf(item, item.secret);
    const wanted = item.decision === 'quarantine' || item.decision === 'deny';
    const byPolicy = item.ers_url !== null && item.anc_policy !== null;
    // What ISE was never told to shut in need not be let out.
    if (byPolicy && (item.quarantined ?? false) !== wanted) {
      const outcome = await deps.calls.quarantine(target, item.mac, wanted);
      if (outcome.outcome !== 'accepted') return { outcome, quarantined: item.quarantined };
    }
    const outcome = await deps.calls.changeAuthorization(target, item.mac);
    return { outcome, quarantined: byPolicy ? wanted : item.quarantined };
  }

  function next(item: Item, { outcome }: Told, now: number): { dueAt: Date | null; again: boolean } {
    switch (outcome.outcome) {
      case 'later':
        return { dueAt: new Date(now + outcome.afterMs + randomInt(1_000)), again: item.again };
      case 'again': {
        const seconds = againAfter[item.attempts - 1];
        return { dueAt: seconds === undefined ? null : new Date(now + seconds * 1_000), again: item.again };
      }
      case 'accepted':
        if (item.again_seconds === null || item.again || item.coa === 'none')
          return { dueAt: null, again: false };
        return { dueAt: new Date(now + item.again_seconds * 1_000), again: true };
      default:
        return { dueAt: null, again: false };
    }
  }

  const loop = createTellingLoop<Item, Told>({
    log: deps.log,
    most: 1_000,
    organizationsWithDue: () =>
      deps.database.withSystem('find-due-work', (tx) =>
        organizationsWithDueEndpoints(tx, new Date(deps.clock.now())),
      ),
    claim: (organizationId, most) =>
      deps.database.withTenant(organizationId, async (tx) => {
        const due = await claimEndpoints(tx, most, new Date(deps.clock.now()));
        const secrets = new Map<string, string>();
        for (const { ise_id: iseId, password } of due) {
          if (!secrets.has(iseId)) {
            const opened = await deps.sealer.open(tx, 'ise_servers.password', iseId, password);
            secrets.set(iseId, opened.toString('utf8'));
          }
        }
        return due.map((item) => ({ ...item, secret: secrets.get(item.ise_id) ?? '' }));
      }),
    tell: (_organizationId, item) => tell(item),
    async settle(organizationId, told) {
      const now = deps.clock.now();
      for (const [, { outcome }] of told) deps.count(outcome.outcome);
      await deps.database.withTenant(organizationId, async (tx) => {
        const more = await settleEndpoints(
          tx,
          told.map(([item, result]) => ({
            iseId: item.ise_id,
            mac: item.mac,
            revision: item.revision,
            quarantined: result.quarantined,
            ...next(item, result, now),
          })),
          new Date(now),
        );
        if (more) tx.afterCommit(() => loop.wake(organizationId));
        // The last word about each server counts.
        const words = new Map(told.map(([item, { outcome }]) => [item.ise_id, { item, outcome }]));
        for (const { item, outcome } of words.values()) {
          if (outcome.outcome === 'later') continue;
          const problem = 'cause' in outcome ? outcome.cause.slice(0, 300) : null;
          const answered = outcome.outcome !== 'again' || outcome.answered;
          const row = await writeIseHealth(tx, { iseId: item.ise_id, problem, answered, at: new Date(now) });
          if (!row || row.problem_before === problem) continue;
          const details = { organizationId, ise: row.name, problem };
          if (problem === null) deps.log.info(details, 'an ISE can be told of changes again');
          else deps.log.warn(details, 'an ISE cannot be told of changes');
          await deps.events.emit(tx, {
            name: problem === null ? 'network-access.ise-recovered' : 'network-access.ise-problem',
            subjectId: item.ise_id,
            payload: { name: row.name, problem },
          });
        }
      });
    },
  });
  return loop;
}
