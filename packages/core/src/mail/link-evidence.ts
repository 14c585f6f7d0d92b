/**
 * Which enrolled device a mail device is. What only the device itself can know counts as proof: a certificate of ours, or the mail
 * id that its own management reports. Everything else is evidence with a score, shown to an administrator, and enough by itself
 * only when it is strong and there is one candidate.
 */
import type { Platform } from '../devices/device.ts';

export const linkEvidenceKinds = [
  /** The client came with a certificate that was issued to the device. */
  'certificate',
  /** The device reports over its management that this is its id for mail. */
  'reported-id',
  /** The serial number stands in the id, as in those of one maker. */
  'serial-in-id',
  'imei',
  'same-model',
  /** Of all the person's devices no other has that platform. */
  'only-device',
  'same-name',
] as const;
export type LinkEvidenceKind = (typeof linkEvidenceKinds)[number];

/** Out of 100, for each piece; they add up. */
const scores: Readonly<Record<LinkEvidenceKind, number>> = {
  certificate: 100,
  'reported-id': 100,
  'serial-in-id': 80,
  imei: 80,
  'same-model': 30,
  'only-device': 20,
  'same-name': 20,
};

/** From here on the only candidate is linked without asking anybody. */
export const automaticScore = 80;
/** Below it nothing is suggested: the same person is no evidence. */
export const suggestionScore = 30;

/** An enrolled device of the same person. */
export interface LinkCandidate {
  readonly deviceId: string;
  readonly platform: string;
  readonly name: string;
  readonly serialNumber: string | null;
  readonly imei: string | null;
  readonly model: string | null;
  /** The model by the name that programs use, such as `iPhone14,5`. */
  readonly product: string | null;
  /** The id for mail that its management reports. */
  readonly reportedMailId: string | null;
}

/** What is known of the mail device. */
export interface MailDeviceTraits {
  /** As shown, see `showDeviceKey`. */
  readonly deviceKey: string;
  readonly deviceType: string;
  readonly model: string | null;
  readonly imei: string | null;
  readonly friendlyName: string | null;
  readonly userAgent: string | null;
  /** The enrolled device whose certificate it came with. */
  readonly certificateDeviceId: string | null;
}

export interface LinkSuggestion {
  readonly deviceId: string;
  /** 0 to 100. */
  readonly score: number;
  readonly evidence: readonly LinkEvidenceKind[];
}

const same = (a: string | null, b: string | null): boolean =>
  a !== null && b !== null && a.trim() !== '' && a.trim().toLowerCase() === b.trim().toLowerCase();

const platformsByType: readonly (readonly [pattern: RegExp, platform: Platform])[] = [
  [/iphone|ipad|ipod/i, 'ios'],
  [/^mac|osx/i, 'macos'],
  [/android|samsung|sm-|touchdown/i, 'android'],
  [/windows|wp8|wp7|^pocketpc$|^smartphone$|winrt/i, 'windows'],
];

function serialStandsIn(deviceKey: string, serial: string | null): boolean {
  // Short ones would be found in anything.
  return serial !== null && serial.length >= 8 && same(deviceKey.replace(/^appl/i, ''), serial);
}

/** `Apple-iPhone14C5/2104.1` names the model as `iPhone14,5`. */
function modelsOf(traits: MailDeviceTraits): readonly string[] {
  const agent = /^Apple-((?:iPhone|iPad|iPod)\d+)C(\d+)\//.exec(traits.userAgent ?? '');
  return [traits.model, agent === null ? null : `${agent[1]},${agent[2]}`].filter(
    (model): model is string => model !== null,
  );
}

/** Best first; without those for which nothing speaks. */
export function suggestLinks(
  traits: MailDeviceTraits,
  candidates: readonly LinkCandidate[],
): readonly LinkSuggestion[] {
  const system = platformOfMailDevice(traits);
  const alike = candidates.filter(({ platform }) => platform === system);
  const models = modelsOf(traits);
  return candidates
    .map((candidate): LinkSuggestion => {
      const evidence = linkEvidenceKinds.filter((kind) => {
        switch (kind) {
          case 'certificate':
            return traits.certificateDeviceId === candidate.deviceId;
          case 'reported-id':
            return same(traits.deviceKey, candidate.reportedMailId);
          case 'serial-in-id':
            return serialStandsIn(traits.deviceKey, candidate.serialNumber);
          case 'imei':
            return same(traits.imei, candidate.imei) && (traits.imei ?? '').trim().length >= 14;
          case 'same-model':
            return models.some((model) => same(model, candidate.model) || same(model, candidate.product));
          case 'only-device':
            return alike.length === 1 && alike[0] === candidate;
          case 'same-name':
            return same(traits.friendlyName, candidate.name);
          default:
            return kind satisfies never;
        }
      });
      const score = Math.min(
        100,
        evidence.reduce((sum, kind) => sum + scores[kind], 0),
      );
      return { deviceId: candidate.deviceId, score, evidence };
    })
    .filter(({ score }) => score >= suggestionScore)
    .sort((a, b) => b.score - a.score || (a.deviceId < b.deviceId ? -1 : 1));
}

/** The one that needs no administrator: strong, and nobody else is nearly as likely. */
export function automaticLink(suggestions: readonly LinkSuggestion[]): LinkSuggestion | undefined {
  const [best, ...others] = suggestions;
  if (best === undefined || best.score < automaticScore) return undefined;
  return others.some(({ score }) => score >= automaticScore) ? undefined : best;
}

/** On which system the client runs, as far as its own words tell; undefined: not at all. */
export function platformOfMailDevice(
  traits: Pick<MailDeviceTraits, 'deviceType' | 'userAgent'>,
): Platform | undefined {
  return [traits.deviceType, traits.userAgent ?? ''].flatMap((words) => {
    const found = platformsByType.find(([pattern]) => pattern.test(words));
    return found === undefined ? [] : [found[1]];
  })[0];
}
