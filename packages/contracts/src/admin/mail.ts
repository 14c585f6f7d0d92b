// The mail gateway: mail servers and whose mail is where, devices that fetch mail, what becomes of strangers, traffic.
import {
  mailDeviceStates,
  mailWipeKinds,
  mailWipeStates,
  policyOutcomes,
  strangerTreatments,
} from '@gatehouse/core/mail/mail-device.ts';
import { linkEvidenceKinds } from '@gatehouse/core/mail/link-evidence.ts';
import { mailOutcomes } from '@gatehouse/core/mail/mail-outcome.ts';
import { accessLevels } from '@gatehouse/core/compliance/gate.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { closed, Id, Line, Time, Told } from './values.ts';

const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const partial = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, Type.Optional(schema)])) as {
    [Name in keyof Properties]: ReturnType<typeof Type.Optional<Properties[Name]>>;
  };

const Host = Type.String({
  maxLength: 253,
  pattern: '^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$',
});
const WindowsDomain = Type.String({ maxLength: 255, pattern: '^[a-z0-9_][a-z0-9_.-]*$' });

// ------------------------------------------------------------------------------------------------------- settings

const settings = {
  strangers: Type.Enum([...strangerTreatments], {
    description: 'What becomes of a device that nobody has let in and that is no enrolled one.',
  }),
  enrolBy: Maybe(
    Type.String({
      format: 'date-time',
      description: 'From then on strangers are blocked, whatever they are before.',
    }),
  ),
  withoutPolicy: Type.Enum(['allow', 'block'], {
    description: 'Clients that apply no policy, or not all of it.',
  }),
  refreshPolicyHours: Maybe(
    Type.Integer({
      minimum: 1,
      maximum: 8_760,
      description: 'How often a client fetches its policy again though it is the same; null: never.',
    }),
  ),
  maximumDevices: Type.Integer({ minimum: 1, maximum: 100, description: 'For one account.' }),
  instruct: Type.Boolean({
    description: 'Users are told by mail why a new device gets no mail, and what to do.',
  }),
  instruction: Maybe(
    Type.String({ maxLength: 2_000, description: 'What that mail says besides; plain text.' }),
  ),
  gatewayHosts: Type.Array(Host, {
    maxItems: 20,
    uniqueItems: true,
    description: 'Names under which clients of this organization reach the gateway. The operator sets them.',
  }),
  windowsDomains: Type.Array(WindowsDomain, {
    maxItems: 20,
    uniqueItems: true,
    description: 'What stands before the \\ of the organization’s log-ins. The operator sets them.',
  }),
};

export const MailSettings = Type.Object(settings, closed);
export type MailSettings = Static<typeof MailSettings>;
export const MailSettingsChanges = Type.Object(partial(settings), { ...closed, minProperties: 1 });
export type MailSettingsChanges = Static<typeof MailSettingsChanges>;

// -------------------------------------------------------------------------------------------------------- servers

const HeaderName = Type.String({ maxLength: 64, pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$" });

const server = {
  enabled: Type.Boolean(),
  url: Type.String({
    maxLength: 2_048,
    pattern: '^https?://',
    description: 'Of the ActiveSync endpoint, such as https://mail.example/Microsoft-Server-ActiveSync.',
  }),
  trust: Maybe(
    Type.String({
      maxLength: 100_000,
      description: 'Certificates (PEM) that the server is held against; null: those of the system.',
    }),
  ),
  loginForm: Type.Enum(['as-given', 'address', 'user-name', 'windows'], {
    description: 'How the server wants to be told who logs in.',
  }),
  windowsDomain: Maybe(WindowsDomain),
  protocolVersions: Maybe(
    Type.Array(Type.Enum(['2.5', '12.0', '12.1', '14.0', '14.1', '16.0', '16.1']), {
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      description: 'null: all that the server offers.',
    }),
  ),
  redirectHosts: Type.Array(Host, {
    maxItems: 20,
    uniqueItems: true,
    description: 'Other hosts of the same service to which it may send the gateway.',
  }),
  autodiscoverUrl: Maybe(Type.String({ maxLength: 2_048, pattern: '^https?://' })),
  lockoutAttempts: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    description: 'Wrong passwords that the directory behind it takes before it locks an account.',
  }),
  lockoutMinutes: Type.Integer({ minimum: 1, maximum: 1_440 }),
  timeoutSeconds: Type.Integer({
    minimum: 1,
    maximum: 300,
    description: 'How long it may take to begin its answer, beyond what the request itself waits for.',
  }),
  userHeader: Maybe(
    Type.Union([HeaderName], {
      description:
        'In which header the server takes our word for who a client is that proved itself by certificate.',
    }),
  ),
  secretHeader: Maybe(Type.Union([HeaderName], { description: 'In which header we prove ourselves to it.' })),
};

export const MailServer = Type.Object(
  {
    id: Id,
    name: Type.String(),
    version: Type.Integer(),
    ...server,
    hasSecret: Type.Boolean(),
    createdAt: Time,
    updatedAt: Time,
  },
  closed,
);
export type MailServer = Static<typeof MailServer>;

const Secret = Type.String({ minLength: 1, maxLength: 1_000, pattern: '^[\\x21-\\x7e]+$' });

export const NewMailServer = Type.Object(
  { name: Line(100), ...partial(server), url: server.url, secret: Type.Optional(Maybe(Secret)) },
  closed,
);
export type NewMailServer = Static<typeof NewMailServer>;
export const MailServerChanges = Type.Object(
  { name: Type.Optional(Line(100)), ...partial(server), secret: Type.Optional(Maybe(Secret)) },
  { ...closed, minProperties: 1 },
);
export type MailServerChanges = Static<typeof MailServerChanges>;

