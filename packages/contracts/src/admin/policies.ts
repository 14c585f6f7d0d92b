import { platforms } from '@gatehouse/core/devices/device.ts';
import {
  type SettingName,
  settingDefinition,
  settingNames,
  type SettingShape,
} from '@gatehouse/core/settings/catalogue.ts';
import { targetKinds } from '@gatehouse/core/settings/resolve.ts';
import { type Static, type TOptional, type TSchema, Type } from 'typebox';
import { ConnectionSchedule } from './schedules.ts';
import { Authorship, BindingQuery, closed, Id, Line, Time, Told, VersionReason } from './values.ts';

function valueSchema(shape: SettingShape, description: string): TSchema {
  switch (shape.type) {
    case 'boolean':
      return Type.Boolean({ description });
    case 'integer':
      return Type.Integer({ minimum: shape.minimum, maximum: shape.maximum, description });
    case 'version':
      return Type.String({ maxLength: 79, pattern: '^[0-9]{1,9}(\\.[0-9]{1,9}){0,7}$', description });
    case 'text':
      return Type.String({ minLength: 1, maxLength: shape.maximumLength, description });
    default:
      return shape satisfies never;
  }
}

/** Every setting of the catalogue, each optional: what is absent is left to other policies. */
export const PolicySettings = Type.Object(
  Object.fromEntries(
    settingNames.map((name) => {
      const { shape, description, unit } = settingDefinition(name);
      const text = unit === undefined ? description : `${description} In ${unit}.`;
      return [name, Type.Optional(valueSchema(shape, text))];
    }),
  ) as Record<SettingName, TOptional>,
  closed,
);

export const Policy = Type.Object(
  {
    id: Id,
    name: Line(100),
    description: Type.String(),
    version: Type.Integer(),
    settings: PolicySettings,
    createdAt: Time,
    updatedAt: Time,
  },
  closed,
);

export type Policy = Static<typeof Policy>;

export const NewPolicy = Type.Object(
  { name: Line(100), description: Type.Optional(Line(1_000, 0)), settings: PolicySettings },
  closed,
);

export const PolicyChanges = Type.Object(
  {
    name: Type.Optional(Line(100)),
    description: Type.Optional(Line(1_000, 0)),
    settings: Type.Optional(PolicySettings),
    reason: Type.Optional(VersionReason),
    expectedVersion: Type.Optional(
      Type.Integer({ description: 'The version that was read; if another is in force, 409.' }),
    ),
    ...BindingQuery,
  },
  { ...closed, minProperties: 1 },
);

export const PolicyVersion = Type.Object(
  { version: Type.Integer(), settings: PolicySettings, ...Authorship },
  closed,
);
export type PolicyVersion = Static<typeof PolicyVersion>;

/** What can be assigned. */
export const AssignedKind = Type.Enum(['policy', 'schedule', 'resource', 'rule']);
const TargetKind = Type.Enum([...targetKinds]);
const MaybePlatform = Type.Union([Type.Enum([...platforms]), Type.Null()], {
  description: 'Only devices of this platform; null: of every platform.',
});
const Priority = Type.Integer({
  minimum: -1_000,
  maximum: 1_000,
  description: 'Among targets of one kind the higher wins, where the first wins.',
});

const Named = (kind: typeof AssignedKind | typeof TargetKind) =>
  Type.Object({ kind, id: Id, name: Type.Union([Type.String(), Type.Null()]) }, closed);

export const Assignment = Type.Object(
  {
    id: Id,
    item: Named(AssignedKind),
    target: Named(TargetKind),
    platform: MaybePlatform,
    priority: Priority,
    createdAt: Time,
  },
  closed,
);
export type Assignment = Static<typeof Assignment>;

export const NewAssignment = Type.Object(
  {
    item: Type.Object({ kind: AssignedKind, id: Id }, closed),
    target: Type.Object({ kind: TargetKind, id: Id }, closed),
    platform: Type.Optional(MaybePlatform),
    priority: Type.Optional(Priority),
    ...BindingQuery,
  },
  closed,
);
export type NewAssignment = Static<typeof NewAssignment>;

const AssignmentPath = Type.Object(
  { targetKind: TargetKind, targetId: Id, targetName: Type.String() },
  closed,
);
export const SettingValue = Type.Union([Type.Boolean(), Type.Number(), Type.String()]);
export const SettingCandidate = Type.Object(
  {
    policyId: Id,
    policyName: Type.String(),
    policyVersion: Type.Integer(),
    path: AssignmentPath,
    value: SettingValue,
  },
  closed,
);

export const EffectivePolicy = Type.Object(
  {
    version: Type.String({ description: 'Names settings and schedule together.' }),
    acknowledgedVersion: Type.Union([Type.String(), Type.Null()], {
      description: 'The version that the device last said it applies.',
    }),
    settings: PolicySettings,
    origins: Type.Record(
      Type.String(),
      Type.Object(
        {
          why: Type.Enum(['default', 'only-one', 'strictest', 'nearest']),
          winner: Type.Union([SettingCandidate, Type.Null()]),
          candidates: Type.Array(SettingCandidate),
        },
        closed,
      ),
      { description: 'For each setting: which policy won, against whom and why (POL-09).' },
    ),
    schedule: ConnectionSchedule,
    scheduleOrigin: Type.Union([
      Type.Object({ scheduleId: Id, name: Type.String(), path: AssignmentPath }, closed),
      Type.Null(),
    ]),
  },
  closed,
);

export type EffectivePolicy = Static<typeof EffectivePolicy>;

const MaybeTime = Type.Union([Time, Type.Null()]);

export const DesiredState = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          channel: Type.Enum(['device', 'user']),
          form: Type.String({ description: 'What it is to the platform: a profile, a declaration.' }),
          identifier: Type.String(),
          source: Type.Object(
            {
              kind: Type.Enum(['settings', 'resource', 'management', 'foreign']),
              id: Type.Union([Id, Type.Null()]),
              name: Type.String(),
            },
            closed,
          ),
          state: Type.Enum([
            'pending',
            'sent',
            'installed',
            'failed',
            'withheld',
            'removing',
            'foreign',
            'outdone',
          ]),
          reason: Type.Union([Told(), Type.Null()]),
          since: MaybeTime,
          attempts: Type.Integer(),
          nextAttemptAt: MaybeTime,
          commandId: Type.Union([Id, Type.Null()]),
        },
        closed,
      ),
    ),
  },
  closed,
);

export type DesiredState = Static<typeof DesiredState>;

/** Which of the items of a desired state is meant. */
export const DesiredItemName = Type.Object(
  { channel: Type.Enum(['device', 'user']), form: Line(40), identifier: Line(500) },
  closed,
);
export type DesiredItemName = Static<typeof DesiredItemName>;
