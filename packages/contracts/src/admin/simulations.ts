import { platforms } from '@gatehouse/core/devices/device.ts';
import { targetKinds } from '@gatehouse/core/settings/resolve.ts';
import { type Static, Type } from 'typebox';
import { PolicySettings } from './policies.ts';
import { NewRule, RuleChanges } from './rules.ts';
import { BindingQuery, closed, Id, Time } from './values.ts';

const Target = Type.Object({ kind: Type.Enum([...targetKinds]), id: Id }, closed);
const Platform = Type.Enum([...platforms]);
const UserIds = Type.Optional(Type.Array(Id, { maxItems: 10_000 }));

const SimulatedRuleChanges = Type.Omit(
  RuleChanges,
  ['expectedVersion', ...Object.keys(BindingQuery)] as const,
  {
    ...closed,
  },
);

/** A change that is not made. */
export const SimulatedChange = Type.Union(
  [
    Type.Object(
      {
        kind: Type.Literal('policy'),
        policyId: Id,
        settings: Type.Union([PolicySettings, Type.Null()], {
          description: 'The settings as they would be; null: the policy is deleted.',
        }),
      },
      closed,
    ),
    Type.Object(
      {
        kind: Type.Literal('assignment-added'),
        item: Type.Object({ kind: Type.Enum(['policy', 'schedule', 'rule']), id: Id }, closed),
        target: Target,
        platform: Type.Optional(Type.Union([Platform, Type.Null()])),
        priority: Type.Optional(Type.Integer({ minimum: -1_000, maximum: 1_000 })),
      },
      closed,
    ),
    Type.Object(
      {
        kind: Type.Literal('rule'),
        ruleId: Id,
        changes: Type.Union([SimulatedRuleChanges, Type.Null()], {
          description: 'What would be changed of the rule; null: it is deleted.',
        }),
      },
      closed,
    ),
    Type.Object(
      {
        kind: Type.Literal('new-rule'),
        rule: NewRule,
        target: Target,
        platform: Type.Optional(Type.Union([Platform, Type.Null()])),
      },
      closed,
    ),
    Type.Object({ kind: Type.Literal('assignment-removed'), assignmentId: Id }, closed),
    Type.Object({ kind: Type.Literal('group-members'), groupId: Id, add: UserIds, remove: UserIds }, closed),
    Type.Object(
      {
        kind: Type.Literal('os-version'),
        platform: Platform,
        version: Type.String({ maxLength: 79 }),
      },
      closed,
    ),
  ],
  { description: 'What would be changed.' },
);
export type SimulatedChange = Static<typeof SimulatedChange>;

export const NewSimulation = Type.Object(
  {
    change: SimulatedChange,
    horizonHours: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_160,
        default: 168,
        description: 'How far ahead deadlines are followed for devices that stay as they are.',
      }),
    ),
  },
  closed,
);
export type NewSimulation = Static<typeof NewSimulation>;

const Count = Type.Integer({ minimum: 0 });
const GateCount = Type.Object(
  { allowed: Count, quarantined: Count, denied: Count },
  { ...closed, description: 'Devices that get this answer and had another one.' },
);
const Share = Type.Object(
  {
    key: Type.String(),
    name: Type.String(),
    notCompliant: Count,
    compliant: Count,
    losing: Count,
    gaining: Count,
  },
  closed,
);

export const SimulationCounts = Type.Object(
  {
    examined: Count,
    judged: Count,
    changed: Count,
    becomeNotCompliant: Count,
    becomeCompliant: Count,
    newlyDenied: Count,
    gates: Type.Record(Type.String(), GateCount),
    escalating: Type.Record(Type.String(), Count),
    byPlatform: Type.Array(Share),
    byGroup: Type.Array(Share),
    byReason: Type.Array(Share),
    later: Type.Array(Type.Object({ at: Time, notCompliant: Count, denied: Count }, closed)),
  },
  closed,
);

export const Simulation = Type.Object(
  {
    id: Id,
    change: Type.Unknown(),
    horizonHours: Type.Integer(),
    fleet: Type.Integer({ description: 'Devices under management when it ran.' }),
    counts: SimulationCounts,
    listed: Type.Integer({ description: 'Devices whose outcome is kept one by one; the first of them.' }),
    createdBy: Type.String(),
    createdAt: Time,
  },
  closed,
);
export type Simulation = Static<typeof Simulation>;

const Access = Type.Enum(['allow', 'quarantine', 'deny']);
const Decision = Type.Object(
  { compliant: Type.Boolean(), access: Type.Record(Type.String(), Access) },
  closed,
);

export const simulatedEffects = [
  'becomes-not-compliant',
  'becomes-compliant',
  'loses-access',
  'gains-access',
  'escalates',
  'later',
] as const;
export const SimulatedEffect = Type.Enum([...simulatedEffects]);

export const SimulatedDevice = Type.Object(
  {
    deviceId: Id,
    name: Type.String(),
    platform: Type.String(),
    userName: Type.Union([Type.String(), Type.Null()]),
    effects: Type.Array(SimulatedEffect),
    before: Decision,
    after: Decision,
    reasons: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }, closed)),
    escalation: Type.Union([Type.Object({ action: Type.String(), at: Time }, closed), Type.Null()]),
    later: Type.Array(Type.Object({ at: Time, decision: Decision }, closed)),
  },
  closed,
);
export type SimulatedDevice = Static<typeof SimulatedDevice>;

const Ring = Type.Union([
  Type.Object(
    {
      percent: Type.Integer({ minimum: 1, maximum: 100, description: 'So many of a hundred devices.' }),
    },
    closed,
  ),
  Type.Object({ groupId: Id }, closed),
]);
const Rings = Type.Array(Ring, { minItems: 1, maxItems: 20 });
const RolloutItem = Type.Object({ kind: Type.Enum(['policy', 'rule']), id: Id }, closed);

export const NewRollout = Type.Object(
  {
    item: RolloutItem,
    settings: Type.Optional(PolicySettings),
    changes: Type.Optional(SimulatedRuleChanges),
    rings: Rings,
    soakMinutes: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 43_200,
        default: 60,
        description: 'How long each ring has it before the next one gets it.',
      }),
    ),
    tolerance: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        default: 10,
        description: 'How many more devices than were simulated may stop being compliant.',
      }),
    ),
  },
  closed,
);
export type NewRollout = Static<typeof NewRollout>;

export const Rollout = Type.Object(
  {
    id: Id,
    item: RolloutItem,
    fromVersion: Type.Integer(),
    state: Type.Enum(['preparing', 'running', 'halted', 'done', 'aborted']),
    rings: Rings,
    ring: Type.Integer({ description: 'How many rings have it.' }),
    expected: Type.Array(Count, {
      description: 'By ring: devices that stop being compliant in all rings up to it, as simulated.',
    }),
    actual: Type.Optional(
      Type.Array(Count, {
        description:
          'By ring that was reached: devices that stopped being compliant in all rings up to it, counted now. Only where one rollout is asked for.',
      }),
    ),
    tolerance: Count,
    soakMinutes: Count,
    notCompliant: Type.Integer({ description: 'Devices that stopped being compliant, at the last look.' }),
    nextAt: Time,
    startedAt: Time,
    createdBy: Type.String(),
  },
  closed,
);
export type Rollout = Static<typeof Rollout>;
