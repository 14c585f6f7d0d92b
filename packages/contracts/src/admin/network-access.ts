// The gate of the network: devices and servers that are told of changes, sessions, and what RADIUS servers are answered.
import { ownerships, platforms } from '@gatehouse/core/devices/device.ts';
import { accessLevels } from '@gatehouse/core/compliance/gate.ts';
import { networkDecisions } from '@gatehouse/core/network-access/reply-rules.ts';
import { type Static, Type } from 'typebox';
import { closed, Id, Line, Time, Told } from './values.ts';

const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** What the last exchange said. */
const health = {
  answeredAt: OrNull(Time),
  problem: OrNull(Told('What the last exchange came to, when it was no success.')),
  problemAt: OrNull(Time),
};

const nasMembers = {
  name: Line(100),
  address: Type.String({
    minLength: 2,
    maxLength: 45,
    description:
      'IPv4 or IPv6 address by which the network device names itself in NAS-IP-Address; changes are sent there.',
  }),
  port: Type.Integer({ minimum: 1, maximum: 65_535, description: '3799; older Cisco devices: 1700.' }),
  template: Type.String({
    maxLength: 40,
    description: 'The maker’s way of telling, see the list of templates.',
  }),
  tell: Type.Enum(['reauthenticate', 'disconnect']),
  messageAuthenticator: Type.Boolean({ description: 'Off only for devices that do not know it.' }),
  interimSeconds: Type.Integer({
    minimum: 60,
    maximum: 86_400,
    description:
      'How often it reports a session; after two such periods of silence a session counts as over.',
  }),
  mostPerSecond: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    description: 'Changes that it is told in a second.',
  }),
  enabled: Type.Boolean(),
};

export const NasClient = Type.Object(
  {
    id: Id,
    ...nasMembers,
    warnings: Type.Array(Type.Enum(['weak-secret', 'no-message-authenticator'])),
    sessions: Type.Integer(),
    ...health,
    createdAt: Time,
  },
  closed,
);
export type NasClient = Static<typeof NasClient>;

const Secret = Type.String({
  minLength: 1,
  maxLength: 128,
  pattern: '^[\\x21-\\x7e]+$',
  description: 'The shared secret. Left out, one of 32 characters is made and shown once.',
});

const optional = {
  port: Type.Optional(nasMembers.port),
  tell: Type.Optional(nasMembers.tell),
  messageAuthenticator: Type.Optional(nasMembers.messageAuthenticator),
  interimSeconds: Type.Optional(nasMembers.interimSeconds),
  mostPerSecond: Type.Optional(nasMembers.mostPerSecond),
  enabled: Type.Optional(nasMembers.enabled),
};

export const NewNasClient = Type.Object(
  {
    name: nasMembers.name,
    address: nasMembers.address,
    template: nasMembers.template,
    ...optional,
    secret: Type.Optional(Secret),
  },
  closed,
);
export type NewNasClient = Static<typeof NewNasClient>;

export const NasClientChanges = Type.Object(
  {
    name: Type.Optional(nasMembers.name),
    template: Type.Optional(nasMembers.template),
    ...optional,
    secret: Type.Optional(Secret),
    newSecret: Type.Optional(Type.Boolean({ description: 'Make another secret of 32 characters.' })),
  },
  closed,
);
export type NasClientChanges = Static<typeof NasClientChanges>;

/** `secret` only when one was made for it. */
export const NasClientWithSecret = Type.Object(
  { ...NasClient.properties, secret: Type.Optional(Type.String()) },
  closed,
);

export const NasTemplate = Type.Object(
  {
    name: Type.String(),
    title: Type.String(),
    port: Type.Integer(),
    reauthenticate: Type.Boolean({
      description: 'Whether a session can be authorized anew without ending it.',
    }),
  },
  closed,
);

export const TryOutcome = Type.Object(
  {
    works: Type.Boolean(),
    outcome: Type.String(),
    text: Told('What it means, in words.'),
  },
  closed,
);
export type TryOutcome = Static<typeof TryOutcome>;

export const NasSession = Type.Object(
  {
    id: Id,
    nasId: Id,
    nasName: Type.String(),
    mac: OrNull(Type.String()),
    guid: OrNull(Type.String()),
    deviceIds: Type.Array(Id),
    devices: Type.Array(
      Type.Object({ id: Id, name: Type.String(), access: Type.Enum([...accessLevels]) }, closed),
      { description: 'The same with their names and the decision of the network gate now.' },
    ),
    startedAt: Time,
    expiresAt: Time,
    toldAt: OrNull(Time),
    waiting: Type.Boolean({ description: 'A change is to be told.' }),
  },
  closed,
);
export type NasSession = Static<typeof NasSession>;

