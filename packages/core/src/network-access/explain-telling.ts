/** What the gates of the network have been told of a decision, as people read it: the last lines of an explanation. */
import { formatMoment, formatValue } from '../compliance/plain-language.ts';
import { linesIn } from '../compliance/wording/render.ts';
import type { Language } from '../languages.ts';
import type { NetworkDecision } from './reply-rules.ts';

export interface Telling {
  /** A session at a network device, or the device's addresses at a Cisco ISE. */
  readonly kind: 'session' | 'ise';
  /** Of the network device or server. */
  readonly name: string;
  /** ms since the epoch; null: never yet. */
  readonly toldAt: number | null;
  /** A change is still to be told. */
  readonly waiting: boolean;
  /** What the last exchange with it came to, when it was no success. */
  readonly problem: string | null;
}

export function narrateTelling({ name, toldAt, waiting, problem }: Telling, language: Language): string {
  const at = toldAt === null ? null : formatMoment(toldAt);
  return linesIn(language).told(formatValue(name), at, waiting, problem);
}

export function narrateAnswer(
  { decision, at }: { readonly decision: NetworkDecision; readonly at: number },
  language: Language,
): string {
  const lines = linesIn(language);
  return lines.answered(
    decision === 'unknown' ? lines.unknownStation : lines.access[decision],
    formatMoment(at),
  );
}
