// The gate of the network, put together: what RADIUS servers ask, and who is told when a decision changes.
import { createRadiusSender, type RadiusSenderOptions } from '@gatehouse/clients/radius/index.ts';
import client from 'prom-client';
import type { Metrics } from '../../kernel/http/metrics.ts';
import type { JobDefinition } from '../../kernel/jobs/jobs.ts';
import type { Outbound } from '../../kernel/outbound/outbound.ts';
import type { GateDeps } from './gate-deps.ts';
import { createIseCalls } from './ise-push/ise-calls.ts';
import { startIseTeller } from './ise-push/teller.ts';
import { createRadiusRest, type RadiusRest, type RadiusRestDeps } from './radius/rest.ts';
import { purgeSessions } from './radius/session-queries.ts';
import { startTeller } from './radius/teller.ts';
import { tellGatesJob } from './reactions.ts';
import type { NetworkAccessRoutesDeps } from './routes.ts';
import { tellGatesKind } from './tell-gates-kind.ts';

export { explainNetwork } from './explain-network.ts';
export { networkAccessSubscriptions } from './reactions.ts';
export { tellDevice as reauthorizeDevice } from './tell-device.ts';

export interface NetworkAccessOptions extends GateDeps, Omit<RadiusRestDeps, 'count' | 'wakeTeller'> {
  readonly outbound: Pick<Outbound, 'request'>;
  readonly metrics: Pick<Metrics, 'registry'>;
  /** Other pauses than those of the field, for tests. */
  readonly sending?: RadiusSenderOptions;
}

export interface NetworkAccess {
  readonly radius: RadiusRest;
  readonly routes: NetworkAccessRoutesDeps;
  readonly jobs: Readonly<Record<string, JobDefinition<never>>>;
  readonly tasks: readonly { readonly name: string; readonly everyMs: number; run(): Promise<void> }[];
  close(): Promise<void>;
}

export function openNetworkAccess(options: NetworkAccessOptions): NetworkAccess {
  const { metrics, outbound, sending, ...deps } = options;
  const count = counter(
    metrics,
    'gatehouse_radius_questions_total',
    'What RADIUS servers asked and were answered.',
    ['question', 'outcome'],
  );
  const tellings = counter(
    metrics,
    'gatehouse_gate_tellings_total',
    'Changes that gates were told, by what came of it.',
    ['gate', 'outcome'],
  );
  const sender = createRadiusSender(sending);
  // A person waits for this one.
  const trySender = createRadiusSender({ retryAfterMs: [1_000], lastWaitMs: 2_000 });
  const iseCalls = createIseCalls(outbound);
  const nas = startTeller({ ...deps, sender, count: (outcome) => tellings.inc({ gate: 'radius', outcome }) });
  const ise = startIseTeller({
    ...deps,
    calls: iseCalls,
    count: (outcome) => tellings.inc({ gate: 'ise', outcome }),
  });
  const wake = (organizationId: string) => {
    nas.wake(organizationId);
    ise.wake(organizationId);
  };
  return {
    radius: createRadiusRest({
      ...deps,
      wakeTeller: wake,
      count: (question, outcome) => count.inc({ question, outcome }),
    }),
    routes: { ...deps, trySender, iseCalls, wakeTellers: wake },
    jobs: { [tellGatesKind]: tellGatesJob({ ...deps, wake }) as JobDefinition<never> },
    tasks: [
      {
        name: 'tell-network-gates',
        everyMs: 1_000,
        run: async () => void (await Promise.all([nas.tellDue(), ise.tellDue()])),
      },
      {
        name: 'purge-network-sessions',
        everyMs: 30_000,
        run: async () =>
          void (await deps.database.withSystem('purge-expired', (tx) =>
            purgeSessions(tx, new Date(deps.clock.now())),
          )),
      },
    ],
    async close() {
      // What is under way ends first, so that it can be noted as not done.
      sender.close();
      trySender.close();
      await Promise.all([nas.close(), ise.close()]);
    },
  };
}

function counter<Label extends string>(
  { registry }: Pick<Metrics, 'registry'>,
  name: string,
  help: string,
  labelNames: readonly Label[],
) {
  return new client.Counter({ name, help, labelNames, registers: [registry] });
}
