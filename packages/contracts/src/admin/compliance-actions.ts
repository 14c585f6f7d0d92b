import { actionKinds } from '@gatehouse/core/compliance/compliance-rule.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { closed, Id, Time, Told } from './values.ts';

const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

const Kind = Type.Enum([...actionKinds]);
const State = Type.Enum(['done', 'ordered', 'held', 'refused', 'skipped', 'failed', 'undone'], {
  description:
    'ordered: a command waits or went, see `command`. held: it waits for a second person, see `approval`. skipped: the device had recovered. undone: taken back because it recovered.',
});

export const ComplianceAction = Type.Object(
  {
    id: Id,
    deviceId: Id,
    deviceName: Type.String(),
    cause: Type.Object(
      {
        rule: Type.String({
          description: 'The id of the assigned rule, or the kind of one that policies bring about.',
        }),
        ruleId: Maybe(Id),
        ruleVersion: Maybe(Type.Integer()),
        ruleName: Maybe(Type.String()),
        stage: Type.Integer(),
        summary: Maybe(Type.String()),
        remedy: Maybe(Type.String()),
      },
      closed,
    ),
    kind: Kind,
    detail: Type.Record(Type.String(), Type.Unknown()),
    state: State,
    note: Maybe(Told()),
    command: Maybe(Type.Object({ id: Id, state: Maybe(Type.String()) }, closed)),
    approval: Maybe(Type.Object({ id: Id, state: Maybe(Type.String()) }, closed)),
    createdAt: Time,
    endedAt: Maybe(Time),
  },
  closed,
);
export type ComplianceAction = Static<typeof ComplianceAction>;

export const actionFilter = {
  rule: Type.Optional(Type.String({ maxLength: 64 })),
  kind: Type.Optional(Kind),
  state: Type.Optional(State),
  since: Type.Optional(Time),
};

export const ActionSummary = Type.Object(
  {
    since: Time,
    items: Type.Array(
      Type.Object(
        {
          rule: Type.String(),
          ruleName: Maybe(Type.String()),
          kind: Kind,
          state: State,
          count: Type.Integer(),
          devices: Type.Integer(),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ActionSummary = Static<typeof ActionSummary>;
