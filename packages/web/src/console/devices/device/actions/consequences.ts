/** What goes, what stays and what comes after, by platform where it differs: said before, never after. */
import type { Platform } from '@gatehouse/core/devices/device.ts';
import type { DeviceAction } from './action-catalogue.ts';
import type { actionTexts } from './texts.ts';

const platformNotes: Readonly<
  Partial<Record<Platform, 'full-wipe-afterWindows' | 'full-wipe-afterApple' | 'full-wipe-afterAndroid'>>
> = {
  windows: 'full-wipe-afterWindows',
  ios: 'full-wipe-afterApple',
  macos: 'full-wipe-afterApple',
  android: 'full-wipe-afterAndroid',
};

/** @param platform undefined: of many devices. */
export function consequencesOf(
  { name }: Pick<DeviceAction, 'name'>,
  platform: Platform | undefined,
  t: typeof actionTexts.say,
) {
  const note = name === 'full-wipe' && platform !== undefined ? platformNotes[platform] : undefined;
  return {
    goes: [t(`${name}-goes` as 'full-wipe-goes')],
    stays: [t(`${name}-stays` as 'full-wipe-stays')],
    after: [t(`${name}-after` as 'full-wipe-after'), ...(note === undefined ? [] : [t(note)])],
  };
}
