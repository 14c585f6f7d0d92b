/**
 * Findings: what a rule says about one fact. All handling of missing, ill-typed and aged facts is here, so that a rule
 * only says what values it accepts. The order of doubt: a fact that breaks the rule breaks it however old it is (silence
 * must not turn a jailbroken device into a merely unknown one); a fact that meets the rule counts only while it is young.
 */
import { type FactName, factDefinition, type FactValueOf } from '../facts/catalogue.ts';
import { conforms } from '../facts/shape.ts';
import type { Facts, FactValue, StoredFact } from '../facts/types.ts';
import type { DeviceContext } from './device-context.ts';
import { platformRemedies } from './platform-remedies.ts';
import type { Evidence, RecordedFact, RuleMemory } from './verdict.ts';
import { type Message, say } from './wording/message.ts';
import type { Subject } from './wording/subject.ts';

/** What a rule thinks of a value it was given. */
export type Opinion =
  | { readonly outcome: 'met'; readonly says: Message }
  | { readonly outcome: 'broken' | 'unknown'; readonly says: Message; readonly mends: readonly Message[] };

export type Finding = Opinion & {
  readonly evidence: readonly Evidence[];
  /** Until when the outcome holds if nothing is reported; null: for ever. */
  readonly holdsUntil: number | null;
  /** What the rule is to be told at the next evaluation. */
  readonly memory?: RuleMemory | null;
};

export const met = (says: Message): Opinion => ({ outcome: 'met', says });
export const broken = (says: Message, ...mends: Message[]): Opinion => ({ outcome: 'broken', says, mends });
export const unknown = (says: Message, ...mends: Message[]): Opinion => ({ outcome: 'unknown', says, mends });

/** The device as one rule sees it: only the facts that the rule declares. */
export interface DeviceView<R extends FactName = FactName> {
  readonly facts: Facts;
  readonly lastCheckInAt: number | null;
  readonly now: number;
  readonly maximumFactAgeMs: number;
  readonly device: DeviceContext;
  /** See ExpressionValues. */
  readonly workedMs?: (() => number) | undefined;
  /** What this rule noted at the evaluation before. */
  readonly memory: RuleMemory | null;
  /** Exists only in types: which facts may be asked for. */
  readonly reads?: (name: R) => void;
}

/** @param opinion judges a value whatever its age. */
export function judgeFact<R extends FactName, N extends R & Subject>(
  view: DeviceView<R>,
  name: N,
  opinion: (value: FactValueOf<N>) => Opinion,
  mentions: readonly (Evidence | undefined)[] = [],
  /** What of the value is kept as evidence; all of it, unless that is long or private. */
  shown: (value: FactValueOf<N>) => FactValue = (value) => value as FactValue,
): Finding {
  const stored = readFact(view, name);
  const reportAgain = platformRemedies[view.device.platform].report;
  const mentioned = mentions.filter((evidence) => evidence !== undefined);
  if (stored === undefined) {
    const nothing = unknown(say('unreported', { about: name }), reportAgain);
    return { ...nothing, evidence: mentioned, holdsUntil: null };
  }
  const evidence = [evidenceOf(view, name, stored, shown(stored.value as FactValueOf<N>)), ...mentioned];
  const judged = opinion(stored.value as FactValueOf<N>);
  if (judged.outcome !== 'met') return { ...judged, evidence, holdsUntil: null };
  if (isStale(view, stored)) {
    const old = unknown(say('too-old', { about: name }), reportAgain);
    return { ...old, evidence, holdsUntil: null };
  }
  return { ...judged, evidence, holdsUntil: stored.observedAt + view.maximumFactAgeMs };
}

/** A fact shown beside the one that decides, reduced to what helps. */
export function mention<R extends FactName, N extends R>(
  view: DeviceView<R>,
  name: N,
  pick: (value: FactValueOf<N>) => FactValue,
): Evidence | undefined {
  const stored = readFact(view, name);
  return stored && evidenceOf(view, name, stored, pick(stored.value as FactValueOf<N>));
}

/** A value that is not of its fact's type is no value (CEL-02). */
export function readFact<R extends FactName>(view: DeviceView<R>, name: R): StoredFact | undefined {
  const stored = view.facts.get(name);
  return stored !== undefined && conforms(factDefinition(name).shape, stored.value) ? stored : undefined;
}

export function isStale(view: DeviceView<never>, stored: StoredFact): boolean {
  return view.now - stored.observedAt >= view.maximumFactAgeMs;
}

export function evidenceOf(
  view: DeviceView<never>,
  fact: FactName,
  stored: StoredFact,
  value: FactValue,
): Evidence {
  const { source, observedAt, contradictedBy } = stored;
  return {
    fact,
    value,
    source,
    observedAt,
    ageMs: Math.max(0, view.now - observedAt),
    stale: isStale(view, stored),
    ...(contradictedBy === undefined ? {} : { contradictedBy }),
  };
}

/** Evidence of what the server knows by itself. */
export function recorded(fact: RecordedFact, value: FactValue, observedAt: number, now: number): Evidence {
  return { fact, value, source: 'server', observedAt, ageMs: Math.max(0, now - observedAt), stale: false };
}
