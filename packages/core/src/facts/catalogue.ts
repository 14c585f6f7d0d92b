/**
 * The catalogue of facts: everything Gatehouse may know of a device, one row each: type with bounds, privacy class, the
 * scan that reports it and the sources that may state it. A report is read against this table (parse-report.ts), so a
 * fact that is not here, or that its source may not state, is never stored.
 */
import type { FactSource, PrivacyClass, Scan } from './vocabulary.ts';

export type ScalarShape =
  | { readonly type: 'string'; readonly maximumLength: number }
  | { readonly type: 'integer'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'decimal'; readonly minimum: number; readonly maximum: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'choice'; readonly choices: readonly string[] };

export interface ListShape {
  readonly type: 'list';
  readonly maximumCount: number;
  readonly item: Readonly<Record<string, ScalarShape & { readonly optional?: true }>>;
}

export type FactShape = ScalarShape | ListShape;

export interface FactDefinition {
  readonly shape: FactShape;
  readonly unit?: string;
  readonly privacy: PrivacyClass;
  readonly scan: Scan;
  readonly sources: readonly FactSource[];
  readonly description: string;
}

const boolean = { type: 'boolean' } as const;
const text = <const N extends number>(maximumLength: N) => ({ type: 'string', maximumLength }) as const;
const integer = <const A extends number, const B extends number>(minimum: A, maximum: B) =>
  ({ type: 'integer', minimum, maximum }) as const;
const decimal = (minimum: number, maximum: number) => ({ type: 'decimal', minimum, maximum }) as const;
const choice = <const C extends readonly string[]>(...choices: C) => ({ type: 'choice', choices }) as const;

/** Any source that talks to the machine; an administrator may fill a gap by hand. */
const anyone = ['attested', 'os-protocol', 'agent', 'activesync', 'administrator'] as const;
/** Only what runs on the device, or its hardware, can know. */
const device = ['attested', 'os-protocol', 'agent'] as const;
const agentOnly = ['agent'] as const;
const mailOnly = ['activesync'] as const;

const information = { scan: 'device-information', privacy: 'technical' } as const;
const security = { scan: 'security', privacy: 'technical' } as const;

/** Most list items a report may carry; section 5 of the input limits: 64 interfaces, 20,000 packages. */
export const interfaceCount = 64;
export const packageCount = 20_000;

