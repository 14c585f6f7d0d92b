import { auditChannels, auditOutcomes } from '@gatehouse/core/audit/entry.ts';
import { actorKinds } from '@gatehouse/core/actor.ts';
import { type Static, Type } from 'typebox';
import { closed, Line, Time } from './values.ts';

export const AuditEntry = Type.Object(
  {
    id: Type.String({ description: 'Place in the store; see seq for the place in the chain.' }),
    seq: Type.Union([Type.Integer(), Type.Null()], {
      description: 'Number in the chain; null for about a second, until the entry is linked.',
    }),
    time: Time,
    actor: Type.Object({ kind: Type.Enum([...actorKinds]), id: Type.String() }, closed),
    via: Type.Enum([...auditChannels]),
    action: Type.String(),
    target: Type.Union([Type.Object({ kind: Type.String(), id: Type.String() }, closed), Type.Null()]),
    outcome: Type.Enum([...auditOutcomes]),
    reason: Type.Union([Type.String(), Type.Null()]),
    requestId: Type.Union([Type.String(), Type.Null()]),
    show: Type.Record(Type.String(), Type.Unknown()),
    values: Type.Record(Type.String(), Type.String(), {
      description: 'Personal values that the entry commits to, unless they were erased.',
    }),
  },
  closed,
);

export type AuditEntry = Static<typeof AuditEntry>;

export const AuditFilter = {
  actor: Type.Optional(Line(200)),
  action: Type.Optional(
    Type.String({
      maxLength: 100,
      pattern: '^[a-z][a-z0-9.-]*$',
      description: 'An action, or its beginning up to a dot.',
    }),
  ),
  target: Type.Optional(Line(200)),
  outcome: Type.Optional(Type.Enum([...auditOutcomes])),
  since: Type.Optional(Time),
  until: Type.Optional(Time),
};

export const AuditVerification = Type.Object(
  {
    entries: Type.Integer({ description: 'Number of the last entry that is linked.' }),
    last: Type.Union([
      Type.Null(),
      Type.Object(
        {
          state: Type.Enum(['running', 'whole', 'broken']),
          askedAt: Time,
          finishedAt: Type.Union([Time, Type.Null()]),
          verifiedTo: Type.Integer(),
          signedTo: Type.Integer({ description: 'Up to here a signed checkpoint holds.' }),
          problemCount: Type.Integer(),
          problems: Type.Array(
            Type.Object(
              {
                kind: Type.String(),
                seq: Type.Union([Type.Integer(), Type.Null()]),
                message: Type.String(),
              },
              closed,
            ),
            { description: 'The first twenty.' },
          ),
        },
        closed,
      ),
    ]),
  },
  closed,
);
export type AuditVerification = Static<typeof AuditVerification>;
