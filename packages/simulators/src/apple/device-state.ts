/** Everything that a simulated Apple device holds: hardware, keychain, profiles, apps, settings. Plain data, made from a seed. */
import { createHash, type KeyObject } from 'node:crypto';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import { seededRandom } from '../agent/seeded-random.ts';
import { type AppleFamily, type DeviceModel, deviceModels } from './device-models.ts';

export interface KeychainIdentity {
  /** DER */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
}

export interface InstalledProfile {
  readonly identifier: string;
  readonly uuid: string;
  readonly displayName: string;
  readonly removalDisallowed: boolean;
  /** By MDM; everything else was put there by hand. */
  readonly managed: boolean;
  readonly payloads: readonly PlistDictionary[];
}

export type DeclarationKind = 'activation' | 'asset' | 'configuration' | 'management';

export interface Declaration {
  readonly kind: DeclarationKind;
  readonly type: string;
  readonly identifier: string;
  readonly serverToken: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface InstalledApp {
  readonly identifier: string;
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
  readonly managed: boolean;
  /** As the device says it of managed apps; Managed when nothing is said. */
  readonly status?: string;
  /** When management ends. */
  readonly stays?: boolean;
  /** The app’s managed configuration. */
  readonly configuration?: PlistDictionary;
  /** The declaration that it is there by. */
  readonly declaredBy?: string;
}

/** What the MDM payload said when the device enrolled. */
export interface Enrolment {
  readonly profileIdentifier: string;
  readonly identity: KeychainIdentity;
  readonly topic: string;
  readonly serverUrl: URL;
  readonly checkInUrl: URL;
  readonly signMessages: boolean;
  readonly checkOutWhenRemoved: boolean;
  readonly capabilities: readonly string[];
  readonly accessRights: number;
}

export interface PushIdentity {
  readonly token: Uint8Array;
  readonly magic: string;
}

export interface DeviceState {
  readonly seed: string;
  readonly model: DeviceModel;
  readonly udid: string;
  readonly serialNumber: string;
  readonly imei: string | null;
  readonly wifiMac: string;
  readonly bluetoothMac: string;
  readonly ethernetMac: string | null;
  /** What its mail client calls itself to mail servers; null: it has none that management is told of. */
  readonly mailId: string | null;
  readonly supervised: boolean;
  /** Came in by automated enrolment: it takes orders that it takes from nobody else. */
  readonly automated: boolean;
  name: string;
  systemVersion: string;
  build: string;
  batteryLevel: number;
  /** A passcode of people: digits on phones, words on computers. */
  passcode: string | null;
  /** Data protection: nobody has unlocked it since it started. */
  locked: boolean;
  lostMode: { readonly message: string; readonly phoneNumber: string; readonly footnote: string } | null;
  place: { readonly latitude: number; readonly longitude: number };
  /** FileVault, and the recovery key that came with turning it on. */
  fileVault: { enabled: boolean; recoveryKey: string | null };
  firewall: boolean;
  recoveryLock: string | null;
  firmwarePassword: string | null;
  /** Accounts on it, by short name. */
  accounts: Set<string>;
  activationLockBypassCode: string | null;
  bootstrapToken: Uint8Array | null;
  readonly unlockToken: Uint8Array;
  push: PushIdentity;
  enrolment: Enrolment | null;
  profiles: Map<string, InstalledProfile>;
  /** By declarative management. */
  readonly declarations: Map<string, Declaration>;
  apps: Map<string, InstalledApp>;
  provisioningProfiles: Map<string, { readonly name: string; readonly expires: Date }>;
  /** Certificates that profiles brought, by fingerprint. */
  certificates: Map<
    string,
    { readonly commonName: string; readonly der: Uint8Array; readonly isIdentity: boolean }
  >;
  /** Settings commands that worked, by item. */
  settings: Map<string, PlistDictionary>;
  /** What happened to it that nothing else here shows, for tests: `erased`, `restarted`, `locked`, `sounded`. */
  readonly diary: string[];
  /** Until it is set up again. */
  erased: boolean;
}

export interface DeviceOptions {
  readonly family?: AppleFamily;
  readonly name?: string;
  readonly supervised?: boolean;
  readonly automated?: boolean;
  readonly systemVersion?: string;
  readonly passcode?: string | null;
}

/** The same seed makes the same hardware. */
export function newAppleDevice(seed: string, options: DeviceOptions = {}): DeviceState {
  const random = seededRandom(`apple ${seed}`);
  const model = deviceModels[options.family ?? 'iphone'];
  const mac = () => `3c:22:fb:${random.hex(2)}:${random.hex(2)}:${random.hex(2)}`;
  const isComputer = model.family === 'mac';
  const hex = random.hex(32).toUpperCase();
  return {
    seed,
    model,
    udid: isComputer
      ? `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
      : `${hex.slice(0, 8)}-${hex.slice(8, 24)}`,
    serialNumber: random.text(10, 'CDFGHJKLMNPQRTVWXY0123456789'),
    imei: model.family === 'iphone' ? withCheckDigit(`35${random.text(12, '0123456789')}`) : null,
    wifiMac: mac(),
    bluetoothMac: mac(),
    ethernetMac: isComputer || model.family === 'apple-tv' ? mac() : null,
    mailId: ['iphone', 'ipad', 'vision'].includes(model.family)
      ? seededRandom(`mail ${seed}`).text(26, 'ABCDEFGHIJKLMNOPQRSTUV0123456789')
      : null,
    // A Mac is, by any enrolment.
    supervised: options.supervised ?? isComputer,
    automated: options.automated ?? false,
    name: options.name ?? `${model.modelName} ${random.hex(4)}`,
    systemVersion: options.systemVersion ?? model.systemVersion,
    build: model.build,
    batteryLevel: random.integer(30, 100) / 100,
    passcode: options.passcode === undefined ? random.text(6, '0123456789') : options.passcode,
    locked: false,
    lostMode: null,
    place: { latitude: 47.37 + random.fraction() / 10, longitude: 8.54 + random.fraction() / 10 },
    fileVault: { enabled: isComputer, recoveryKey: isComputer ? recoveryKeyFrom(random.hex(24)) : null },
    firewall: isComputer,
    recoveryLock: null,
    firmwarePassword: null,
    accounts: new Set(),
    activationLockBypassCode:
      options.supervised === true ? random.text(26, '0123456789ACDEFGHJKLMNPQRTUVWXYZ') : null,
    bootstrapToken: null,
    unlockToken: createHash('sha512').update(`unlock ${seed}`).digest(),
    push: newPushIdentity(`${seed} 0`),
    enrolment: null,
    profiles: new Map(),
    declarations: new Map(),
    apps: new Map(),
    provisioningProfiles: new Map(),
    certificates: new Map(),
    settings: new Map(),
    diary: [],
    erased: false,
  };
}

/** A token and a magic as a new enrolment gets them. */
export function newPushIdentity(seed: string): PushIdentity {
  const random = seededRandom(`push ${seed}`);
  const hex = random.hex(32).toUpperCase();
  return {
    token: Buffer.from(random.hex(64), 'hex'),
    magic: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
  };
}

/** Back to the factory: what an EraseDevice leaves behind is the hardware. */
export function eraseDevice(device: DeviceState): void {
  device.enrolment = null;
  device.passcode = null;
  device.lostMode = null;
  device.bootstrapToken = null;
  device.recoveryLock = null;
  device.accounts.clear();
  for (const part of [
    device.profiles,
    device.declarations,
    device.apps,
    device.provisioningProfiles,
    device.certificates,
    device.settings,
  ]) {
    part.clear();
  }
  device.erased = true;
  device.diary.push('erased');
}

export const isComputer = ({ model }: DeviceState): boolean => model.family === 'mac';

function recoveryKeyFrom(hex: string): string {
  return (hex.toUpperCase().match(/.{4}/g) ?? []).join('-');
}

/** Luhn, as the fifteenth digit of an IMEI is made. */
function withCheckDigit(digits: string): string {
  const sum = [...digits].reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
