/** A fact’s value as people read it: lists as their number and first entries, sizes in the units of devices. */
import { formatBytes, formatDuration, formatNumber } from '../../language/format.ts';

export interface ValueWords {
  readonly yes: string;
  readonly no: string;
  readonly none: string;
  entries(count: number): string;
}

const shownEntries = 50;

/** @returns the line, and for lists what they hold. */
export function factValue(
  value: unknown,
  unit: string | null,
  words: ValueWords,
): { readonly line: string; readonly entries?: readonly string[] } {
  if (typeof value === 'boolean') return { line: value ? words.yes : words.no };
  if (typeof value === 'number') return { line: numberLine(value, unit) };
  if (Array.isArray(value)) {
    if (value.length === 0) return { line: words.none };
    return {
      line: words.entries(value.length),
      entries: value.slice(0, shownEntries).map((each) => entryLine(each, words)),
    };
  }
  if (typeof value === 'object' && value !== null) return { line: entryLine(value, words) };
  return { line: String(value) };
}

function numberLine(value: number, unit: string | null): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'seconds':
      return value === 0 ? '0 s' : formatDuration(value * 1000);
    case 'days':
      return value === 0 ? '0' : formatDuration(value * 86_400_000);
    case 'percent':
      return `${formatNumber(value)} %`;
    case 'degrees':
      return `${formatNumber(value)}°`;
    case 'meters':
      return `${formatNumber(value)} m`;
    default:
      return formatNumber(value);
  }
}

function entryLine(entry: unknown, words: ValueWords): string {
  if (typeof entry !== 'object' || entry === null) return String(entry);
  return Object.values(entry)
    .filter((part) => part !== '' && part !== null)
    .map((part) => (typeof part === 'boolean' ? (part ? words.yes : words.no) : String(part)))
    .join(' · ');
}