export const factCatalogue = {
  // ------------------------------------------------------------------ SCN-01 device information
  'device.manufacturer': {
    ...information,
    shape: text(128),
    sources: anyone,
    description: 'Who made the device.',
  },
  'device.model': { ...information, shape: text(128), sources: anyone, description: 'Model name.' },
  'device.product': {
    ...information,
    shape: text(64),
    sources: device,
    description: 'Model as its maker’s software names it, such as iPhone17,1.',
  },
  'device.serial-number': {
    ...information,
    shape: text(128),
    sources: anyone,
    description: 'Serial number as the hardware states it; a claim, never proof of identity.',
  },
  'device.hardware-uuid': {
    ...information,
    shape: text(64),
    sources: device,
    description: 'UUID of the main board.',
  },
  'device.host-name': { ...information, shape: text(253), sources: anyone, description: 'Host name.' },
  'device.virtual-machine': {
    ...information,
    shape: boolean,
    sources: device,
    description: 'The device is a virtual machine.',
  },
  'device.imei': {
    ...information,
    privacy: 'personal',
    shape: text(32),
    sources: anyone,
    description: 'IMEI of the first modem.',
  },
  'device.meid': {
    ...information,
    privacy: 'personal',
    shape: text(32),
    sources: anyone,
    description: 'MEID of the first modem.',
  },
  'device.udid': {
    ...information,
    shape: text(64),
    sources: anyone,
    description: 'Unique device id (UDID).',
  },
  'device.phone-number': {
    ...information,
    privacy: 'personal',
    shape: text(32),
    sources: anyone,
    description: 'Telephone number of the first SIM.',
  },
  'os.family': {
    ...information,
    shape: text(32),
    sources: anyone,
    description: 'Family of the operating system: linux, macos, ios, android, windows.',
  },
  'os.name': {
    ...information,
    shape: text(128),
    sources: anyone,
    description: 'Operating system as it calls itself.',
  },
  'os.version': {
    ...information,
    shape: text(64),
    sources: anyone,
    description: 'Version of the operating system.',
  },
  'os.build': {
    ...information,
    shape: text(128),
    sources: anyone,
    description: 'Build of the operating system.',
  },
  'os.security-response': {
    ...information,
    shape: text(64),
    sources: device,
    description: 'Security response laid over the version, such as (a).',
  },
  'os.update-state': {
    ...information,
    shape: text(64),
    sources: device,
    description: 'How far an update of the operating system has come.',
  },
  'os.update-version': {
    ...information,
    shape: text(64),
    sources: device,
    description: 'To which version an update under way leads.',
  },
  'os.update-failure': {
    ...information,
    shape: text(256),
    sources: device,
    description: 'Why the last update of the operating system failed.',
  },
  'os.kernel': { ...information, shape: text(128), sources: device, description: 'Kernel release.' },
  'hardware.cpu': { ...information, shape: text(128), sources: device, description: 'Processor model.' },
  'hardware.cpu-count': {
    ...information,
    shape: integer(1, 65_536),
    sources: device,
    description: 'Number of logical processors.',
  },
  'hardware.memory-bytes': {
    ...information,
    shape: integer(0, Number.MAX_SAFE_INTEGER),
    unit: 'bytes',
    sources: device,
    description: 'Memory fitted.',
  },
  'hardware.storage-bytes': {
    ...information,
    shape: integer(0, Number.MAX_SAFE_INTEGER),
    unit: 'bytes',
    sources: device,
    description: 'Storage of the device.',
  },
  'hardware.storage-free-bytes': {
    ...information,
    shape: integer(0, Number.MAX_SAFE_INTEGER),
    unit: 'bytes',
    sources: device,
    description: 'Storage that is free.',
  },
  'cellular.carrier': {
    ...information,
    shape: text(64),
    sources: anyone,
    description: 'Mobile network that the device is in (SCN-09).',
  },
  'cellular.data-used-bytes': {
    ...information,
    shape: integer(0, Number.MAX_SAFE_INTEGER),
    unit: 'bytes',
    sources: anyone,
    description: 'Mobile data used in the running period of the plan (CMP-19).',
  },
  'cellular.data-limit-bytes': {
    ...information,
    shape: integer(1, Number.MAX_SAFE_INTEGER),
    unit: 'bytes',
    sources: anyone,
    description: 'Mobile data that the plan allows in a period (CMP-19).',
  },
  'sim.id': {
    ...information,
    privacy: 'personal',
    shape: text(64),
    sources: device,
    description: 'Number of the SIM card in use (ICCID); of an embedded SIM, that of its profile.',
  },
  'location.latitude': {
    ...information,
    privacy: 'sensitive',
    shape: decimal(-90, 90),
    unit: 'degrees',
    sources: device,
    description:
      'Where the device is, northwards (WGS 84); reported only where the policy allows it (DLP-06).',
  },
  'location.longitude': {
    ...information,
    privacy: 'sensitive',
    shape: decimal(-180, 180),
    unit: 'degrees',
    sources: device,
    description: 'Where the device is, eastwards (WGS 84).',
  },
  'location.accuracy-meters': {
    ...information,
    privacy: 'sensitive',
    shape: decimal(0, 10_000_000),
    unit: 'meters',
    sources: device,
    description: 'How far from the stated position the device may be.',
  },
  'device.mail-id': {
    ...information,
    shape: text(64),
    sources: device,
    description: 'What the system’s own mail client calls the device at mail servers (ActiveSync device id).',
  },
  'activesync.authorized': {
    ...information,
    shape: boolean,
    sources: mailOnly,
    description: 'The mail gateway lets the device synchronize (CMP-14).',
  },
  'activesync.last-seen': {
    ...information,
    shape: text(32),
    sources: mailOnly,
    description: 'When the mail gateway last heard of the device, as ISO 8601 (CMP-14).',
  },
  'accounts.administrator-id': {
    ...information,
    shape: text(64),
    sources: device,
    description: 'The administrator account that automated set-up made on a computer.',
  },
  'battery.present': {
    ...information,
    shape: boolean,
    sources: device,
    description: 'The device has a battery.',
  },
  'battery.level-percent': {
    ...information,
    shape: integer(0, 100),
    unit: 'percent',
    sources: device,
    description: 'Charge of the battery.',
  },
  'battery.charging': {
    ...information,
    shape: boolean,
    sources: device,
    description: 'The battery is charging.',
  },
  'battery.health': {
    ...information,
    shape: text(64),
    sources: device,
    description: 'What the device says of the condition of its battery.',
  },
  'network.interfaces': {
    ...information,
    shape: {
      type: 'list',
      maximumCount: interfaceCount,
      item: {
        name: text(64),
        mac: text(32),
        kind: choice('ethernet', 'wifi', 'bridge', 'virtual', 'loopback', 'other'),
        // Not told by devices that only list their hardware.
        up: { ...boolean, optional: true },
        permanentMac: { ...text(32), optional: true },
      },
    },
    sources: device,
    description: 'Network interfaces with their MAC addresses.',
  },
  'network.wifi-ssid': {
    ...information,
    privacy: 'personal',
    shape: text(64),
    sources: device,
    description: 'Name of the Wi-Fi network in use (AGT-08).',
  },
  'agent.version': {
    ...information,
    shape: text(64),
    sources: agentOnly,
    description: 'Version of the agent.',
  },
  'agent.boot-id': {
    ...information,
    shape: text(64),
    sources: agentOnly,
    description: 'Changes at every start of the machine; two at once betray a copied key (DEV-08).',
  },

  // ------------------------------------------------------------------ SCN-02 security
  'storage.encrypted': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'Every mounted local file system that holds user data, the root included, is encrypted.',
  },
  'storage.volumes': {
    ...security,
    shape: {
      type: 'list',
      maximumCount: 256,
      item: {
        mount: text(1024),
        device: text(256),
        fileSystem: text(64),
        encrypted: boolean,
        method: text(64),
      },
    },
    sources: device,
    description: 'Local volumes and how each is encrypted.',
  },
  'storage.swap-encrypted': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'Swap space, if there is any, is encrypted.',
  },
  'passcode.set': {
    ...security,
    shape: boolean,
    sources: anyone,
    description: 'Every account that can sign in at the device has a password or PIN.',
  },
  'passcode.accounts-without-password': {
    ...security,
    shape: integer(0, 100_000),
    sources: device,
    description: 'How many accounts can sign in without a password.',
  },
  'passcode.minimum-length': {
    ...security,
    shape: integer(0, 256),
    unit: 'characters',
    sources: anyone,
    description: 'Shortest passcode that the device accepts.',
  },
  'passcode.minimum-classes': {
    ...security,
    shape: integer(0, 4),
    sources: anyone,
    description: 'How many of lower case, upper case, digits and signs the device demands.',
  },
  'passcode.maximum-age-days': {
    ...security,
    shape: integer(0, 100_000),
    unit: 'days',
    sources: anyone,
    description: 'After how many days the device demands a new passcode; 0 means never.',
  },
  'passcode.history': {
    ...security,
    shape: integer(0, 1_000),
    sources: anyone,
    description: 'How many earlier passcodes the device refuses.',
  },
  'passcode.compliant': {
    ...security,
    shape: boolean,
    sources: device,
    description:
      'The passcode meets everything that anybody demands of it on the device, as the system judges.',
  },
  'passcode.compliant-with-profiles': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The passcode meets what installed profiles demand, as the system judges.',
  },
  'screen-lock.enabled': {
    ...security,
    shape: boolean,
    sources: anyone,
    description: 'The screen locks by itself.',
  },
  'screen-lock.timeout-seconds': {
    ...security,
    shape: integer(0, 31_536_000),
    unit: 'seconds',
    sources: anyone,
    description: 'Idle time after which the screen locks; 0 means at once.',
  },
  'integrity.compromised': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The device is jailbroken, rooted or tampered with.',
  },
  'integrity.signs': {
    ...security,
    shape: { type: 'list', maximumCount: 64, item: { sign: text(64), detail: text(512) } },
    sources: device,
    description: 'What points to a compromise.',
  },
  'security.secure-boot': { ...security, shape: boolean, sources: device, description: 'Secure boot is on.' },
  'security.secure-boot-level': {
    ...security,
    shape: text(32),
    sources: device,
    description: 'How far the computer checks what it starts: full, medium, off.',
  },
  'security.system-integrity': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The system protects its own files against everybody.',
  },
  'security.sealed-system-volume': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The system starts only from a volume that is as its maker signed it.',
  },
  'security.recovery-lock': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The recovery system asks for a password.',
  },
  'security.remote-desktop': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The screen can be taken over from afar.',
  },
  'firewall.enabled': { ...security, shape: boolean, sources: device, description: 'The firewall is on.' },
  'firewall.stealth': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The firewall answers nobody who probes it.',
  },
  'firewall.blocks-incoming': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The firewall refuses all connections from outside.',
  },
  'storage.recovery-key': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The encrypted disk can be opened with a recovery key.',
  },
  'management.supervised': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The organization supervises the device.',
  },
  'management.automated-enrollment': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The device came under management by automated enrolment.',
  },
  'management.user-approved': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The user has approved the management.',
  },
  'management.user-enrollment': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'Only what belongs to the organization is managed.',
  },
  'management.lost-mode': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The device has been declared lost (LST-02).',
  },
  'management.activation-lock': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'Only its user’s account can set the device up again.',
  },
  'management.find-my': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The user can find the device with the maker’s service.',
  },
  'management.awaiting-configuration': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The device waits in set-up until it is told to go on.',
  },
  'backup.cloud': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The device backs up to the maker’s cloud (RST-05).',
  },
  'roaming.active': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'The device is in a foreign mobile network.',
  },
  'sim.status': { ...security, shape: text(64), sources: device, description: 'State of the SIM card.' },
  'roaming.data': { ...security, shape: boolean, sources: device, description: 'Data roaming is on.' },
  'profiles.pending': {
    ...security,
    shape: integer(0, 100_000),
    sources: device,
    description: 'Profiles that are installed but not active.',
  },
  'location.services': {
    ...security,
    shape: boolean,
    sources: device,
    description: 'Location services are on (CMP-10).',
  },

  // ------------------------------------------------------------------ SCN-03 … SCN-05
  'profiles.installed': {
    scan: 'profiles',
    privacy: 'technical',
    shape: {
      type: 'list',
      maximumCount: 1_000,
      item: { id: text(256), name: text(256), kind: text(64), managed: boolean, source: text(128) },
    },
    sources: device,
    description: 'All installed profiles, also those that Gatehouse did not install (POL-08).',
  },
  'provisioning-profiles.installed': {
    scan: 'profiles',
    privacy: 'technical',
    shape: {
      type: 'list',
      maximumCount: 1_000,
      item: { id: text(64), name: text(256), expiresAt: { ...text(32), optional: true } },
    },
    sources: device,
    description: 'What lets apps of an organization’s own run, with the end of its validity as ISO 8601.',
  },
  'apps.managed': {
    scan: 'apps',
    // They are the organization's own, so they say nothing of the person.
    privacy: 'technical',
    shape: {
      type: 'list',
      maximumCount: 5_000,
      item: {
        id: text(256),
        status: text(64),
        name: { ...text(256), optional: true },
        version: { ...text(128), optional: true },
        /** It was installed to stay when management ends. */
        stays: { type: 'boolean', optional: true },
      },
    },
    sources: device,
    description: 'Apps that management installed or is installing, and how far each is.',
  },
  'apps.installed': {
    scan: 'apps',
    privacy: 'personal',
    shape: {
      type: 'list',
      maximumCount: packageCount,
      item: { id: text(256), name: text(256), version: text(128), source: text(64) },
    },
    sources: device,
    description: 'All installed applications.',
  },
  'certificates.installed': {
    scan: 'certificates',
    privacy: 'technical',
    shape: {
      type: 'list',
      maximumCount: 1_000,
      item: {
        sha256: text(64),
        subject: text(1024),
        issuer: text(1024),
        notAfter: text(32),
        store: text(256),
        // Not every system tells.
        managed: { ...boolean, optional: true },
      },
    },
    sources: device,
    description: 'Installed certificates, with the end of their validity as ISO 8601.',
  },
} as const satisfies Record<string, FactDefinition>;

