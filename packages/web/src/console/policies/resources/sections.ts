/** Where a form of a kind of resource is grouped by hand, because there are too many fields to read in one go. */

export type SectionId =
  | 'basics'
  | 'security'
  | 'signIn'
  | 'trust'
  | 'proxy'
  | 'onDemand'
  | 'incoming'
  | 'outgoing'
  | 'more';

type Sections = Readonly<Partial<Record<SectionId, readonly string[]>>>;

const proxy = [
  'proxyMode',
  'proxyServer',
  'proxyPort',
  'proxyUser',
  'proxyPassword',
  'proxyAddress',
] as const;

const sections: Readonly<Record<string, Sections>> = {
  wifi: {
    basics: ['ssid', 'hidden', 'autoJoin', 'fixedAddress'],
    security: ['security', 'password', 'eapTypes', 'innerAuthentication'],
    signIn: ['user', 'userPassword', 'outerIdentity', 'identity'],
    trust: ['trustedCertificates', 'trustedServerNames'],
    proxy,
  },
  vpn: {
    basics: [
      'name',
      'connection',
      'server',
      'group',
      'realm',
      'everything',
      'remoteIdentifier',
      'localIdentifier',
    ],
    signIn: ['authentication', 'identity', 'sharedSecret', 'user', 'password'],
    onDemand: ['onDemandAlways', 'onDemandNever', 'onDemandIfNeeded', 'onDemandProbe'],
    proxy,
  },
  mail: {
    basics: ['name', 'protocol', 'email', 'senderName', 'preventMove'],
    incoming: [
      'incomingServer',
      'incomingPort',
      'incomingEncrypted',
      'incomingAuthentication',
      'incomingUser',
      'incomingPassword',
    ],
    outgoing: [
      'outgoingServer',
      'outgoingPort',
      'outgoingEncrypted',
      'outgoingAuthentication',
      'outgoingUser',
      'outgoingPassword',
    ],
  },
  exchange: {
    basics: ['name', 'server', 'encrypted', 'email', 'daysOfMail', 'preventMove'],
    signIn: ['user', 'domain', 'password', 'identity', 'modernAuthentication'],
  },
  'global-http-proxy': { proxy },
};

/** In which order sections stand. */
export const sectionOrder: readonly SectionId[] = [
  'basics',
  'security',
  'signIn',
  'trust',
  'incoming',
  'outgoing',
  'onDemand',
  'proxy',
  'more',
];

/** Of kinds that nobody has grouped everything is one section; a field that is new stands under `more`. */
export function sectionOf(kind: string, field: string): SectionId {
  const grouped = sections[kind];
  if (grouped === undefined) return 'basics';
  return sectionOrder.find((id) => grouped[id]?.includes(field)) ?? 'more';
}
