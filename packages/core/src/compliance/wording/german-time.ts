/** Spans of time in German, which needs two cases: "3 Tage", but "vor 3 Tagen". */
import { roundSpan, type TimeUnit } from '../plain-language.ts';

const words: Readonly<Record<TimeUnit, readonly [one: string, many: string]>> = {
  day: ['Tag', 'Tage'],
  hour: ['Stunde', 'Stunden'],
  minute: ['Minute', 'Minuten'],
  second: ['Sekunde', 'Sekunden'],
};

export function span(ms: number): string {
  const found = roundSpan(ms);
  if (found === undefined) return 'einen Augenblick';
  return `${found.count} ${words[found.unit][found.count === 1 ? 0 : 1]}`;
}

/** After "vor", "nach", "seit", "in". */
export function dativeSpan(ms: number): string {
  const found = roundSpan(ms);
  if (found === undefined) return 'einem Augenblick';
  return found.unit === 'day' && found.count > 1 ? `${found.count} Tagen` : span(ms);
}
