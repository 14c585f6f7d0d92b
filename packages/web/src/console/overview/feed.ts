/** Which news stand in the feed, and what they say. */
import type { LiveEvent } from '../../live/live-events.ts';

export const shownEvents = [
  'device.enrolled',
  'device.registered',
  'device.changed',
  'device.unmanaged',
  'device.deleted',
  'device.posture-changed',
  'command.finished',
  'command.not-done',
] as const;

const gates = ['network', 'mail', 'vpn'] as const;

/** The device that the news are of; the subject of news of commands is the command. */
export function deviceOf({ type, data }: LiveEvent): string | undefined {
  const named = data['deviceId'] ?? (type.startsWith('device.') ? data.subjectId : undefined);
  return typeof named === 'string' ? named : undefined;
}

/** Of news of a decision: which gates let the device in again, and which do no more. */
export function changedGates({ data }: LiveEvent): {
  readonly gained: readonly (typeof gates)[number][];
  readonly lost: readonly (typeof gates)[number][];
} {
  const [before, after] = [accessOf(data['before']), accessOf(data['after'])];
  const lets = (answers: Readonly<Record<string, unknown>>, gate: string) => answers[gate] === 'allow';
  if (before === undefined || after === undefined) return { gained: [], lost: [] };
  return {
    gained: gates.filter((gate) => !lets(before, gate) && lets(after, gate)),
    lost: gates.filter((gate) => lets(before, gate) && !lets(after, gate)),
  };
}

function accessOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
