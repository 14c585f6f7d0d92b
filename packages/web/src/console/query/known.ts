/** What expressions may name, as the page knows it, and the short words that people use for it. */
import type { ExpressionName } from '@gatehouse/contracts/admin/searches.ts';

export type NameInfo = ExpressionName;

/** Short words; both languages, because people type what they speak. */
export const aliases: Readonly<Record<string, string>> = {
  platform: 'device.platform',
  plattform: 'device.platform',
  ownership: 'device.ownership',
  name: 'device.name',
  model: 'device.model',
  modell: 'device.model',
  serial: 'device.serial_number',
  state: 'device.state',
  user: 'user.name',
  owner: 'user.name',
  benutzer: 'user.name',
  group: 'device.groups',
  in: 'device.groups',
  gruppe: 'device.groups',
  standing: 'posture.standing',
  is: 'posture.standing',
  status: 'posture.standing',
  compliant: 'posture.compliant',
  konform: 'posture.compliant',
  failing: 'posture.failing',
  fails: 'posture.failing',
  os: 'os.version',
  encrypted: 'storage.encrypted',
  passcode: 'passcode.set',
};

/** Keys that stand for more than one name. */
export const specialKeys = [
  'gate',
  'gate.network',
  'gate.mail',
  'gate.vpn',
  'seen',
  'changed',
  'has',
  'unknown',
] as const;

export function namesByKey(names: readonly NameInfo[]): ReadonlyMap<string, NameInfo> {
  return new Map(names.map((each) => [each.name, each]));
}

export function resolveKey(key: string, names: ReadonlyMap<string, NameInfo>): NameInfo | undefined {
  return names.get(aliases[key] ?? key.replaceAll('-', '_'));
}

/** The nearest of what there is, when somebody mistyped. */
export function nearestKey(key: string, names: ReadonlyMap<string, NameInfo>): string | undefined {
  const all = [...Object.keys(aliases), ...specialKeys, ...names.keys()];
  const most = Math.max(1, Math.floor(key.length / 3));
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of all) {
    if (Math.abs(name.length - key.length) > most) continue;
    const distance = editDistance(key, name);
    if (distance <= most && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_each, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
