// A probe for people: each open or unclear way with what it means and what to do; the closed ones in a line.
import type { JudgedSight, ProbeSummary } from '@gatehouse/core/mail/probe-result.ts';
import { describeSight } from '@gatehouse/core/mail/probe-wording.ts';

export interface ProbedHost {
  readonly host: string;
  readonly verdict: ProbeSummary['verdict'];
  readonly openWays: ProbeSummary['openWays'];
  readonly sights: readonly JudgedSight[];
}

const order = { open: 0, unclear: 1, closed: 2 } as const;

export function describeProbe(hosts: readonly ProbedHost[], all: boolean): string {
  return hosts
    .map(({ host, verdict, sights }) => {
      const shown = sights
        .filter((each) => all || each.verdict !== 'closed')
        .toSorted((one, other) => order[one.verdict] - order[other.verdict]);
      const lines = shown.flatMap((sight) => {
        const { way, verdict: said, meaning, advice } = describeSight(sight);
        return [
          `  ${said.padEnd(8)} ${way}  ${sight.address}`,
          `           ${meaning}${advice === undefined ? '' : ` ${advice}`}`,
        ];
      });
      const closed = sights.filter((each) => each.verdict === 'closed');
      const rest =
        all || closed.length === 0
          ? []
          : [
              `  closed   ${[...new Set(closed.map((each) => describeSight(each).way))].join(', ')}: ${closed.length} places asked`,
            ];
      return [`${host}: ${verdict}`, ...lines, ...rest].join('\n');
    })
    .join('\n\n');
}
