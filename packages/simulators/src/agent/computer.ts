/**
 * A simulated computer: hardware, disks, accounts, software and what was done to it. Plain data, so that it can be written
 * down and come back after a restart as the same machine. What it says of itself is in scan-computer.ts, what changes it in
 * drift.ts, apply-policy.ts and carry-out.ts.
 */
import { randomUUID } from 'node:crypto';
import { laptopModels, type LaptopModel } from './laptop-models.ts';
import { type SeededRandom, seededRandom } from './seeded-random.ts';
import { linuxNames, type OperatingSystemName, operatingSystems } from './system-releases.ts';

export interface NetworkInterface {
  readonly name: string;
  mac: string;
  readonly kind: 'ethernet' | 'wifi' | 'bridge' | 'virtual' | 'loopback' | 'other';
  up: boolean;
  readonly permanentMac: string;
}

export interface Volume {
  readonly mount: string;
  readonly device: string;
  readonly fileSystem: string;
  encrypted: boolean;
  readonly holdsUserData: boolean;
}

export interface Account {
  readonly name: string;
  hasPassword: boolean;
}

export interface PasscodeRules {
  minimumLength: number;
  minimumClasses: number;
  /** 0: never. */
  maximumAgeDays: number;
  history: number;
}

export interface Computer {
  /** What it was generated from; the same seed is the same hardware. */
  readonly seed: string;
  readonly platform: 'linux' | 'macos';
  readonly system: OperatingSystemName;
  readonly hardware: {
    readonly manufacturer: string;
    readonly model: string;
    readonly serialNumber: string;
    readonly hardwareUuid: string;
    readonly cpu: string;
    readonly cpuCount: number;
    readonly memoryBytes: number;
  };
  hostName: string;
  release: 'current' | 'outdated';
  readonly interfaces: NetworkInterface[];
  wifiName: string;
  battery: { percent: number; charging: boolean };
  readonly volumes: Volume[];
  swapEncrypted: boolean;
  readonly accounts: Account[];
  passcode: PasscodeRules;
  screenLock: { enabled: boolean; timeoutSeconds: number };
  secureBoot: boolean;
  locationServices: boolean;
  /** Signs of a compromise that a scan would find. */
  signs: { sign: string; detail: string }[];
  /** Package names that were added to those of the system, with their version. */
  readonly addedPackages: Record<string, string>;
  readonly certificates: {
    sha256: string;
    subject: string;
    issuer: string;
    notAfter: string;
    store: string;
  }[];
  /** Profiles that somebody else put there. */
  readonly foreignProfiles: { id: string; name: string; kind: string }[];
  /** Settings that management put in force; null before the first policy. */
  appliedSettings: Readonly<Record<string, boolean | number | string>> | null;
  screenLocked: boolean;
  readonly messages: { id: string; text: string }[];
  /** How often it was set back to factory state. */
  wipes: number;
  bootId: string;
}

export interface ComputerOptions {
  readonly platform?: 'linux' | 'macos';
  readonly hostName?: string;
  /** Who signs in at it. */
  readonly account?: string;
}

