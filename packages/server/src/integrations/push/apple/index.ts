// Push to Apple devices, put together: the certificate of each organization, who is called, and what runs by itself.
import client from 'prom-client';
import type { Metrics } from '../../../kernel/http/metrics.ts';
import type { ChannelPushDied } from './call.ts';
import { createPushProblems } from './problems.ts';
import type { PushDeps } from './push-deps.ts';
import { createSenders, type SenderOptions } from './senders.ts';
import { warnOfExpiry } from './show-certificate.ts';
import { startWaker, type WakeDeps } from './wake.ts';

export { pushTopic } from './show-certificate.ts';

export interface ApplePushOptions extends PushDeps, SenderOptions {
  readonly channelPushDied: ChannelPushDied;
  readonly notifications: WakeDeps['notifications'];
  readonly metrics: Pick<Metrics, 'registry'>;
}

export interface ApplePush {
  readonly tasks: readonly { readonly name: string; readonly everyMs: number; run(): Promise<void> }[];
  close(): Promise<void>;
}

export function openApplePush(options: ApplePushOptions): ApplePush {
  const { origin, trust, metrics, ...deps } = options;
  const senders = createSenders(deps, { origin, trust });
  const pushes = new client.Counter({
    name: 'gatehouse_apple_pushes_total',
    help: 'Pushes to Apple devices, by what came of them.',
    labelNames: ['outcome'] as const,
    registers: [metrics.registry],
  });
  const waiting = new client.Gauge({
    name: 'gatehouse_apple_pushes_waiting',
    help: 'Pushes to Apple devices that have no answer yet.',
    collect() {
      this.set(senders.waiting);
    },
    registers: [],
  });
  metrics.registry.registerMetric(waiting);
  const waker = startWaker({
    ...deps,
    senders,
    problems: createPushProblems(deps),
    count: (outcome) => pushes.inc({ outcome }),
  });
  return {
    tasks: [
      { name: 'push-again', everyMs: 5_000, run: () => waker.callAgain() },
      { name: 'push-sweep', everyMs: 60_000, run: () => waker.sweep() },
      { name: 'push-certificate-expiry', everyMs: 3_600_000, run: () => warnOfExpiry(deps) },
    ],
    close: () => waker.close(),
  };
}
