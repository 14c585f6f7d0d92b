/**
 * Version numbers of operating systems, as devices report them: "12.11", "24.04.1 LTS (Noble Numbat)", "10.0.22631". What
 * cannot be read as numbers ("trixie/sid", "14.0-beta") is no version at all, and rules treat it as unknown rather than
 * guess which side of a minimum it falls on.
 */

export type Version = readonly number[];

/** At most eight components of at most nine digits: comparable without loss, and cheap for hostile strings. */
const numbers = /^\d{1,9}(?:\.\d{1,9}){0,7}$/;
const longestReport = 128;

/** A version exactly as an administrator may demand it: digits and dots only. */
export function parseVersion(text: string): Version | undefined {
  return numbers.test(text) ? text.split('.').map(Number) : undefined;
}

/** A version as a device reports it: numbers first, then anything after a space ("16.4.1 (a)"). */
export function parseReportedVersion(text: string): Version | undefined {
  if (text.length > longestReport) return undefined;
  const first = text.trim().split(/\s/, 1)[0] ?? '';
  return parseVersion(first);
}

/** Negative, zero or positive; missing components count as 0, so 18.1 equals 18.1.0. */
export function compareVersions(a: Version, b: Version): number {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
