// Counts what became of requests: for monitoring at once, for the organization’s books in batches.
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import prometheus from 'prom-client';
import { type MailOutcome, mailOutcomes } from '@gatehouse/core/mail/mail-outcome.ts';
import type { Log } from '../../kernel/log.ts';
import { type MailTrafficNote, MailTrafficSums } from '../../modules/mail/index.ts';
import type { MailBooks } from './gateway-deps.ts';

export interface Traffic {
  note(organizationId: string | undefined, note: MailTrafficNote, seconds: number): void;
  /** Writes down what has been noted. */
  flush(): Promise<void>;
}

export interface TrafficOptions {
  readonly books: Pick<MailBooks, 'noteTraffic'>;
  readonly log: Log;
  readonly registry: Registry;
  readonly held: () => number;
  readonly connections: () => number;
}

/** Devices of which something waits to be written; of more nothing is noted until that is done. */
const mostWaiting = 50_000;

export function createTraffic({ books, log, registry, held, connections }: TrafficOptions): Traffic {
  // Plain numbers while requests come, metrics when somebody asks for them.
  const ended = new Map<MailOutcome, { count: number }>(
    mailOutcomes.map((outcome) => [outcome, { count: 0 }]),
  );
  let [bytesIn, bytesOut] = [0, 0];
  const _counters: Counter[] = [
    new prometheus.Counter({
      name: 'gatehouse_mail_requests_total',
      help: 'Requests for mail, by what became of them.',
      labelNames: ['outcome'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [outcome, { count }] of ended) if (count > 0) this.inc({ outcome }, count);
      },
    }),
    new prometheus.Counter({
      name: 'gatehouse_mail_bytes_total',
      help: 'Bytes of bodies: in from mail clients, out to them.',
      labelNames: ['direction'],
      registers: [registry],
      collect() {
        this.reset();
        this.inc({ direction: 'in' }, bytesIn);
        this.inc({ direction: 'out' }, bytesOut);
      },
    }),
  ];
  const durations: Histogram = new prometheus.Histogram({
    name: 'gatehouse_mail_request_seconds',
    help: 'Time to answer a request for mail that is not held.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
    registers: [registry],
  });
  const _gauges: Gauge[] = [
    new prometheus.Gauge({
      name: 'gatehouse_mail_held_requests',
      help: 'Requests of mail clients that wait for news.',
      registers: [registry],
      collect() {
        this.set(held());
      },
    }),
    new prometheus.Gauge({
      name: 'gatehouse_mail_server_connections',
      help: 'Connections to mail servers.',
      registers: [registry],
      collect() {
        this.set(connections());
      },
    }),
  ];
  let waiting = new Map<string, MailTrafficSums>();
  let size = 0;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    const batch = waiting;
    waiting = new Map();
    size = 0;
    for (const [organizationId, sums] of batch) {
      try {
        await books.noteTraffic(organizationId, sums);
      } catch (error) {
        log.warn(
          { err: error, organizationId, devices: sums.devices.size },
          'mail traffic could not be counted',
        );
      }
    }
  }

  return {
    note(organizationId, note, seconds) {
      (ended.get(note.outcome) as { count: number }).count += 1;
      bytesIn += note.bytesIn;
      bytesOut += note.bytesOut;
      if (note.command !== 'Ping' && note.command !== 'Sync') durations.observe(seconds);
      if (organizationId === undefined || size >= mostWaiting) return;
      let sums = waiting.get(organizationId);
      if (sums === undefined) waiting.set(organizationId, (sums = new MailTrafficSums()));
      size -= sums.size;
      sums.add(note);
      size += sums.size;
    },
    flush() {
      writing ??= write().finally(() => {
        writing = undefined;
      });
      return writing;
    },
  };
}
