// Single settings, all in one message; the device says of each how it fared.
import type { CommandParams } from '@gatehouse/core/commands/catalogue.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { validateCommand } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { type AppleTarget, catalogueTarget } from '../apple-target.ts';
import { dictionariesOf, settingRefusal, textOf } from './response.ts';
import type { AppleTranslator } from './translator.ts';

type Settings = CommandParams<'change-settings'>;
type Name = Exclude<keyof Settings, 'wallpaperPlace'>;

const places = { 'lock-screen': 1, 'home-screen': 2, both: 3 } as const;
const enabled = (Item: string) => (value: unknown) => ({ Item, Enabled: value === true });
const worded = (Item: string) => (value: unknown) => ({ Item, [Item]: String(value) });

/** In the order in which they are sent. */
const items: { readonly [N in Name]-?: (value: Settings[N], all: Settings) => PlistDictionary } = {
  deviceName: worded('DeviceName'),
  hostName: worded('HostName'),
  timeZone: worded('TimeZone'),
  bluetooth: enabled('Bluetooth'),
  dataRoaming: enabled('DataRoaming'),
  voiceRoaming: enabled('VoiceRoaming'),
  personalHotspot: enabled('PersonalHotspot'),
  diagnosticSubmission: enabled('DiagnosticSubmission'),
  appAnalytics: enabled('AppAnalytics'),
  activationLockWhileSupervised: (value) => ({
    Item: 'MDMOptions',
    MDMOptions: { ActivationLockAllowedWhileSupervised: value === true },
  }),
  wallpaper: (image, { wallpaperPlace }) => ({
    Item: 'Wallpaper',
    Image: Buffer.from(image ?? '', 'base64'),
    Where: places[wallpaperPlace ?? 'both'],
  }),
};

function chosen(params: Settings): { readonly name: Name; readonly item: PlistDictionary }[] {
  return (Object.keys(items) as Name[])
    .filter((name) => params[name] !== undefined)
    .map((name) => ({
      name,
      item: (items[name] as (value: unknown, all: Settings) => PlistDictionary)(params[name], params),
    }));
}

/** What the catalogue has against one of them on this device. */
function objection(item: PlistDictionary, target: AppleTarget): string | undefined {
  const command = { RequestType: 'Settings', Settings: [item] };
  const errors = validateCommand(command, catalogueTarget(target)).filter(
    ({ severity }) => severity === 'error',
  );
  return errors.find(({ path }) => path !== '$')?.problem;
}

export const changeSettings: AppleTranslator<'change-settings'> = {
  uses: () => ['Settings'],
  refuses({ params }, target) {
    for (const { name, item } of chosen(params)) {
      const problem = objection(item, target);
      if (problem !== undefined) return `${name} ${problem}.`;
    }
    return undefined;
  },
  steps: ({ params }) => [
    { requestType: 'Settings', payload: { Settings: chosen(params).map(({ item }) => item) } },
  ],
  answered({ command: { params } }, response) {
    const told = dictionariesOf(response, 'Settings');
    const settings = chosen(params).map(({ name, item }, index) => {
      // By its place; a device that names what it answers is believed the name.
      const answer = told.find((each) => textOf(each, 'Item') === item.Item) ?? told[index];
      const status = answer && textOf(answer, 'Status', 32);
      if (answer === undefined || status === undefined) return { setting: name, status: 'unknown' };
      if (status === 'Acknowledged') return { setting: name, status: 'done' };
      return { setting: name, status: 'failed', reason: settingRefusal(answer) ?? status };
    });
    return settings.every(({ status }) => status === 'failed')
      ? { failed: `None of the settings was taken: ${settings[0]?.reason ?? ''}`, result: { settings } }
      : { result: { settings } };
  },
};
