// What the catalogue finds wrong with something that we built, and how it is told to people.
import type { Problem } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';

/** Keys that devices need and the schema leaves out: Apple's manual describes them (VPN.VPN), every gateway needs the address. */
const leftOut = new Set([
  'com.apple.vpn.managed $.VPN.RemoteAddress',
  'com.apple.vpn.managed $.VPN.AuthName',
]);

/** What says that a thing is in the wrong place, whatever it holds. */
export const placeKinds = new Set<Problem['kind']>([
  'not-supported',
  'removed',
  'needs-supervision',
  'needs-automated-enrollment',
  'user-enrollment',
  'shared-ipad',
  'channel',
]);

/** A key that nobody knows is a fault of ours, also where a device would pass over it. */
export function isGrave({ severity, kind, path }: Problem, type: string): boolean {
  if (severity !== 'error' && kind !== 'unknown-key') return false;
  return !(
    kind === 'unknown-key' &&
    leftOut.has(`${type} ${path.replace(/^\$\.(?:PayloadContent\[\d+\]|Payload)/, '$')}`)
  );
}

export function indexIn({ path }: Problem): number {
  return Number(/^\$\.PayloadContent\[(\d+)\]/.exec(path)?.[1] ?? -1);
}

export function nameIn(path: string, types: readonly string[]): string {
  return path.replace(/^\$\.PayloadContent\[(\d+)\]/, (_all, index: string) => types[Number(index)] ?? '$');
}

/** Three are enough to see what is the matter. */
export function wordsFor(problems: readonly Problem[]): string | undefined {
  if (problems.length === 0) return undefined;
  const words = problems
    .slice(0, 3)
    .map(({ path, problem }) => `${path.replace(/^\$(?:\.Payload(?![A-Z]))?\.?/, '')} ${problem}`.trim());
  return [...new Set(words)].join('; ');
}
