/** Where a setting holds, as far as no platform of its own has a say: what is judged everywhere, what computers and mail clients do. */
import { type Platform, platforms } from '../devices/device.ts';
import { type SettingName, settingDefinition } from './catalogue.ts';

/**
 * enforced: management puts it in force on the device. judged: a device that does not keep it is not compliant. told: mail
 * clients are told and keep it by themselves. served: it concerns the server, not the device.
 */
export const supportKinds = ['enforced', 'told', 'judged', 'served'] as const;
export type SupportKind = (typeof supportKinds)[number];

export interface SettingSupport {
  readonly platform: Platform;
  readonly how: SupportKind;
  /** The platform's own word for it. */
  readonly key?: string;
  /** First version of the system that knows it. */
  readonly since?: string;
  /** Since this version the platform advises against it. */
  readonly deprecated?: string;
  /** Only on supervised devices. */
  readonly supervised?: true;
}

const everywhere = (how: SupportKind): readonly SettingSupport[] =>
  platforms.map((platform) => ({ platform, how }));

/** What the agent on Linux computers puts in force. */
const byAgent: ReadonlySet<SettingName> = new Set<SettingName>([
  'passcode.minimum-length',
  'passcode.minimum-classes',
  'screen-lock.required',
  'screen-lock.maximum-inactivity-seconds',
]);

const served: ReadonlySet<SettingName> = new Set<SettingName>([
  'facts.maximum-age-hours',
  'location.collect',
  'support.contact',
]);

/** Without what a platform itself puts in force; see {@link strongestSupport}. */
export function plainSupport(name: SettingName): readonly SettingSupport[] {
  if (served.has(name)) return everywhere('served');
  if (name.startsWith('restrictions.')) return [];
  if (name.startsWith('mail.')) return everywhere('told');
  const only = /^os\.minimum-version\.(\w+)$/.exec(name)?.[1];
  if (only !== undefined) return everywhere('judged').filter(({ platform }) => platform === only);
  return byAgent.has(name)
    ? [...everywhere('judged'), { platform: 'linux', how: 'enforced' }]
    : everywhere('judged');
}

/** One row for each platform: what is put in force says more than what is only judged. */
export function strongestSupport(rows: readonly SettingSupport[]): readonly SettingSupport[] {
  return platforms.flatMap((platform) => {
    const best = rows
      .filter((row) => row.platform === platform)
      .toSorted((a, b) => supportKinds.indexOf(a.how) - supportKinds.indexOf(b.how))[0];
    return best === undefined ? [] : [best];
  });
}

/** Among several policies the strictest value wins, or the one nearest to the device. */
export function mergeRule(name: SettingName): 'most-secure' | 'first' {
  return settingDefinition(name).aggregation === 'first' ? 'first' : 'most-secure';
}
