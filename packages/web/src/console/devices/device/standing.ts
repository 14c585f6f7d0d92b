/** Where a device stands, in one word: the worst of what its rules say (bad > stale > unknown > grace > exempt > ok). */
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import type { ExplainedRule } from '@gatehouse/core/compliance/explained.ts';
import type { StatusKind } from '../../../design/status-mark.tsx';

export type StandingWord =
  | 'compliant'
  | 'inGrace'
  | 'notCompliant'
  | 'outOfDate'
  | 'notKnown'
  | 'exempt'
  | 'unchecked'
  | 'pendingState'
  | 'blockedState'
  | 'unmanagedState'
  | 'wipingState';

export interface Standing {
  readonly kind: StatusKind;
  readonly word: StandingWord;
  /** Since when it is so, or until when it stays, ms since the epoch. */
  readonly since: number | null;
  readonly until: number | null;
}

const states: Readonly<Record<Exclude<Device['state'], 'registered'>, Pick<Standing, 'kind' | 'word'>>> = {
  pending: { kind: 'pending', word: 'pendingState' },
  blocked: { kind: 'bad', word: 'blockedState' },
  unmanaged: { kind: 'unknown', word: 'unmanagedState' },
  wiping: { kind: 'bad', word: 'wipingState' },
};

type Judged = Pick<ExplainedRule, 'status' | 'exception' | 'failingSince' | 'graceEndsAt' | 'evidence'>;

/** @param rules absent: not explained yet; what the device itself says has to do. */
export function standingOf(
  device: Pick<Device, 'state' | 'compliant' | 'evaluatedAt'>,
  rules: readonly Judged[] | undefined,
): Standing {
  const at = { since: null, until: null };
  if (device.state !== 'registered') return { ...states[device.state], ...at };
  if (device.evaluatedAt === null) return { kind: 'unknown', word: 'notKnown', ...at };
  if (rules === undefined) {
    return device.compliant
      ? { kind: 'ok', word: 'compliant', ...at }
      : { kind: 'bad', word: 'notCompliant', ...at };
  }
  if (rules.length === 0) return { kind: 'unchecked', word: 'unchecked', ...at };
  const counted = rules.filter((rule) => rule.exception === null);
  const first = (wanted: (rule: Judged) => boolean) =>
    counted.filter(wanted).toSorted((a, b) => (a.failingSince ?? 0) - (b.failingSince ?? 0))[0];
  const bad = first(({ status }) => status === 'not-compliant');
  if (bad !== undefined) return { kind: 'bad', word: 'notCompliant', since: bad.failingSince, until: null };
  const stale = first(({ status, evidence }) => status === 'unknown' && evidence.some((each) => each.stale));
  if (stale !== undefined)
    return { kind: 'stale', word: 'outOfDate', since: stale.failingSince, until: null };
  const unknown = first(({ status }) => status === 'unknown');
  if (unknown !== undefined)
    return { kind: 'unknown', word: 'notKnown', since: unknown.failingSince, until: null };
  const grace = counted
    .filter(({ status }) => status === 'in-grace')
    .toSorted((a, b) => (a.graceEndsAt ?? Infinity) - (b.graceEndsAt ?? Infinity))[0];
  if (grace !== undefined)
    return { kind: 'grace', word: 'inGrace', since: grace.failingSince, until: grace.graceEndsAt };
  const exempt = rules.find(({ exception, status }) => exception !== null && status !== 'compliant');
  if (exempt !== undefined)
    return { kind: 'exempt', word: 'exempt', since: null, until: exempt.exception?.until ?? null };
  return { kind: 'ok', word: 'compliant', ...at };
}
