/**
 * Makes of mail clients and their habits on the wire: in which order they write the query, what they call themselves, which id they
 * give themselves, what they ask first, how they wait for mail. Habits are those seen in server logs and captures.
 */
import type { DeviceInformation, ProtocolVersion } from '@gatehouse/protocols/activesync/index.ts';
import type { SeededRandom } from '../agent/index.ts';

/** The parts of a plain query, in the order in which the make writes them. */
export type QueryPart = 'Cmd' | 'User' | 'DeviceId' | 'DeviceType';

export interface MailClientMake {
  readonly name: string;
  readonly deviceType: string;
  readonly speaks: readonly ProtocolVersion[];
  /** Windows and some Samsung devices write the compact form from 12.1 on. */
  readonly query: 'plain' | 'base64';
  readonly order: readonly QueryPart[];
  /** What comes with OPTIONS beside the log-in: Outlook writes a whole query, with a command that there is not, iOS a policy key. */
  readonly optionsWith: 'nothing' | 'query' | 'policy-key';
  /** In the same breath as it tells of itself. */
  readonly asksForUser: boolean;
  readonly contentType: 'application/vnd.ms-sync.wbxml' | 'application/vnd.ms-sync';
  /** What is asked once the version is known. */
  readonly firstCommand: 'Settings' | 'Provision' | 'FolderSync';
  /** Clients of 12.1 and newer may leave a Sync open instead. */
  readonly waitsWith: 'Ping' | 'Sync';
  readonly keepsConnections: boolean;
  readonly acceptsGzip: boolean;
  userAgent(phone: MailClientTraits): string;
  newDeviceId(random: SeededRandom, serialNumber: string | undefined): Uint8Array;
  deviceInformation(phone: MailClientTraits): DeviceInformation;
}

/** What the make builds its words of. */
export interface MailClientTraits {
  /** As programs call it: `iPhone14,5`, `SM-S911B`. */
  readonly model: string;
  readonly release: string;
  readonly build: string;
  readonly friendlyName: string;
  readonly imei?: string;
}

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const upperHex = (random: SeededRandom, digits: number) => ascii(random.hex(digits).toUpperCase());
const tail = ['User', 'DeviceId', 'DeviceType', 'Cmd'] as const;
const head = ['Cmd', 'User', 'DeviceId', 'DeviceType'] as const;
/** `15D100` is written `1504.100`: letters become their place in the alphabet. */
const appleBuild = (build: string): string =>
  build.replace(
    /^(\d+)([A-Z])(\d+).*$/,
    (_, major: string, letter: string, minor: string) =>
      `${major}${String(letter.charCodeAt(0) - 64).padStart(2, '0')}.${minor}`,
  );

/** Its first request after OPTIONS is Settings, with the policy key 0, and its id is the one its management reports. */
const ios = {
  name: 'iOS Mail',
  deviceType: 'iPhone',
  speaks: ['2.5', '12.0', '12.1', '14.0', '14.1', '16.0', '16.1'],
  query: 'plain',
  order: tail,
  optionsWith: 'policy-key',
  asksForUser: true,
  contentType: 'application/vnd.ms-sync.wbxml',
  firstCommand: 'Settings',
  waitsWith: 'Ping',
  keepsConnections: true,
  acceptsGzip: true,
  userAgent: ({ model, build }) => `Apple-${model.replace(',', 'C')}/${appleBuild(build)}`,
  newDeviceId: (random) => ascii(random.text(26, 'ABCDEFGHIJKLMNOPQRSTUV0123456789')),
  deviceInformation: ({ model, release, build, friendlyName }) => ({
    Model: model.replace(',', 'C'),
    OS: `iOS ${release} ${build}`,
    OSLanguage: 'de-DE',
    FriendlyName: friendlyName,
    UserAgent: `iOS/${release} (${build}) dataaccessd/1.0`,
  }),
} as const satisfies MailClientMake;