export const MailServerTrial = Type.Object(
  {
    works: Type.Boolean({ description: 'It answers, and asks who it is before it says more.' }),
    text: Told('What it means, in words.'),
    status: Maybe(Type.Integer({ description: 'Of its answer; null: there was none.' })),
  },
  closed,
);
export type MailServerTrial = Static<typeof MailServerTrial>;

const target = {
  targetKind: Type.Enum(['user', 'group', 'domain', 'organization']),
  target: Type.String({
    maxLength: 253,
    description: 'The id of the user or group, the mail domain; empty for the organization.',
  }),
  priority: Type.Integer({
    minimum: -1_000,
    maximum: 1_000,
    description:
      'The higher wins among targets of one kind; a user goes before groups, these before domains.',
  }),
};

export const MailServerAssignment = Type.Object(
  { id: Id, serverId: Id, ...target, targetName: Maybe(Type.String()), createdAt: Time },
  closed,
);
export type MailServerAssignment = Static<typeof MailServerAssignment>;
export const NewMailServerAssignment = Type.Object(
  {
    targetKind: target.targetKind,
    target: Type.Optional(target.target),
    priority: Type.Optional(target.priority),
  },
  closed,
);
export type NewMailServerAssignment = Static<typeof NewMailServerAssignment>;

// -------------------------------------------------------------------------------------------------------- devices

const MailWipe = Type.Object(
  {
    id: Id,
    kind: Type.Enum([...mailWipeKinds]),
    state: Type.Enum([...mailWipeStates]),
    orderedBy: Type.String(),
    reason: Maybe(Told()),
    orderedAt: Time,
    fetchedAt: Maybe(Time),
    finishedAt: Maybe(Time),
  },
  closed,
);

export const LinkSuggestion = Type.Object(
  {
    deviceId: Id,
    score: Type.Integer({ minimum: 0, maximum: 100 }),
    evidence: Type.Array(Type.Enum([...linkEvidenceKinds])),
  },
  closed,
);
export type LinkSuggestion = Static<typeof LinkSuggestion>;

export const MailDevice = Type.Object(
  {
    id: Id,
    mailId: Type.String({ description: 'The device id of its ActiveSync; in hexadecimal if it is no text.' }),
    type: Type.String(),
    login: Type.String(),
    userId: Maybe(Id),
    userName: Maybe(Type.String()),
    state: Type.Enum([...mailDeviceStates]),
    stateReason: Maybe(Type.String()),
    stateBy: Maybe(Type.String()),
    access: Type.Enum([...accessLevels]),
    accessReason: Maybe(Type.String({ description: 'What stands against its mail, in words.' })),
    deviceId: Maybe(Id),
    linkedBy: Maybe(Type.Enum(['automatic', 'administrator'])),
    linkEvidence: Type.Array(Type.Enum([...linkEvidenceKinds])),
    suggestions: Type.Array(LinkSuggestion, {
      description: 'Enrolled devices that it may be, best first.',
    }),
    policy: Type.Object(
      {
        version: Maybe(Type.String({ description: 'That it should have.' })),
        acknowledgedVersion: Maybe(Type.String()),
        acknowledgedAt: Maybe(Time),
        outcome: Maybe(Type.Enum([...policyOutcomes])),
      },
      closed,
    ),
    wiped: Type.Boolean(),
    wipe: Maybe(MailWipe),
    protocolVersion: Maybe(Type.String()),
    userAgent: Maybe(Type.String()),
    information: Type.Record(Type.String(), Type.String()),
    firstSeenAt: Time,
    lastSeenAt: Maybe(Time),
    lastOutcome: Maybe(Type.Enum([...mailOutcomes])),
    requests: Type.Integer(),
    bytesIn: Type.Integer(),
    bytesOut: Type.Integer(),
  },
  closed,
);
export type MailDevice = Static<typeof MailDevice>;

export const MailDeviceFilter = {
  state: Type.Optional(Type.Enum([...mailDeviceStates])),
  linked: Type.Optional(Type.Enum(['true', 'false'])),
  userId: Type.Optional(Id),
  deviceId: Type.Optional(Id),
  mailId: Type.Optional(Type.String({ maxLength: 400 })),
};

export const MailDecisionReason = Type.Object({ reason: Type.Optional(Line(500)) }, closed);
export const MailLink = Type.Object({ deviceId: Id }, closed);
export const MailWipeOrder = Type.Object(
  { kind: Type.Enum([...mailWipeKinds]), reason: Type.Optional(Line(500)) },
  closed,
);

// -------------------------------------------------------------------------------------------------------- traffic

export const MailTraffic = Type.Object(
  {
    since: Time,
    outcomes: Type.Array(
      Type.Object(
        {
          serverId: Maybe(Id),
          outcome: Type.Enum([...mailOutcomes]),
          requests: Type.Integer(),
          bytesIn: Type.Integer(),
          bytesOut: Type.Integer(),
        },
        closed,
      ),
    ),
    errors: Type.Array(
      Type.Object(
        {
          at: Time,
          serverId: Maybe(Id),
          mailDeviceId: Maybe(Id),
          command: Type.String(),
          outcome: Type.Enum([...mailOutcomes]),
          summary: Type.String(),
        },
        closed,
      ),
      { description: 'The last ones, newest first.' },
    ),
  },
  closed,
);
export type MailTraffic = Static<typeof MailTraffic>;
