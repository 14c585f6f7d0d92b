/** How many devices of the fleet a setting means nothing to, and why. */
import type { FleetShape } from '@gatehouse/contracts/admin/policy-effects.ts';
import type { Support } from './field.ts';

type Group = FleetShape['groups'][number];
export type WhyNot = 'platform' | 'version' | 'supervision';

export interface Unsupported {
  readonly devices: number;
  readonly of: number;
  readonly why: Readonly<Record<WhyNot, number>>;
}

const platformOf: Readonly<Record<string, Group['platform']>> = { iOS: 'ios', macOS: 'macos' };

/** @param support absent: nobody knows, and nothing is said against any device */
export function unsupportedBy(
  support: readonly Support[] | undefined,
  groups: readonly Group[],
): Unsupported {
  const why = { platform: 0, version: 0, supervision: 0 };
  let of = 0;
  for (const group of groups) {
    of += group.devices;
    if (support === undefined) continue;
    const row = support.find(({ platform }) => (platformOf[platform] ?? platform) === group.platform);
    if (row === undefined) why.platform += group.devices;
    else if (!isReached(row, group.osVersion)) why.version += group.devices;
    else if (row.supervised === true && group.supervised === false) why.supervision += group.devices;
  }
  return { devices: why.platform + why.version + why.supervision, of, why };
}

/** A device that has not said its version is not counted against. */
function isReached({ since, removed }: Support, version: string | null): boolean {
  if (version === null) return true;
  if (since !== undefined && compareVersions(version, since) < 0) return false;
  return removed === undefined || compareVersions(version, removed) < 0;
}

export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let index = 0; index < Math.max(left?.length ?? 0, right?.length ?? 0); index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
