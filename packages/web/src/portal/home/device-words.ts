/** How a device stands, in a word and a sentence; and which of them is probably the one in the hand. */
import type { MyDevice } from '@gatehouse/contracts/my/devices.ts';
import type { StatusKind } from '../../design/status-mark.tsx';
import { formatTime } from '../../language/format.ts';
import type { homeTexts } from './texts.ts';

type Say = ReturnType<typeof homeTexts.use>;
type Gate = MyDevice['problems'][number]['gates'][number];

export function statusOf(
  device: Pick<MyDevice, 'standing' | 'problems' | 'exemptUntil'>,
  t: Say,
): { kind: StatusKind; word: string } {
  switch (device.standing) {
    case 'grace': {
      const until = firstEnd(device);
      return {
        kind: 'grace',
        word: until === undefined ? t('graceSoon') : t('grace', { time: formatTime(until) }),
      };
    }
    case 'exempt':
      return {
        kind: 'exempt',
        word:
          device.exemptUntil === null
            ? t('exemptOpen')
            : t('exempt', { time: formatTime(device.exemptUntil) }),
      };
    case 'away':
      return { kind: 'unchecked', word: t('away') };
    default:
      return { kind: device.standing, word: t(device.standing) };
  }
}

/** The time that is left before the first consequence. */
export function firstEnd({ problems }: Pick<MyDevice, 'problems'>): string | undefined {
  return problems
    .flatMap(({ until }) => (until === null ? [] : [until]))
    .sort()
    .at(0);
}

/** What is shut now, in words: “Network and mail are off.”; '' for nothing. */
export function shutLine({ problems }: Pick<MyDevice, 'problems'>, t: Say): string {
  const isShut = (gate: Gate) => problems.some(({ gates }) => gates.includes(gate));
  const doors = (['network', 'mail', 'vpn'] as const).filter(isShut);
  // Whoever cannot come in at all does not miss what is behind.
  const shut: readonly Gate[] = doors.length > 0 ? doors : (['apps', 'content'] as const).filter(isShut);
  if (shut.length === 0) return '';
  const names = shut.map((gate) => t(`shut_${gate}`));
  const last = names.at(-1) ?? '';
  const list = names.length === 1 ? last : `${names.slice(0, -1).join(', ')} ${t('and')} ${last}`;
  return t('off', { count: shut.length, names: list });
}

/** One sentence of state: what does not work, and the first reason. */
export function sentenceOf(device: MyDevice, t: Say): string {
  const [first, ...others] = device.problems;
  if (first === undefined) {
    if (device.standing === 'exempt') return t('sentenceExempt');
    if (device.standing === 'unchecked') return t('sentenceUnchecked');
    return device.standing === 'ok' ? t('sentenceOk') : '';
  }
  const until = firstEnd(device);
  const shut = shutLine(device, t);
  return [
    shut === '' && until !== undefined ? t('stays', { time: formatTime(until) }) : shut,
    first.says,
    ...(others.length === 0 ? [] : [`(${t('more', { count: others.length })})`]),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

const platformSigns: readonly (readonly [RegExp, MyDevice['platform']])[] = [
  [/\b(?:iPhone|iPad|iPod)\b|\bMacintosh\b.*\bMobile\b/, 'ios'],
  [/\bMacintosh\b/, 'macos'],
  [/\bAndroid\b/, 'android'],
  [/\bWindows\b/, 'windows'],
  [/\bLinux\b/, 'linux'],
];

/** The device in the hand first, as far as a browser tells; then what needs somebody; then the one heard of last. */
export function inOrder(devices: readonly MyDevice[], userAgent: string): readonly MyDevice[] {
  const platform = platformSigns.find(([sign]) => sign.test(userAgent))?.[1];
  const rank = (device: MyDevice) =>
    (device.standing === 'away' ? 4 : 0) +
    (device.platform === platform ? 0 : 2) +
    (device.problems.length > 0 ? 0 : 1);
  return devices.toSorted(
    (a, b) => rank(a) - rank(b) || (b.lastContactAt ?? '').localeCompare(a.lastContactAt ?? ''),
  );
}

/** Only when it is the only one of its kind: a guess that may be wrong is none. */
export function inHand(devices: readonly MyDevice[], userAgent: string): string | undefined {
  const platform = platformSigns.find(([sign]) => sign.test(userAgent))?.[1];
  const alike = devices.filter((device) => device.platform === platform && device.standing !== 'away');
  return alike.length === 1 ? alike[0]?.id : undefined;
}
