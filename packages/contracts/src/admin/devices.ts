import { accessLevels, gates } from '@gatehouse/core/compliance/gate.ts';
import { ruleKinds } from '@gatehouse/core/compliance/rule.ts';
import { ruleStatuses, severities } from '@gatehouse/core/compliance/verdict.ts';
import { languages } from '@gatehouse/core/languages.ts';
import { deviceStates, ownerships, platforms } from '@gatehouse/core/devices/device.ts';
import { escrowKinds } from '@gatehouse/core/devices/escrow.ts';
import { factSources, privacyClasses, scans } from '@gatehouse/core/facts/types.ts';
import { networkDecisions } from '@gatehouse/core/network-access/reply-rules.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { RuleVersion } from './rules.ts';
import { closed, Id, Line, ManyDevices, Time, Told } from './values.ts';

const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
const MaybeText = Maybe(Type.String());
const Access = Type.Enum([...accessLevels]);

export const DeviceOrder = Type.Enum(['enrolled', '-enrolled', 'name', '-name'], {
  description: 'A minus turns the order around. Searches are ordered by enrolment.',
});

export const DeviceFilter = {
  platform: Type.Optional(Type.Enum([...platforms])),
  state: Type.Optional(Type.Enum([...deviceStates])),
  ownership: Type.Optional(Type.Enum([...ownerships])),
  userId: Type.Optional(Id),
  compliant: Type.Optional(Type.Enum(['true', 'false'])),
  access: Type.Optional(Type.Enum([...accessLevels], { description: 'What the network gate answers.' })),
  search: Type.Optional(
    Type.String({
      minLength: 2,
      maxLength: 128,
      description:
        'The beginning of any identifier (serial number, MAC address, IMEI, host name, …), of the name, or of the name or address of its user; or an asset number.',
    }),
  ),
  sort: Type.Optional(DeviceOrder),
};

export const Device = Type.Object(
  {
    id: Id,
    name: Type.String(),
    platform: Type.Enum([...platforms]),
    ownership: Type.Enum([...ownerships]),
    state: Type.Enum([...deviceStates]),
    assetNumber: MaybeText,
    user: Maybe(
      Type.Object(
        { id: Id, email: Type.String(), userName: Type.String(), displayName: Type.String() },
        closed,
      ),
    ),
    createdAt: Time,
    registeredAt: Maybe(Time),
    unmanagedAt: Maybe(Time),
    lastCheckInAt: Maybe(Time),
    clockSkewSeconds: Maybe(
      Type.Integer({ description: "How far ahead the device's clock was at its last report." }),
    ),
    compliant: Type.Boolean(),
    access: Type.Object({ network: Access, mail: Access, vpn: Access }, closed),
    failureReason: MaybeText,
    remediation: MaybeText,
    evaluatedAt: Maybe(Time),
    nextChangeAt: Maybe(
      Type.String({ format: 'date-time', description: 'When the decision is looked at again by itself.' }),
    ),
    policyVersion: Type.String(),
    acknowledgedPolicyVersion: MaybeText,
    manufacturer: MaybeText,
    model: MaybeText,
    osVersion: MaybeText,
    hostName: MaybeText,
    serialNumber: MaybeText,
    imei: MaybeText,
    meid: MaybeText,
    udid: MaybeText,
    guid: Type.String(),
    macs: Type.Array(Type.String()),
  },
  closed,
);
export type Device = Static<typeof Device>;

export const DeviceChanges = Type.Object(
  {
    name: Type.Optional(Line(100)),
    assetNumber: Type.Optional(Maybe(Line(100))),
    userId: Type.Optional(Maybe(Id)),
    ownership: Type.Optional(Type.Enum([...ownerships], { description: 'Needs a permission of its own.' })),
  },
  { ...closed, minProperties: 1 },
);
export type DeviceChanges = Static<typeof DeviceChanges>;

export const ManyDeviceChanges = Type.Object(
  {
    deviceIds: ManyDevices,
    changes: Type.Pick(DeviceChanges, ['userId', 'ownership'], { ...closed, minProperties: 1 }),
  },
  closed,
);
export type ManyDeviceChanges = Static<typeof ManyDeviceChanges>;

