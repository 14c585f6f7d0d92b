/** Times, spans and values as people say them; spans in English. */
import type { FactValue } from '../facts/types.ts';

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

export type TimeUnit = (typeof units)[number][0];

/** The largest unit that fits, rounded down; undefined below a second. */
export function roundSpan(ms: number): { readonly count: number; readonly unit: TimeUnit } | undefined {
  for (const [unit, length] of units) {
    const count = Math.floor(ms / length);
    if (count >= 1) return { count, unit };
  }
  return undefined;
}

/** In English: "3 days", "1 hour", 90 minutes as "1 hour"; "a moment" below a second. */
export function formatDuration(ms: number): string {
  const span = roundSpan(ms);
  return span === undefined ? 'a moment' : `${span.count} ${span.unit}${span.count === 1 ? '' : 's'}`;
}

/** "2026-11-21 19:05 UTC" */
export function formatMoment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** At most `length` code points, cut at a word if one ends near, ended by three dots; plain ASCII, because peers count bytes. */
export function shorten(text: string, length: number): string {
  const characters = [...text];
  if (characters.length <= length) return text;
  const cut = characters.slice(0, length - 3).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > length / 2 ? cut.slice(0, space) : cut).trimEnd()}...`;
}

export interface ValueWords {
  readonly yes: string;
  readonly no: string;
  readonly none: string;
}

const english: ValueWords = { yes: 'yes', no: 'no', none: 'none' };

/** What a person gave as the reason, at the end of a sentence. */
export function formatReason(reason: string): string {
  const text = shorten(reason.replaceAll(/[\p{Cc}\p{Bidi_Control}]+/gu, ' ').trim(), 300);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** A value in a sentence. Text from a device is quoted, shortened, and loses what could disturb a terminal (DEV-12). */
export function formatValue(value: FactValue, unit?: string, words: ValueWords = english): string {
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return unit === undefined ? String(value) : `${value} ${unit}`;
  if (typeof value === 'string')
    return `"${shorten(value.replaceAll(/[\p{Cc}\p{Bidi_Control}"]/gu, '?'), 80)}"`;
  if (Array.isArray(value))
    return value.length === 0
      ? words.none
      : value.map((item) => formatValue(item, undefined, words)).join(', ');
  return shorten(JSON.stringify(value).replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, '?'), 80);
}
