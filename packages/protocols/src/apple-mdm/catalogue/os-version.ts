/** Versions of Apple's operating systems: `17.4.1`, `16.1 (a)`. */

/** Negative when `a` is older. Parts that are missing count as 0; a supplement in brackets is later than none. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  const [extraA, extraB] = [supplement(a), supplement(b)];
  return extraA === extraB ? 0 : extraA < extraB ? -1 : 1;
}

/** At most six: a device may say anything. */
function parts(version: string): number[] {
  return (/^\s*\d+(?:\.\d+){0,5}/.exec(version.slice(0, 64))?.[0] ?? '0').split('.').map(Number);
}

function supplement(version: string): string {
  return /\(([a-z0-9]+)\)\s*$/.exec(version.slice(0, 64))?.[1] ?? '';
}
