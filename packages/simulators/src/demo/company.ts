import type { AppleFamily } from '../apple/index.ts';

/** The company that the demonstration plays: its people, departments and computers, and the rules it has set itself. */

export const organization = { slug: 'demo', name: 'Demo Company' } as const;
const domain = 'demo.example';

export type Department = 'Engineering' | 'Sales' | 'Finance' | 'Management';

export interface Employee {
  readonly name: string;
  readonly department: Department;
  readonly computers: readonly {
    readonly platform: 'linux' | 'macos';
    readonly ownership: 'corporate' | 'personal' | 'unspecified';
  }[];
  /** What their systems' own protocol manages. */
  readonly pockets?: readonly {
    readonly family: AppleFamily;
    readonly ownership: 'corporate' | 'personal';
  }[];
}

const linux = { platform: 'linux', ownership: 'corporate' } as const;
const mac = { platform: 'macos', ownership: 'corporate' } as const;
const phone = { family: 'iphone', ownership: 'corporate' } as const;
const ownPhone = { family: 'iphone', ownership: 'personal' } as const;
const tablet = { family: 'ipad', ownership: 'corporate' } as const;
const book = { family: 'mac', ownership: 'corporate' } as const;
const own = { platform: 'linux', ownership: 'personal' } as const;
const ownMac = { platform: 'macos', ownership: 'personal' } as const;

export const employees: readonly Employee[] = [
  { name: 'Ann Keller', department: 'Engineering', computers: [linux, linux], pockets: [phone] },
  { name: 'Ben Osei', department: 'Engineering', computers: [linux] },
  { name: 'Carla Rossi', department: 'Engineering', computers: [linux, own], pockets: [ownPhone] },
  { name: 'David Lindqvist', department: 'Engineering', computers: [linux] },
  { name: 'Elif Demir', department: 'Engineering', computers: [linux, mac] },
  { name: 'Farid Haddad', department: 'Engineering', computers: [linux] },
  { name: 'Grace Wanjiru', department: 'Engineering', computers: [mac] },
  { name: 'Hana Sato', department: 'Engineering', computers: [linux, own] },
  { name: 'Ivan Petrov', department: 'Sales', computers: [linux], pockets: [phone, tablet] },
  { name: 'Julia Novak', department: 'Sales', computers: [mac] },
  { name: 'Kofi Mensah', department: 'Sales', computers: [linux], pockets: [phone] },
  { name: 'Laura Jansen', department: 'Sales', computers: [mac, ownMac], pockets: [ownPhone] },
  { name: 'Miguel Torres', department: 'Sales', computers: [linux] },
  { name: 'Nina Berg', department: 'Finance', computers: [linux], pockets: [phone] },
  { name: 'Oscar Blanc', department: 'Finance', computers: [linux], pockets: [book] },
  { name: 'Priya Nair', department: 'Finance', computers: [mac] },
  { name: 'Quentin Dubois', department: 'Finance', computers: [linux] },
  { name: 'Rosa Alvarez', department: 'Management', computers: [mac], pockets: [phone, tablet] },
  { name: 'Sami Virtanen', department: 'Management', computers: [linux, mac], pockets: [phone, book] },
];

export const emailOf = ({ name }: Employee): string => `${userNameOf({ name })}@${domain}`;
export const userNameOf = ({ name }: Pick<Employee, 'name'>): string => name.toLowerCase().replace(' ', '.');
export const iseAccount = `ise@${domain}`;
export const consoleAccount = `admin@${domain}`;

/** `ann-keller-1`: names the machine in lists, on disk, and in what the demonstration prints. */
export const hostNameOf = ({ name }: Employee, index: number): string =>
  `${name.toLowerCase().replace(' ', '-')}-${index + 1}`;

export interface DemoPolicy {
  readonly name: string;
  readonly description: string;
  readonly settings: Readonly<Record<string, boolean | number | string>>;
  readonly target: 'organization' | Department;
}

export const policies: readonly DemoPolicy[] = [
  {
    name: 'Company computers',
    description: 'On top of basic security: longer passwords, a screen that locks, systems that get updates.',
    settings: {
      'passcode.minimum-length': 10,
      'passcode.grace-minutes': 5,
      'screen-lock.required': true,
      'screen-lock.maximum-inactivity-seconds': 900,
      'os.minimum-version.macos': '15.0',
      'os.minimum-version.linux': '12',
    },
    target: 'organization',
  },
  {
    name: 'Money and secrets',
    description: 'Where the accounts are, nothing is forgiven for a while.',
    settings: {
      'passcode.minimum-length': 14,
      'passcode.grace-minutes': 0,
      'screen-lock.maximum-inactivity-seconds': 300,
    },
    target: 'Finance',
  },
  {
    name: 'Travellers',
    description: 'Computers that get lost may be looked for.',
    settings: { 'location.collect': true },
    target: 'Sales',
  },
];

/** So lively that somebody who watches sees something. */
export const schedule = {
  name: 'Every minute',
  schedule: {
    checkInMinutes: 1,
    scans: { 'device-information': 2, security: 1, profiles: 10, apps: 10, certificates: 10 },
    firstSessionMinutes: 0,
    retryMinutes: 1,
    retryCount: 192,
    thenMinutes: 60,
  },
} as const;
