// Counts what became of requests: for monitoring at once, for the organization’s books in batches.
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import prometheus from 'prom-client';
import { type MailOutcome, mailOutcomes } from '@gatehouse/core/mail/mail-outcome.ts';
import type { Log } from '../../kernel/log.ts';
import type { MailTrafficNote } from '../../modules/mail/index.ts';
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

/** What waits to be written; the oldest are lost when the database is away for long. */
const mostWaiting = 50_000;

export function createTraffic({ books, log, registry, held, connections }: TrafficOptions): Traffic {
  const requests: Counter<'outcome'> = new prometheus.Counter({
    name: 'gatehouse_mail_requests_total',
    help: 'Requests for mail, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const bytes: Counter<'direction'> = new prometheus.Counter({
    name: 'gatehouse_mail_bytes_total',
    help: 'Bytes of bodies: in from mail clients, out to them.',
    labelNames: ['direction'],
    registers: [registry],
  });
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
  const outcomes = new Map(
    mailOutcomes.map((outcome) => [outcome as MailOutcome, requests.labels({ outcome })]),
  );
  const [bytesIn, bytesOut] = [bytes.labels({ direction: 'in' }), bytes.labels({ direction: 'out' })];
  let waiting = new Map<string, MailTrafficNote[]>();
  let count = 0;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    const batch = waiting;
    waiting = new Map();
    count = 0;
    for (const [organizationId, notes] of batch) {
      try {
        await books.noteTraffic(organizationId, notes);
      } catch (error) {
        log.warn({ err: error, organizationId, notes: notes.length }, 'mail traffic could not be counted');
      }
    }
  }

  return {
    note(organizationId, note, seconds) {
      outcomes.get(note.outcome)?.inc();
      bytesIn.inc(note.bytesIn);
      bytesOut.inc(note.bytesOut);
      if (note.command !== 'Ping' && note.command !== 'Sync') durations.observe(seconds);
      if (organizationId === undefined || count >= mostWaiting) return;
      count += 1;
      const notes = waiting.get(organizationId);
      if (notes === undefined) waiting.set(organizationId, [note]);
      else notes.push(note);
    },
    flush() {
      writing ??= write().finally(() => {
        writing = undefined;
      });
      return writing;
    },
  };
}