export const ManyDevicesReport = Type.Object(
  {
    changed: Type.Integer(),
    unchanged: Type.Integer({ description: 'They were so already.' }),
    failed: Type.Integer(),
    items: Type.Array(
      Type.Object(
        {
          deviceId: Id,
          outcome: Type.Enum(['changed', 'unchanged', 'failed']),
          problem: Type.Optional(Told()),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ManyDevicesReport = Static<typeof ManyDevicesReport>;

export const StandingChange = Type.Object(
  { reason: Type.Optional(Line(500)) },
  { ...closed, description: 'The reason goes into the audit record.' },
);
export type StandingChange = Static<typeof StandingChange>;

export const Fact = Type.Object(
  {
    name: Type.String(),
    value: Type.Unknown(),
    unit: Type.Optional(Type.String()),
    scan: Type.Enum([...scans]),
    privacy: Type.Enum([...privacyClasses]),
    source: Type.Enum([...factSources]),
    observedAt: Time,
    contradictedBy: Type.Optional(
      Type.Array(
        Type.Object({ value: Type.Unknown(), source: Type.Enum([...factSources]), observedAt: Time }, closed),
        { description: 'What less trusted sources say instead.' },
      ),
    ),
  },
  closed,
);
export type Fact = Static<typeof Fact>;

export const DeviceFacts = Type.Object(
  {
    facts: Type.Array(Fact),
    scans: Type.Array(
      Type.Object(
        {
          scan: Type.Enum([...scans]),
          source: Type.Enum([...factSources]),
          observedAt: Time,
          receivedAt: Time,
          truncated: Type.Boolean(),
        },
        closed,
      ),
    ),
    withheld: Type.Array(Type.Enum([...privacyClasses]), {
      description: 'Classes that the caller may not see.',
    }),
    notCollected: Type.Array(
      Type.Object({ name: Type.String(), privacy: Type.Enum([...privacyClasses]) }, closed),
      { description: 'What the privacy settings keep from being collected of devices with this ownership.' },
    ),
  },
  closed,
);
export type DeviceFacts = Static<typeof DeviceFacts>;

export const FactChange = Type.Object(
  {
    fact: Type.String(),
    source: Type.Enum([...factSources]),
    before: Type.Unknown(),
    after: Type.Unknown(),
    observedAt: Time,
  },
  closed,
);
export type FactChange = Static<typeof FactChange>;

export const PostureChange = Type.Object(
  {
    at: Time,
    registered: Type.Boolean(),
    blocked: Type.Boolean(),
    compliant: Type.Boolean(),
    access: Type.Object(
      { network: Access, mail: Access, vpn: Access, apps: Access, content: Access },
      closed,
    ),
    rules: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          rule: Type.Enum([...ruleKinds]),
          name: MaybeText,
          status: Type.Enum([...ruleStatuses]),
          stage: Type.Integer({ description: 'How many stages are reached.' }),
        },
        closed,
      ),
    ),
    policyVersion: Type.String(),
  },
  closed,
);
export type PostureChange = Static<typeof PostureChange>;

export const OwnershipImportReport = Type.Object(
  {
    changed: Type.Integer(),
    unchanged: Type.Integer(),
    failed: Type.Integer(),
    lines: Type.Array(
      Type.Object(
        {
          line: Type.Integer({ description: 'In the file, counted from 1.' }),
          identifier: Type.String(),
          outcome: Type.Enum(['changed', 'unchanged', 'not-found', 'ambiguous', 'invalid']),
          deviceId: Type.Optional(Id),
          problem: Type.Optional(Told()),
        },
        closed,
      ),
    ),
  },
  closed,
);

// ------------------------------------------------------------------------------------------------ explanation

const Milliseconds = Type.Number({ description: 'Milliseconds since the epoch.' });
const perGate = <Schema extends TSchema>(schema: Schema) =>
  Type.Object(
    Object.fromEntries(gates.map((gate) => [gate, schema])) as Record<(typeof gates)[number], Schema>,
    closed,
  );
const open = { additionalProperties: true } as const;

export const ExplainQuery = {
  gate: Type.Optional(Type.Enum([...gates])),
  at: Type.Optional(
    Type.String({ format: 'date-time', description: 'Explain the decision of that moment instead.' }),
  ),
  format: Type.Optional(Type.Enum(['json', 'text'])),
  language: Type.Optional(
    Type.Enum([...languages], {
      description: 'Of the texts; by default what Accept-Language asks for, else English.',
    }),
  ),
};

const ExplainedRuleVersion = Type.Object({ ruleId: Id, ...RuleVersion.properties }, closed);

export const DeviceExplanation = Type.Object(
  {
    deviceId: Id,
    at: Milliseconds,
    language: Type.Enum([...languages]),
    compliant: Type.Boolean({ description: 'By everything that the device owes.' }),
    networkCompliant: Type.Boolean({ description: 'By what counts for the network, and nothing else.' }),
    gates: perGate(Type.Object({ access: Access, reasons: Type.Array(Type.Object({}, open)) }, closed)),
    mailClients: Type.Array(
      Type.Object(
        {
          mailDeviceId: Id,
          type: Type.String(),
          access: Access,
          reason: MaybeText,
          policyVersion: MaybeText,
          acknowledgedPolicyVersion: MaybeText,
        },
        closed,
      ),
      {
        description:
          'Mail clients on the device and what the mail gate says of each, when it is explained as it is now.',
      },
    ),
    rules: Type.Array(
      Type.Object(
        {
          id: Type.String({
            description: 'The kind, of rules that policies bring about; else the id of the rule.',
          }),
          rule: Type.Enum([...ruleKinds]),
          ruleId: Maybe(Id),
          ruleVersion: Maybe(Type.Integer()),
          name: MaybeText,
          assignedTo: Maybe(
            Type.Object(
              { targetKind: Type.String(), targetId: Type.String(), targetName: Type.String() },
              closed,
            ),
          ),
          origin: MaybeText,
          countsForNetwork: Type.Boolean(),
          title: Type.String(),
          severity: Type.Enum([...severities]),
          purpose: Type.Enum(['security', 'cost']),
          gates: Type.Array(Type.Enum([...gates])),
          status: Type.Enum([...ruleStatuses]),
          summary: Type.String(),
          remedy: MaybeText,
          failingSince: Maybe(Milliseconds),
          graceEndsAt: Maybe(Milliseconds),
          changesAt: Maybe(Milliseconds),
          settlesAt: Maybe(Milliseconds),
          stage: Type.Integer({ description: 'How many stages are reached.' }),
          reached: Type.Array(Type.Array(Type.Object({ kind: Type.String() }, open))),
          restricts: Type.Array(Type.Enum([...gates])),
          quarantines: Type.Boolean(),
          removesProfiles: Type.Boolean(),
          exception: Maybe(
            Type.Object({ exceptionId: Id, until: Maybe(Milliseconds), reason: Type.String() }, closed),
          ),
          evidence: Type.Array(Type.Object({ fact: Type.String(), text: Type.String() }, open)),
          demands: Type.Array(Type.Object({ setting: Type.String(), text: Type.String() }, open)),
          effects: perGate(Access),
        },
        closed,
      ),
    ),
    evaluatedAt: Maybe(Milliseconds),
    nextChangeAt: Maybe(Milliseconds),
    settingsVersion: Type.String(),
    policyVersion: Type.String(),
    acknowledgedPolicyVersion: MaybeText,
    since: perGate(Maybe(Milliseconds)),
    groups: Type.Array(
      Type.Object(
        {
          id: Id,
          name: Type.String(),
          expression: MaybeText,
          through: Maybe(Type.Enum(['user', 'device'])),
        },
        closed,
      ),
      {
        description:
          'The groups through which anything named here reaches the device, and who of the two is in it now; for those who may read groups.',
      },
    ),
    policyVersions: Type.Array(
      Type.Object(
        {
          policyId: Id,
          version: Type.Integer(),
          publishedBy: Type.String(),
          author: MaybeText,
          publishedAt: Milliseconds,
        },
        closed,
      ),
      { description: 'Who published the policies that are named; for those who may read policies.' },
    ),
    network: Type.Object(
      {
        tellings: Type.Array(
          Type.Object(
            {
              kind: Type.Enum(['session', 'ise']),
              name: Type.String(),
              toldAt: Maybe(Milliseconds),
              waiting: Type.Boolean({ description: 'A change is still to be told.' }),
              problem: MaybeText,
            },
            closed,
          ),
        ),
        lastAnswer: Maybe(
          Type.Object(
            {
              decision: Type.Enum([...networkDecisions]),
              rule: MaybeText,
              at: Milliseconds,
            },
            closed,
          ),
        ),
      },
      {
        ...closed,
        description:
          'Who on the network has been told of the decision, and what RADIUS was answered last, when it is explained as it is now.',
      },
    ),
    userIsTold: Type.Object(
      { failureReason: MaybeText, remediation: MaybeText },
      { ...closed, description: 'What the user of the device is told, in the same language.' },
    ),
    ruleVersions: Type.Array(ExplainedRuleVersion, {
      description: 'What the assigned rules said in the versions that held; for those who may read rules.',
    }),
    text: Type.Array(Type.String(), { description: 'The same for people, line by line.' }),
  },
  closed,
);
export type DeviceExplanation = Static<typeof DeviceExplanation>;

export const EscrowKind = Type.Enum([...escrowKinds]);
export type EscrowKind = Static<typeof EscrowKind>;

/** What is held of a device, without the values. */
export const EscrowList = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          kind: EscrowKind,
          count: Type.Integer({ description: 'How many values there ever were.' }),
          newestAt: Time,
          confirmedAt: Maybe(
            Type.String({
              format: 'date-time',
              description: 'When the device last said that a value is in force.',
            }),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type EscrowList = Static<typeof EscrowList>;

export const EscrowReveal = Type.Object({ reason: Line(500) }, closed);

export const EscrowValues = Type.Object(
  {
    kind: EscrowKind,
    values: Type.Array(
      Type.Object({ value: Type.String(), createdAt: Time, confirmed: Type.Boolean() }, closed),
      {
        description:
          'Newest first, up to the last one that the device confirmed: which of them is in force nobody can tell.',
      },
    ),
  },
  closed,
);
export type EscrowValues = Static<typeof EscrowValues>;

const HardwareKind = Type.Enum(['serial', 'udid', 'imei', 'meid', 'mac']);

export const HardwareBlock = Type.Object(
  {
    id: Id,
    kind: HardwareKind,
    value: Type.String(),
    deviceId: Type.Union([Id, Type.Null()], { description: 'By which it was known; it may be gone.' }),
    reason: Type.String(),
    blockedBy: Type.String(),
    createdAt: Time,
  },
  closed,
);

export type HardwareBlock = Static<typeof HardwareBlock>;

export const NewHardwareBlock = Type.Object(
  { kind: HardwareKind, value: Line(128), reason: Line(500) },
  closed,
);
export type NewHardwareBlock = Static<typeof NewHardwareBlock>;