export const makes = {
  'ios-mail': ios,
  'ipad-mail': { ...ios, name: 'iPadOS Mail', deviceType: 'iPad' },
  /** Older iOS: the serial number stands in the id. */
  'ios-mail-9': {
    name: 'iOS Mail of 2015',
    deviceType: 'iPhone',
    speaks: ['2.5', '12.0', '12.1', '14.0', '14.1'],
    query: 'plain',
    order: tail,
    optionsWith: 'nothing',
    asksForUser: false,
    contentType: 'application/vnd.ms-sync.wbxml',
    firstCommand: 'FolderSync',
    waitsWith: 'Ping',
    keepsConnections: true,
    acceptsGzip: true,
    userAgent: ({ model, build }) => `Apple-${model.replace(',', 'C')}/${appleBuild(build)}`,
    newDeviceId: (random, serialNumber) =>
      ascii(`Appl${serialNumber ?? random.text(12, 'CDFGHJKLMNPQRTVWXY1234567890')}`),
    deviceInformation: ({ model, release, build, friendlyName }) => ({
      Model: model.replace(',', 'C'),
      OS: `iOS ${release} ${build}`,
      OSLanguage: 'en',
      FriendlyName: friendlyName,
    }),
  },
  gmail: {
    name: 'Gmail on Android',
    deviceType: 'Android',
    speaks: ['12.0', '12.1', '14.0', '14.1', '16.0', '16.1'],
    query: 'plain',
    order: head,
    optionsWith: 'nothing',
    asksForUser: false,
    contentType: 'application/vnd.ms-sync.wbxml',
    firstCommand: 'Provision',
    waitsWith: 'Ping',
    keepsConnections: true,
    acceptsGzip: true,
    userAgent: ({ release }) => `Android/${release}-EAS-2.0`,
    newDeviceId: (random) => ascii(`androidc${random.text(10, '0123456789')}`),
    deviceInformation: ({ model, release, friendlyName, imei }) => ({
      Model: model,
      ...(imei === undefined ? {} : { IMEI: imei }),
      FriendlyName: friendlyName,
      OS: `Android ${release}`,
      UserAgent: `Android/${release}-EAS-2.0`,
      MobileOperator: 'Example Mobile',
    }),
  },
  samsung: {
    name: 'Samsung Email',
    deviceType: 'SamsungDevice',
    speaks: ['2.5', '12.0', '12.1', '14.0', '14.1', '16.0', '16.1'],
    query: 'base64',
    order: head,
    optionsWith: 'nothing',
    asksForUser: false,
    contentType: 'application/vnd.ms-sync.wbxml',
    firstCommand: 'FolderSync',
    waitsWith: 'Ping',
    keepsConnections: true,
    acceptsGzip: false,
    userAgent: ({ model, release }) => `SAMSUNG-${model}/${release}`,
    newDeviceId: (random) => ascii(`SEC${random.hex(16).toUpperCase()}`),
    deviceInformation: ({ model, release, friendlyName, imei }) => ({
      Model: model,
      ...(imei === undefined ? {} : { IMEI: imei }),
      FriendlyName: friendlyName,
      OS: `Android ${release}`,
      OSLanguage: 'English',
      EnableOutboundSMS: '0',
    }),
  },
  outlook: {
    name: 'Outlook for iOS and Android',
    deviceType: 'Outlook',
    speaks: ['14.0', '14.1', '16.0', '16.1'],
    query: 'plain',
    order: head,
    optionsWith: 'query',
    asksForUser: false,
    contentType: 'application/vnd.ms-sync.wbxml',
    firstCommand: 'Provision',
    waitsWith: 'Sync',
    keepsConnections: false,
    acceptsGzip: true,
    userAgent: () => 'Outlook-iOS-Android/1.0',
    newDeviceId: (random) => ascii(random.hex(32)),
    deviceInformation: ({ release, friendlyName }) => ({
      Model: 'Outlook for iOS and Android',
      FriendlyName: friendlyName,
      OS: `iOS ${release}`,
      UserAgent: 'Outlook-iOS-Android/1.0',
    }),
  },
  /** The id is a GUID of sixteen bytes that are no text. */
  'windows-mail': {
    name: 'Windows Mail',
    deviceType: 'WindowsMail',
    speaks: ['12.0', '12.1', '14.0', '14.1', '16.0'],
    query: 'base64',
    order: head,
    optionsWith: 'nothing',
    asksForUser: false,
    contentType: 'application/vnd.ms-sync.wbxml',
    firstCommand: 'Provision',
    waitsWith: 'Sync',
    keepsConnections: true,
    acceptsGzip: true,
    userAgent: ({ release }) => `MSFT-WIN-4/${release}`,
    newDeviceId: (random) => Buffer.from(random.hex(32), 'hex'),
    deviceInformation: ({ model, release, friendlyName }) => ({
      Model: model,
      FriendlyName: friendlyName,
      OS: `Windows ${release}`,
      OSLanguage: 'de-DE',
      UserAgent: `MSFT-WIN-4/${release}`,
    }),
  },
  /** Knows nothing newer than 2.5: no Settings, no policy document in WBXML, mail as MIME with the parameters in the query. */
  'windows-mobile': {
    name: 'Windows Mobile',
    deviceType: 'PocketPC',
    speaks: ['2.5'],
    query: 'plain',
    order: tail,
    optionsWith: 'nothing',
    asksForUser: false,
    contentType: 'application/vnd.ms-sync.wbxml',
    firstCommand: 'FolderSync',
    waitsWith: 'Ping',
    keepsConnections: false,
    acceptsGzip: false,
    userAgent: ({ release }) => `MSFT-PPC/${release}`,
    newDeviceId: (random) => upperHex(random, 32),
    deviceInformation: () => ({}),
  },
} as const satisfies Readonly<Record<string, MailClientMake>>;

export type MakeName = keyof typeof makes;

/** Models and releases that each make is met on. */
export const traitsOf: Readonly<Record<MakeName, MailClientTraits>> = {
  'ios-mail': { model: 'iPhone14,5', release: '18.5', build: '22F76', friendlyName: 'iPhone' },
  'ipad-mail': { model: 'iPad13,16', release: '18.5', build: '22F76', friendlyName: 'iPad' },
  'ios-mail-9': { model: 'iPhone8,1', release: '9.3.5', build: '13G36', friendlyName: 'iPhone 6s' },
  gmail: { model: 'Pixel 8', release: '15', build: 'AP3A', friendlyName: 'Pixel 8', imei: '490154203237518' },
  samsung: {
    model: 'SM-S911B',
    release: '141.1',
    build: 'UP1A',
    friendlyName: 'Galaxy S23',
    imei: '356938035643809',
  },
  outlook: { model: 'Outlook', release: '18.5', build: '22F76', friendlyName: 'Outlook' },
  'windows-mail': {
    model: 'Surface Pro 9',
    release: '10.0.22631',
    build: '22631',
    friendlyName: 'SURFACE-7',
  },
  'windows-mobile': { model: 'HTC Touch', release: '5.2.200', build: '21234', friendlyName: 'Touch' },
};
