// A person's own devices: how each stands, what mends it, what may be done to it, what was done.
import { gates } from '@gatehouse/core/compliance/gate.ts';
import { ruleKinds } from '@gatehouse/core/compliance/rule-kind.ts';
import { commandStates } from '@gatehouse/core/commands/state-machine.ts';
import { deviceStates, ownerships, platforms } from '@gatehouse/core/devices/device.ts';
import { ownActions } from '@gatehouse/core/portal/own-actions.ts';
import { type Static, Type } from 'typebox';
import { closed, Id, Line, Time } from '../admin/values.ts';

const orNull = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);
const text = orNull(Type.String());

/** The worst of its rules, in words for people: see the standing of a device. */
export const standings = [
  'ok',
  'grace',
  'bad',
  'stale',
  'unknown',
  'exempt',
  'unchecked',
  'pending',
  'away',
] as const;
export type Standing = (typeof standings)[number];

const Access = Type.Enum(['allow', 'quarantine', 'deny']);

const Problem = Type.Object(
  {
    kind: Type.Union([Type.Enum([...ruleKinds]), Type.Null()], {
      description: 'What it is about; null: the device as a whole.',
    }),
    says: Type.String(),
    mends: text,
    until: Type.Union([Time, Type.Null()], { description: 'Access is not lost before.' }),
    gates: Type.Array(Type.Enum([...gates]), { description: 'What it closes now.' }),
    stale: Type.Boolean({ description: 'Nothing was heard for too long.' }),
  },
  closed,
);

const summary = {
  id: Id,
  name: Type.String(),
  platform: Type.Enum([...platforms]),
  model: text,
  osVersion: text,
  ownership: Type.Enum([...ownerships]),
  state: Type.Enum([...deviceStates]),
  standing: Type.Enum([...standings]),
  access: Type.Object({ network: Access, mail: Access, vpn: Access }, closed),
  problems: Type.Array(Problem, { description: 'Worst first.' }),
  exemptUntil: Type.Union([Time, Type.Null()]),
  lastContactAt: Type.Union([Time, Type.Null()]),
};

export const MyDevice = Type.Object(summary, closed);
export type MyDevice = Static<typeof MyDevice>;

const Action = Type.Object(
  {
    action: Type.Enum([...ownActions]),
    possible: Type.Boolean(),
    because: Type.Union([Type.Enum(['not-allowed', 'not-supported', 'not-now']), Type.Null()], {
      description: 'Why it is not possible.',
    }),
    needsProof: Type.Boolean({ description: 'The password is asked for again.' }),
    waiting: Type.Union([Id, Type.Null()], { description: 'The order that waits for the device already.' }),
  },
  closed,
);

export const MyDeviceDetail = Type.Object(
  {
    ...summary,
    helpCode: Type.String({ description: 'By which the help desk finds the device.' }),
    details: Type.Object(
      {
        serialNumber: text,
        assetNumber: text,
        carrier: text,
        agentVersion: text,
        passcodeSet: Type.Union([Type.Boolean(), Type.Null()]),
        encrypted: Type.Union([Type.Boolean(), Type.Null()]),
        managed: Type.Boolean(),
        wipeSupported: Type.Boolean(),
        lastReportAt: Type.Union([Time, Type.Null()]),
        registeredAt: Type.Union([Time, Type.Null()]),
      },
      closed,
    ),
    actions: Type.Array(Action),
  },
  closed,
);
export type MyDeviceDetail = Static<typeof MyDeviceDetail>;

export const MyActionOrder = Type.Object(
  {
    message: Type.Optional(
      Type.Union([Line(300)], { description: 'With mark-lost: what whoever finds the device reads.' }),
    ),
    phoneNumber: Type.Optional(Type.String({ pattern: '^\\+?[0-9 ()/-]{3,32}$' })),
  },
  closed,
);
export type MyActionOrder = Static<typeof MyActionOrder>;

export const MyActionAnswer = Type.Object(
  {
    outcome: Type.Enum(['sent', 'waiting-already', 'held'], {
      description: 'held: another person in the organization has to agree first.',
    }),
    commandId: Type.Union([Id, Type.Null()]),
  },
  closed,
);
export type MyActionAnswer = Static<typeof MyActionAnswer>;

export const MyOrder = Type.Object(
  {
    id: Id,
    action: Type.Union([Type.Enum([...ownActions]), Type.Null()], {
      description: 'null: none of a person’s own.',
    }),
    state: Type.Enum([...commandStates]),
    finishedAt: Type.Union([Time, Type.Null()]),
    place: Type.Union([
      Type.Object(
        {
          latitude: Type.Number(),
          longitude: Type.Number(),
          accuracyMeters: Type.Union([Type.Number(), Type.Null()]),
        },
        closed,
      ),
      Type.Null(),
    ]),
  },
  closed,
);
export type MyOrder = Static<typeof MyOrder>;

export const MyHistoryEntry = Type.Object(
  {
    id: Id,
    at: Time,
    deviceId: Id,
    deviceName: Type.String(),
    by: Type.Enum(['you', 'administrator', 'automatic']),
    text: Type.String({
      description: 'What was done, in the person’s language, as in “… locked the screen”.',
    }),
    state: Type.Enum([...commandStates]),
    finishedAt: Type.Union([Time, Type.Null()]),
  },
  closed,
);
export type MyHistoryEntry = Static<typeof MyHistoryEntry>;

export const MyNewDevice = Type.Object({ platform: Type.Enum([...platforms]) }, closed);
export type MyNewDevice = Static<typeof MyNewDevice>;

export const MyTerms = Type.Object(
  {
    kind: Type.Enum(['acceptable-use', 'licence']),
    title: Type.String(),
    text: Type.String(),
    version: Type.Integer(),
    language: Type.String(),
    acceptedAt: Type.Union([Time, Type.Null()], {
      description: 'null: it applies and was not agreed to yet.',
    }),
  },
  closed,
);
export type MyTerms = Static<typeof MyTerms>;
