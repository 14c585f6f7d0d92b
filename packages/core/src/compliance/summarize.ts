/**
 * What is wrong and what mends it, in one line each: in English for peers that have room for one line only (ISE's failure_reason
 * and remediation), and in their own language for the users of devices.
 */
import type { BarCause, DeviceState } from '../devices/device.ts';
import type { Language } from '../languages.ts';
import { effectOn, sayBarred } from './access.ts';
import type { DeviceContext } from './device-context.ts';
import { shorten } from './plain-language.ts';
import { ruleKinds } from './rule.ts';
import { type Evaluation, type RuleVerdict, severities } from './verdict.ts';
import { type Message, say } from './wording/message.ts';
import { render } from './wording/render.ts';

export const summaryLength = 255;

export interface EvaluationSummary {
  /** What is wrong, worst first; null when nothing is. */
  readonly failureReason: string | null;
  /** What mends it, in the same order. */
  readonly remediation: string | null;
}

interface Standing {
  readonly says: Message;
  readonly mends: Message | null;
}

/** Standing comes before rules: a blocked device is not mended by setting a passcode. */
const standings: Readonly<Record<Exclude<DeviceState, 'registered'>, Standing>> = {
  pending: { says: say('standing.pending'), mends: say('standing.finish-enrolment') },
  unmanaged: { says: say('standing.unmanaged'), mends: say('standing.enrol-again') },
  blocked: { says: say('standing.blocked'), mends: say('standing.ask-to-unblock') },
  wiping: { says: say('standing.wiping'), mends: null },
};

/** Whoever reads this may hold a device that is not theirs: the reason of an order is not told. */
const bars: Readonly<Record<BarCause, Standing>> = {
  order: {
    says: sayBarred({ cause: 'order', reason: null }),
    mends: say('standing.ask-to-let-in'),
  },
  certificate: {
    says: sayBarred({ cause: 'certificate', reason: null }),
    mends: say('standing.ask-for-certificate'),
  },
};

/** @returns text without anything from the device, each at most 255 characters; ASCII if English. */
export function summarizeStanding(
  { state, barred }: Pick<DeviceContext, 'state' | 'barred'>,
  evaluation: Evaluation,
  language: Language = 'en',
): EvaluationSummary {
  if (state === 'registered') return summarize(evaluation, language);
  const { says, mends } = state === 'blocked' && barred !== null ? bars[barred] : standings[state];
  return {
    failureReason: render([says], language),
    remediation: mends && render([mends], language),
  };
}

export function summarize(evaluation: Evaluation, language: Language = 'en'): EvaluationSummary {
  const broken = evaluation.verdicts.filter(
    ({ status, exception }) => status !== 'compliant' && exception === null,
  );
  // The network is told what counts for it (NAC-41); what does not is told only where the network has nothing to complain of.
  const counting = broken.filter((verdict) => effectOn(verdict, 'network') !== 'allow');
  const failing = (
    counting.length > 0 ? counting : broken.filter(({ purpose }) => purpose === 'security')
  ).toSorted(compareUrgency);
  const line = (parts: readonly (readonly Message[])[]): string | null => {
    const texts = parts.map((messages) => render(messages, language)).filter((text) => text !== '');
    return shorten([...new Set(texts)].join(' '), summaryLength) || null;
  };
  return {
    failureReason: line(failing.map(({ says }) => says)),
    remediation: line(failing.map(({ mends }) => mends)),
  };
}

/** What is broken before what is unknown, then the more severe. */
function compareUrgency(a: RuleVerdict, b: RuleVerdict): number {
  return (
    Number(a.status === 'unknown') - Number(b.status === 'unknown') ||
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    ruleKinds.indexOf(a.rule) - ruleKinds.indexOf(b.rule)
  );
}
