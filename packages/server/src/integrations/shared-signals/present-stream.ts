// A stream as receivers see it: SSF 1.0 section 8.1.1.
import { deliveryMethods, requestableEvents } from '@gatehouse/protocols/shared-signals/index.ts';
import { signalLimits } from './deps.ts';
import type { StreamRow } from './stream-queries.ts';

export function audienceOf(issuer: string, streamId: string): string {
  return `${issuer}/streams/${streamId}`;
}

export function pollUrl(issuer: string, streamId: string): string {
  return `${issuer}/streams/${streamId}/poll`;
}

/** What is told of what was asked for. */
export function delivered(requested: readonly string[]): string[] {
  return requestableEvents.filter((type) => requested.includes(type));
}

export function presentStream(issuer: string, row: StreamRow): Record<string, unknown> {
  return {
    stream_id: row.stream_id,
    ...transmitterMembers(issuer, row),
    ...(row.description === '' ? {} : { description: row.description }),
    events_requested: row.events_requested,
    delivery:
      row.method === 'push'
        ? { method: deliveryMethods.push, endpoint_url: row.endpoint_url }
        : { method: deliveryMethods.poll, endpoint_url: pollUrl(issuer, row.stream_id) },
  };
}

/** What only we set. The header that a receiver gave us is never told again: it is a secret (HOOK-06). */
export function transmitterMembers(
  issuer: string,
  row: Pick<StreamRow, 'stream_id' | 'method' | 'events_requested'>,
) {
  return {
    iss: issuer,
    aud: audienceOf(issuer, row.stream_id),
    events_supported: [...requestableEvents],
    events_delivered: delivered(row.events_requested),
    min_verification_interval: signalLimits.verificationSeconds,
    ...(row.method === 'poll' ? { inactivity_timeout: signalLimits.inactivitySeconds } : {}),
  };
}