/** Who has been told of every change, and who has not. */
export const NetworkAccessSummary = Type.Object(
  {
    sessions: Type.Integer({ description: 'Open ones, as accounting says.' }),
    sessionsWaiting: Type.Integer({ description: 'Of which a change is still to be told or confirmed.' }),
    endpointsWaiting: Type.Integer({ description: 'Of which an ISE server is still to be told.' }),
    networkDevices: Type.Integer(),
    networkDevicesInTrouble: Type.Integer({ description: 'Whose last exchange was no success.' }),
    iseServers: Type.Integer(),
    iseServersInTrouble: Type.Integer(),
  },
  closed,
);
export type NetworkAccessSummary = Static<typeof NetworkAccessSummary>;

export const ToldSessions = Type.Object({ sessions: Type.Integer(), endpoints: Type.Integer() }, closed);

// ---------------------------------------------------------------- replies
const ReplyAttribute = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 64,
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*(?::[0-9]{1,2})?$',
      description: 'As the RADIUS server’s dictionary has it, with a tag after a colon.',
    }),
    value: Line(253),
  },
  closed,
);

const list = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Optional(Type.Array(item, { minItems: 1, maxItems: 20 }));

export const ReplyRule = Type.Object(
  {
    name: Line(100),
    decisions: list(Type.Enum([...networkDecisions])),
    ownerships: list(Type.Enum([...ownerships])),
    platforms: list(Type.Enum([...platforms])),
    groupIds: list(Id),
    reply: Type.Union([
      Type.Object(
        { kind: Type.Literal('accept'), attributes: Type.Array(ReplyAttribute, { maxItems: 20 }) },
        closed,
      ),
      Type.Object({ kind: Type.Literal('reject'), message: Line(200, 0) }, closed),
      Type.Object({ kind: Type.Literal('not-found') }, closed),
    ]),
  },
  closed,
);

export const NetworkAccessSettings = Type.Object(
  {
    rules: Type.Array(ReplyRule, { maxItems: 50, description: 'In order; the first that fits answers.' }),
    quietSeconds: Type.Integer({
      minimum: 0,
      maximum: 3_600,
      description: 'Changes of a device that come sooner after one another are told together, at the end.',
    }),
    version: Type.Integer(),
  },
  closed,
);
export type NetworkAccessSettings = Static<typeof NetworkAccessSettings>;

export const NetworkAccessChanges = Type.Object(
  {
    rules: NetworkAccessSettings.properties.rules,
    quietSeconds: Type.Optional(NetworkAccessSettings.properties.quietSeconds),
    version: Type.Optional(
      Type.Integer({ description: 'The version that is replaced; refused when it is another by now.' }),
    ),
  },
  closed,
);
export type NetworkAccessChanges = Static<typeof NetworkAccessChanges>;

// ---------------------------------------------------------------- Cisco ISE
const Address = Type.String({ maxLength: 200, description: 'https://HOST[:PORT]' });
const iseMembers = {
  name: Line(100),
  mntUrl: OrNull(Address),
  psn: OrNull(Line(100)),
  coa: Type.Enum(['none', 'reauthenticate', 'disconnect']),
  coaOption: Type.Integer({
    minimum: 0,
    maximum: 2,
    description:
      'Of a new authorization: 0 default, 1 last, 2 rerun. Of a disconnection: 0 default, 1 bounce, 2 shut down.',
  }),
  againSeconds: OrNull(
    Type.Integer({
      minimum: 5,
      maximum: 86_400,
      description: 'Tell it once more after so long, because ISE may have answered from its cache.',
    }),
  ),
  ersUrl: OrNull(Address),
  ancPolicy: OrNull(Line(100)),
  userName: Line(100),
  trust: OrNull(
    Type.String({ maxLength: 32_768, description: 'PEM of the authorities of its certificate.' }),
  ),
  enabled: Type.Boolean(),
};
const IsePassword = Type.String({ minLength: 1, maxLength: 200 });

export const IseServer = Type.Object({ id: Id, ...iseMembers, ...health, createdAt: Time }, closed);
export type IseServer = Static<typeof IseServer>;

export const NewIseServer = Type.Object(
  {
    name: iseMembers.name,
    mntUrl: Type.Optional(iseMembers.mntUrl),
    psn: Type.Optional(iseMembers.psn),
    coa: Type.Optional(iseMembers.coa),
    coaOption: Type.Optional(iseMembers.coaOption),
    againSeconds: Type.Optional(iseMembers.againSeconds),
    ersUrl: Type.Optional(iseMembers.ersUrl),
    ancPolicy: Type.Optional(iseMembers.ancPolicy),
    userName: iseMembers.userName,
    password: IsePassword,
    trust: Type.Optional(iseMembers.trust),
    enabled: Type.Optional(iseMembers.enabled),
  },
  closed,
);
export type NewIseServer = Static<typeof NewIseServer>;

export const IseServerChanges = Type.Partial(NewIseServer, closed);
export type IseServerChanges = Static<typeof IseServerChanges>;