export type FactName = keyof typeof factCatalogue;

export const factNames = Object.keys(factCatalogue) as readonly FactName[];

export function isFactName(value: string): value is FactName {
  return Object.hasOwn(factCatalogue, value);
}

/** The row of one fact, as the general type. */
export function factDefinition(name: FactName): FactDefinition {
  return factCatalogue[name];
}

type ScalarOf<S> = S extends { type: 'string' }
  ? string
  : S extends { type: 'choice'; choices: infer C extends readonly string[] }
    ? C[number]
    : S extends { type: 'integer' | 'decimal' }
      ? number
      : S extends { type: 'boolean' }
        ? boolean
        : never;

type OptionalFields<I> = { [F in keyof I]: I[F] extends { optional: true } ? F : never }[keyof I];

type ItemOf<I> = { readonly [F in Exclude<keyof I, OptionalFields<I>>]: ScalarOf<I[F]> } & {
  readonly [F in OptionalFields<I>]?: ScalarOf<I[F]>;
};

/** The TypeScript type of a fact's value, from its row. */
export type FactValueOf<N extends FactName> = (typeof factCatalogue)[N]['shape'] extends {
  type: 'list';
  item: infer I;
}
  ? readonly ItemOf<I>[]
  : ScalarOf<(typeof factCatalogue)[N]['shape']>;
