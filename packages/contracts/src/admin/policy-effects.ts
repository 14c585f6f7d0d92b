// What a suite comes to beside others, before anybody saves it, and whom it reaches.
import { platforms } from '@gatehouse/core/devices/device.ts';
import { type Static, Type } from 'typebox';
import { PolicySettings, SettingCandidate, SettingValue } from './policies.ts';
import { closed, Id } from './values.ts';

const Count = Type.Integer({ minimum: 0 });

export const CollisionDraft = Type.Object(
  {
    settings: Type.Optional({
      ...PolicySettings,
      description: 'The settings as they would be; absent: as they are.',
    }),
  },
  closed,
);

export const PolicyCollisions = Type.Object(
  {
    devices: Type.Integer({ description: 'Devices that the suite reaches.' }),
    complete: Type.Boolean({
      description: 'False: so many different assignments meet that the rarest were left out.',
    }),
    settings: Type.Array(
      Type.Object(
        {
          setting: Type.String(),
          stated: Type.Boolean({ description: 'False: the draft no longer states it, others still do.' }),
          outcomes: Type.Array(
            Type.Object(
              {
                devices: Count,
                value: SettingValue,
                why: Type.Enum(['only-one', 'strictest', 'nearest']),
                wins: Type.Boolean({ description: 'The suite’s own value is the one that holds.' }),
                winner: SettingCandidate,
                candidates: Type.Array(SettingCandidate),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
      { description: 'Settings that another suite states for the same devices.' },
    ),
  },
  closed,
);
export type PolicyCollisions = Static<typeof PolicyCollisions>;

export const AssignmentReach = Type.Object(
  {
    devices: Type.Integer({ description: 'Each device counted once.' }),
    assignments: Type.Array(Type.Object({ assignmentId: Id, devices: Count }, closed)),
  },
  closed,
);
export type AssignmentReach = Static<typeof AssignmentReach>;

export const FleetShape = Type.Object(
  {
    groups: Type.Array(
      Type.Object(
        {
          platform: Type.Enum([...platforms]),
          osVersion: Type.Union([Type.String(), Type.Null()]),
          supervised: Type.Union([Type.Boolean(), Type.Null()]),
          devices: Count,
        },
        closed,
      ),
    ),
  },
  closed,
);
export type FleetShape = Static<typeof FleetShape>;
