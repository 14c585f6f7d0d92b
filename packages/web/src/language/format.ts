/** Times, numbers and sizes in the reader’s language and zone. Pure but for the zone, which is the browser’s. */
import { currentLanguage } from './texts.ts';

const minute = 60_000;
const hour = 60 * minute;
export const day = 24 * hour;

/** `3 Mar 2026, 09:14` */
export function formatTime(at: string | Date, language: string = currentLanguage()): string {
  return new Intl.DateTimeFormat(regionOf(language), { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(at),
  );
}

/** With seconds and the name of the zone, for tooltips and evidence. */
export function formatExactTime(at: string | Date, language: string = currentLanguage()): string {
  return new Intl.DateTimeFormat(regionOf(language), {
    dateStyle: 'full',
    timeStyle: 'long',
  }).format(new Date(at));
}

export function formatDate(at: string | Date, language: string = currentLanguage()): string {
  return new Intl.DateTimeFormat(regionOf(language), { dateStyle: 'medium' }).format(new Date(at));
}

/**
 * `4 minutes ago`, `in 2 hours`; only within a day, beyond which the date says more.
 * @param now the moment that it is seen from, milliseconds
 */
export function formatAge(
  at: string | Date,
  now: number,
  language: string = currentLanguage(),
  style: 'long' | 'narrow' = 'long',
): string {
  const difference = new Date(at).getTime() - now;
  const size = Math.abs(difference);
  if (size >= day) return style === 'long' ? formatTime(at, language) : formatDate(at, language);
  const words = new Intl.RelativeTimeFormat(regionOf(language), { numeric: 'auto', style: 'short' });
  if (size < minute) return words.format(0, 'second');
  if (size < hour) return words.format(Math.trunc(difference / minute), 'minute');
  return words.format(Math.trunc(difference / hour), 'hour');
}

/** `3 days`, `20 minutes`: how long something lasts. */
export function formatDuration(milliseconds: number, language: string = currentLanguage()): string {
  const units = [
    ['day', day],
    ['hour', hour],
    ['minute', minute],
    ['second', 1000],
  ] as const;
  const [unit, size] = units.find(([, each]) => milliseconds >= each) ?? ['second', 1000];
  return new Intl.NumberFormat(regionOf(language), {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: milliseconds % size === 0 ? 0 : 1,
  }).format(milliseconds / size);
}

export function formatNumber(value: number, language: string = currentLanguage()): string {
  return new Intl.NumberFormat(regionOf(language), { maximumFractionDigits: 2 }).format(value);
}

/** @param share 0 to 1 */
export function formatShare(share: number, language: string = currentLanguage()): string {
  return new Intl.NumberFormat(regionOf(language), { style: 'percent', maximumFractionDigits: 1 }).format(
    share,
  );
}

/** Bytes, in the units that people read on their devices. */
export function formatBytes(bytes: number, language: string = currentLanguage()): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const power = Math.min(
    units.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3)),
  );
  return new Intl.NumberFormat(regionOf(language), {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: power === 0 ? 0 : 1,
  }).format(bytes / 1000 ** power);
}

/** English as Europeans write dates; a browser that says its region is believed. */
function regionOf(language: string): string {
  const own = typeof navigator === 'undefined' ? [] : navigator.languages;
  return (
    own.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ??
    (language === 'en' ? 'en-GB' : language)
  );
}
