/** Times, numbers and sizes in the reader’s language and zone. Pure but for the zone, which is the browser’s. */
import { currentLanguage } from './texts.ts';

const minute = 60_000;
const hour = 60 * minute;
export const day = 24 * hour;

/** Making a formatter takes longer than many uses of it: each is made once for its language. */
function once<Formatter, Rest extends readonly (number | string)[]>(
  make: (region: string, ...rest: Rest) => Formatter,
): (language: string, ...rest: Rest) => Formatter {
  const made = new Map<string, Formatter>();
  return (language, ...rest) => {
    const key = [language, ...rest].join(' ');
    const known = made.get(key) ?? make(regionOf(language), ...rest);
    made.set(key, known);
    return known;
  };
}

const times = once((region) => new Intl.DateTimeFormat(region, { dateStyle: 'medium', timeStyle: 'short' }));
const exactTimes = once(
  (region) => new Intl.DateTimeFormat(region, { dateStyle: 'full', timeStyle: 'long' }),
);
const dates = once((region) => new Intl.DateTimeFormat(region, { dateStyle: 'medium' }));
const ages = once((region) => new Intl.RelativeTimeFormat(region, { numeric: 'auto', style: 'short' }));
const numbers = once((region) => new Intl.NumberFormat(region, { maximumFractionDigits: 2 }));
const shares = once(
  (region) => new Intl.NumberFormat(region, { style: 'percent', maximumFractionDigits: 1 }),
);
const units = once(
  (region, unit: string, unitDisplay: 'long' | 'short', maximumFractionDigits: number) =>
    new Intl.NumberFormat(region, { style: 'unit', unit, unitDisplay, maximumFractionDigits }),
);

/** `3 Mar 2026, 09:14` */
export function formatTime(at: string | Date, language: string = currentLanguage()): string {
  return times(language).format(new Date(at));
}

/** With seconds and the name of the zone, for tooltips and evidence. */
export function formatExactTime(at: string | Date, language: string = currentLanguage()): string {
  return exactTimes(language).format(new Date(at));
}

export function formatDate(at: string | Date, language: string = currentLanguage()): string {
  return dates(language).format(new Date(at));
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
  const words = ages(language);
  if (size < minute) return words.format(0, 'second');
  if (size < hour) return words.format(Math.trunc(difference / minute), 'minute');
  return words.format(Math.trunc(difference / hour), 'hour');
}

/** `3 days`, `20 minutes`: how long something lasts. */
export function formatDuration(milliseconds: number, language: string = currentLanguage()): string {
  const sizes = [
    ['day', day],
    ['hour', hour],
    ['minute', minute],
    ['second', 1000],
  ] as const;
  const [unit, size] = sizes.find(([, each]) => milliseconds >= each) ?? ['second', 1000];
  return units(language, unit, 'long', milliseconds % size === 0 ? 0 : 1).format(milliseconds / size);
}

export function formatNumber(value: number, language: string = currentLanguage()): string {
  return numbers(language).format(value);
}

/** @param share 0 to 1 */
export function formatShare(share: number, language: string = currentLanguage()): string {
  return shares(language).format(share);
}

/** Bytes, in the units that people read on their devices. */
export function formatBytes(bytes: number, language: string = currentLanguage()): string {
  const names = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const power = Math.min(
    names.length - 1,
    Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(bytes))) / 3)),
  );
  return units(language, names[power] ?? 'byte', 'short', power === 0 ? 0 : 1).format(bytes / 1000 ** power);
}

/** English as Europeans write dates; a browser that says its region is believed. */
function regionOf(language: string): string {
  const own = typeof navigator === 'undefined' ? [] : navigator.languages;
  return (
    own.find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ??
    (language === 'en' ? 'en-GB' : language)
  );
}
