// Pushes what waits, one loop for each stream: a receiver that is slow or down holds up nobody but itself. When it fails, its
// stream waits, longer each time, with all that is for it; one event then tries whether it is back.
import { randomInt } from 'node:crypto';
import type { TenantTx } from '../../kernel/db/database.ts';
import { raiseAlert } from '../../modules/alerts/index.ts';
import { issuerOf, type SignalDeps } from './deps.ts';
import { type Delivery, push, tokenOf } from './deliver.ts';
import { dropSignals, giveBackSignals, type SignalRow, storeParked, takeSignals } from './event-queries.ts';
import type { FindSigner } from './keys.ts';
import { audienceOf } from './present-stream.ts';
import {
  findStreamsToPush,
  readStream,
  readStreamForChange,
  storeContact,
  storeFailure,
  type StreamRow,
} from './stream-queries.ts';
import { changeStatus } from './stream-status.ts';

const senderLimits = {
  /** Lanes of one stream: while one writes down what was taken, the others send. */
  lanes: 3,
  atOnce: 32,
  inFlight: 4,
  mostStreams: 1_000,
} as const;

export interface SignalSender {
  /** Finds what a crash, another server or a pause has left waiting. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

interface Taken {
  readonly rows: readonly SignalRow[];
  readonly stream: StreamRow;
  readonly authorization: string | undefined;
}

export function startSender(deps: SignalDeps, signers: FindSigner): SignalSender {
  const loops = new Map<string, { again: boolean; done: Promise<void> }>();
  const closed = new AbortController();

  const unsubscribe = deps.notifications.subscribe(
    'signal-waits',
    ({ organizationId, id, fromElsewhere }) => {
      // The server that has something to tell sends it.
      if (fromElsewhere !== true) wake(organizationId, id);
    },
  );

  function wake(organizationId: string, streamId: string): void {
    if (closed.signal.aborted) return;
    const key = `${organizationId}/${streamId}`;
    const known = loops.get(key);
    if (known) {
      known.again = true;
      return;
    }
    if (loops.size >= senderLimits.mostStreams) return;
    const loop = { again: false, done: Promise.resolve() };
    loops.set(key, loop);
    loop.done = (async () => {
      do {
        loop.again = false;
        await sendAll(organizationId, streamId);
      } while (loop.again && !closed.signal.aborted);
    })()
      .catch((error: unknown) =>
        deps.log.warn({ err: error, stream: streamId }, 'signals could not be sent; they are tried again'),
      )
      .finally(() => loops.delete(key));
  }

  /** Another lane opens when there is more than one takes at once. */
  async function sendAll(organizationId: string, streamId: string): Promise<void> {
    const lanes: Promise<void>[] = [];
    let open = 0;
    const openLane = () => {
      if (open >= senderLimits.lanes) return;
      open += 1;
      lanes.push(
        (async () => {
          while (!closed.signal.aborted && (await sendSome(organizationId, streamId, openLane)));
        })().finally(() => (open -= 1)),
      );
    };
    openLane();
    for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) await lane;
  }

  /** @returns whether there may be more to send now. */
  async function sendSome(
    organizationId: string,
    streamId: string,
    thereIsMore: () => void,
  ): Promise<boolean> {
    const taken = await deps.database.withTenant(organizationId, (tx) => take(tx, streamId));
    if (taken === undefined) return false;
    if (taken.rows.length === senderLimits.atOnce) thereIsMore();
    const issuer = issuerOf(deps.publicUrl, await deps.slugOf(organizationId));
    const sender = { issuer, audience: audienceOf(issuer, streamId), signer: await signers(organizationId) };
    const receiver = { url: taken.stream.endpoint_url ?? '', authorization: taken.authorization };
    const outcomes = new Map<SignalRow, Delivery>();
    let down = false;
    const left = [...taken.rows];
    await Promise.all(
      Array.from({ length: senderLimits.inFlight }, async () => {
        for (
          let row = left.shift();
          row !== undefined && !down && !closed.signal.aborted;
          row = left.shift()
        ) {
          const delivery = await push(deps.outbound, receiver, await tokenOf(sender, row), row);
          outcomes.set(row, delivery);
          if (delivery.kind === 'failed') down = true;
        }
      }),
    );
    await deps.database.withTenant(organizationId, (tx) => settle(tx, taken, outcomes));
    return !down;
  }

  async function take(tx: TenantTx, streamId: string): Promise<Taken | undefined> {
    const stream = await readStream(tx, streamId);
    if (stream?.method !== 'push' || stream.status === 'disabled') return undefined;
    if (stream.retry_at !== null && stream.retry_at.getTime() > deps.clock.now()) return undefined;
    const most = stream.failing_since === null ? senderLimits.atOnce : 1;
    const rows = await takeSignals(tx, streamId, most, stream.status === 'paused');
    if (rows.length === 0) return undefined;
    rows.sort((a, b) => Number(a.event_no) - Number(b.event_no));
    const authorization =
      stream.authorization_header === null
        ? undefined
        : await deps.sealer.open(
            tx,
            'signal_streams.authorization_header',
            streamId,
            stream.authorization_header,
          );
    return { rows, stream, authorization: authorization?.toString() };
  }

  async function settle(
    tx: TenantTx,
    { rows, stream }: Taken,
    outcomes: ReadonlyMap<SignalRow, Delivery>,
  ): Promise<void> {
    const streamId = stream.stream_id;
    const now = deps.clock.now();
    const done: string[] = [];
    const back: string[] = [];
    const parked: { jti: string; problem: string }[] = [];
    let failure: Extract<Delivery, { kind: 'failed' }> | undefined;
    for (const row of rows) {
      const delivery = outcomes.get(row);
      if (delivery?.kind === 'taken') done.push(row.jti);
      else if (delivery?.kind === 'refused') parked.push({ jti: row.jti, problem: delivery.problem });
      else back.push(row.jti);
      if (delivery?.kind === 'failed') failure ??= delivery;
    }
    await dropSignals(tx, streamId, done);
    await giveBackSignals(tx, streamId, back);
    if ((await storeParked(tx, streamId, parked)) > 0)
      await raiseAlert(deps, tx, {
        kind: 'signals-interrupted',
        severity: 'warning',
        subject: { kind: 'signal-stream', id: streamId },
        detail: { what: 'receiver-refuses', receiver: '' },
        more: { problem: parked[0]?.problem ?? '' },
        sameAs: `signals parked ${streamId}`,
      });
    if (done.length > 0) await storeContact(tx, streamId, new Date(now));
    if (failure !== undefined) {
      const attempt = stream.failures + 1;
      const retryAt = new Date(now + (failure.retryAfterMs ?? retryDelayMs(attempt)));
      await storeFailure(tx, streamId, new Date(now), failure.problem, retryAt);
      return;
    }
    // Paused because nobody answered, and now somebody has: what is held is told.
    if (done.length > 0 && stream.status === 'paused' && stream.status_by === 'transmitter') {
      const current = await readStreamForChange(tx, streamId);
      if (current?.status === 'paused' && current.status_by === 'transmitter')
        await changeStatus(deps, tx, current, {
          to: 'enabled',
          reason: 'the receiver takes events again',
          by: 'transmitter',
          actor: { kind: 'system', id: 'shared-signals' },
        });
    }
  }

  return {
    async sweep() {
      for (const found of await deps.database.withSystem('find-due-work', findStreamsToPush))
        wake(found.organization_id, found.stream_id);
    },
    async close() {
      closed.abort();
      unsubscribe();
      await Promise.all([...loops.values()].map(({ done }) => done));
    },
  };
}

/** 1, 2, 4 … 300 seconds, spread, so that receivers that came back together are not asked together. */
function retryDelayMs(attempt: number): number {
  return Math.min(300_000, 1_000 * 2 ** Math.min(attempt - 1, 12)) * (0.75 + randomInt(500) / 1_000);
}
