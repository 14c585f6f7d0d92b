// Delivery by poll: RFC 8936. What was returned and not acknowledged comes again. A poll that may wait is held until there is
// something to tell, one a stream.
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { PollRequest } from '@gatehouse/protocols/shared-signals/index.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { raiseAlert } from '../../modules/alerts/index.ts';
import { tokenOf } from './deliver.ts';
import { issuerOf, type SignalDeps, signalLimits } from './deps.ts';
import { dropSignals, type SignalRow, storeParked, waitingSignals } from './event-queries.ts';
import type { FindSigner } from './keys.ts';
import { audienceOf } from './present-stream.ts';
import { readStream, storeContact } from './stream-queries.ts';
import { isStreamId, noSuchStream } from './streams.ts';

export interface PollAnswer {
  readonly sets: Readonly<Record<string, string>>;
  readonly moreAvailable: boolean;
}

export interface Polls {
  poll(
    actor: TenantPrincipal,
    streamId: string,
    request: PollRequest,
    gone: AbortSignal,
  ): Promise<PollAnswer>;
  /** Answers all that are held. */
  close(): void;
}

export function createPolls(
  deps: SignalDeps,
  signers: FindSigner,
  holdMs: number = signalLimits.holdPollMs,
): Polls {
  const held = new Map<string, () => void>();
  const unsubscribe = deps.notifications.subscribe('signal-waits', ({ id }) => held.get(id)?.());
  const closed = new AbortController();

  const most = ({ maxEvents }: PollRequest) =>
    Math.min(maxEvents ?? signalLimits.pollEvents, signalLimits.pollEvents);

  /** Takes what the receiver says of earlier ones, and reads on. */
  async function exchange(organizationId: string, streamId: string, request: PollRequest, first: boolean) {
    return deps.database.withTenant(organizationId, async (tx) => {
      const stream = await readStream(tx, streamId);
      if (stream?.method !== 'poll') throw noSuchStream();
      if (first) {
        await storeContact(tx, streamId, new Date(deps.clock.now()));
        await dropSignals(tx, streamId, request.ack.filter(isStreamId));
        const refused = [...request.setErrs].filter(([jti]) => isStreamId(jti));
        const parked = refused.map(([jti, { err }]) => ({
          jti,
          problem: /^[a-z_]{1,64}$/.test(err) ? err : 'invalid_request',
        }));
        if ((await storeParked(tx, streamId, parked)) > 0)
          await raiseAlert(deps, tx, {
            kind: 'signals-interrupted',
            severity: 'warning',
            subject: { kind: 'signal-stream', id: streamId },
            detail: { what: 'receiver-refuses', receiver: '' },
            sameAs: `signals parked ${streamId}`,
          });
      }
      if (stream.status === 'disabled' || most(request) === 0) return [];
      return waitingSignals(tx, streamId, most(request) + 1, stream.status === 'paused');
    });
  }

  /** Resolves when there may be something, or nobody waits any more. */
  function wait(streamId: string, ms: number, gone: AbortSignal): Promise<void> {
    held.get(streamId)?.();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        gone.removeEventListener('abort', end);
        if (held.get(streamId) === end) held.delete(streamId);
        resolve();
      };
      const timer = setTimeout(end, ms);
      gone.addEventListener('abort', end);
      held.set(streamId, end);
      if (gone.aborted || closed.signal.aborted) end();
    });
  }

  return {
    async poll(actor, streamId, request, gone) {
      requirePermission(actor, 'signals.receive');
      if (!isStreamId(streamId)) throw noSuchStream();
      const { organizationId } = actor;
      const until = performance.now() + holdMs;
      let rows: SignalRow[] = await exchange(organizationId, streamId, request, true);
      while (
        rows.length === 0 &&
        !request.returnImmediately &&
        most(request) > 0 &&
        !gone.aborted &&
        !closed.signal.aborted
      ) {
        const left = until - performance.now();
        if (left <= 0) break;
        // News from other servers are no more than a hint: once a second the table is asked.
        await wait(streamId, Math.min(left, 1_000), gone);
        // A newer poll of the same stream has taken this one's place.
        if (held.has(streamId)) break;
        rows = await exchange(organizationId, streamId, request, false);
      }
      const issuer = issuerOf(deps.publicUrl, await deps.slugOf(organizationId));
      const shown = rows.slice(0, most(request));
      const signer = shown.length === 0 ? undefined : await signers(organizationId);
      const sets = await Promise.all(
        shown.map(async (row): Promise<[string, string]> => {
          if (signer === undefined) throw new Error('there is no key to sign with');
          return [row.jti, await tokenOf({ issuer, audience: audienceOf(issuer, streamId), signer }, row)];
        }),
      );
      return { sets: Object.fromEntries(sets), moreAvailable: rows.length > shown.length };
    },
    close() {
      closed.abort();
      unsubscribe();
      for (const end of held.values()) end();
    },
  };
}
