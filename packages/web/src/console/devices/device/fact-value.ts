/** The value of a fact in one line, for people: units said, lists counted, never code. Pure but for language. */
import { formatBytes, formatNumber } from '../../../language/format.ts';
import { deviceTexts } from './texts.ts';

export function factValueText(value: unknown, unit?: string): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return deviceTexts.say(value ? 'yes' : 'no');
  if (typeof value === 'number') {
    if (unit === 'bytes') return formatBytes(value);
    if (unit === 'percent') return `${formatNumber(value)} %`;
    return unit === undefined ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
  }
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    if (value.length === 0) return deviceTexts.say('none');
    if (value.length <= 5 && value.every((each) => typeof each === 'string')) return value.join(', ');
    return deviceTexts.say('entries', { count: value.length });
  }
  return JSON.stringify(value).slice(0, 300);
}