/** A healthy machine as the IT department hands it out: encrypted, locked, up to date. */
export function newComputer(seed: string, options: ComputerOptions = {}): Computer {
  // Drawn from a source of its own: what was chosen must not shift everything that follows.
  const platform = options.platform ?? (seededRandom(`${seed} platform`).chance(0.3) ? 'macos' : 'linux');
  const random = seededRandom(seed);
  const model = random.pick(modelsFor(platform));
  const system = platform === 'macos' ? 'macos' : random.pick(linuxNames);
  const number = random.integer(1, 999);
  const serialNumber = model.serial.prefix + random.text(model.serial.length, model.serial.alphabet);
  return {
    seed,
    platform,
    system,
    hardware: {
      manufacturer: model.manufacturer,
      model: model.model,
      serialNumber,
      hardwareUuid: uuidFrom(random),
      cpu: model.cpu,
      cpuCount: model.cpuCount,
      memoryBytes: random.pick(model.memoryGiB) * 2 ** 30,
    },
    hostName: options.hostName ?? `${platform === 'macos' ? 'mac' : 'pc'}-${serialNumber.toLowerCase()}`,
    release: 'current',
    interfaces: interfacesOf(model, platform, random),
    wifiName: random.pick(['corp', 'corp', 'corp', 'guest']),
    battery: { percent: random.integer(35, 100), charging: random.chance(0.5) },
    volumes: volumesOf(platform, system),
    swapEncrypted: true,
    accounts: [{ name: options.account ?? `user${number}`, hasPassword: true }],
    passcode: { minimumLength: 8, minimumClasses: 1, maximumAgeDays: 0, history: 0 },
    screenLock: { enabled: true, timeoutSeconds: 600 },
    secureBoot: random.chance(0.9),
    locationServices: random.chance(0.5),
    signs: [],
    addedPackages: Object.fromEntries(
      (['code', 'docker', 'gimp', 'keepassxc', 'signal-desktop', 'vlc', 'wireshark'] as const)
        .filter(() => random.chance(0.4))
        .map((name) => [name, `${random.integer(1, 30)}.${random.integer(0, 9)}.${random.integer(0, 20)}`]),
    ),
    certificates: [
      {
        sha256: random.hex(64),
        subject: 'CN=Example Corporate Root CA',
        issuer: 'CN=Example Corporate Root CA',
        notAfter: '2034-05-01T00:00:00.000Z',
        store: 'system',
      },
    ],
    foreignProfiles: random.chance(0.2)
      ? [{ id: '/etc/puppetlabs/puppet/puppet.conf', name: 'Puppet', kind: 'configuration-system' }]
      : [],
    appliedSettings: null,
    screenLocked: false,
    messages: [],
    wipes: 0,
    bootId: uuidFrom(random),
  };
}

/** The machine starts anew: everything stays but what lived in memory. */
export function restartComputer(computer: Computer): void {
  computer.bootId = randomUUID();
  computer.screenLocked = false;
}

/** Factory state: software, accounts and settings as new; the hardware is what it was. */
export function wipeComputer(computer: Computer): void {
  const { seed, platform, hostName, wipes } = computer;
  const fresh = newComputer(seed, { platform, hostName });
  Object.assign(computer, fresh, { wipes: wipes + 1, bootId: randomUUID() });
}

function modelsFor(platform: 'linux' | 'macos'): readonly [LaptopModel, ...LaptopModel[]] {
  const [first, ...rest] = laptopModels.filter(({ runs }) => runs === platform);
  return first === undefined ? laptopModels : [first, ...rest];
}

function interfacesOf(
  model: LaptopModel,
  platform: 'linux' | 'macos',
  random: SeededRandom,
): NetworkInterface[] {
  const adapter = (name: string, kind: 'wifi' | 'ethernet', maker: string, up: boolean): NetworkInterface => {
    const tail = random.hex(6);
    const mac = `${maker}:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4, 6)}`;
    return { name, mac, kind, up, permanentMac: mac };
  };
  const wifi = adapter(platform === 'macos' ? 'en0' : 'wlp0s20f3', 'wifi', model.wifi, true);
  if (model.ethernet === undefined) return [wifi];
  return [wifi, adapter('enp0s31f6', 'ethernet', model.ethernet, random.chance(0.3))];
}

function volumesOf(platform: 'linux' | 'macos', system: OperatingSystemName): Volume[] {
  const fileSystem = operatingSystems[system].rootFileSystem;
  if (platform === 'macos') {
    return [{ mount: '/', device: 'startup disk', fileSystem, encrypted: true, holdsUserData: true }];
  }
  const volume = (mount: string, device: string, encrypted: boolean): Volume => ({
    mount,
    device,
    fileSystem: mount === '/boot/efi' ? 'vfat' : fileSystem,
    encrypted,
    holdsUserData: encrypted,
  });
  return [
    volume('/', '/dev/mapper/luks-root', true),
    volume('/home', '/dev/mapper/luks-home', true),
    volume('/boot/efi', '/dev/nvme0n1p1', false),
  ];
}

function uuidFrom(random: SeededRandom): string {
  const hex = random.hex(32);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}
