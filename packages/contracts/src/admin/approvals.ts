import { approvalStates } from '@gatehouse/core/approvals/approval-state.ts';
import { ownerships, platforms } from '@gatehouse/core/devices/device.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { closed, Id, Line, Time, Told } from './values.ts';

const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const Approval = Type.Object(
  {
    id: Id,
    action: Type.Enum(['command', 'change-budget', 'mail-wipe'], {
      description: 'Of a mail-wipe the ids are those of mail devices.',
    }),
    command: Maybe(Type.String()),
    params: Type.Record(Type.String(), Type.Unknown(), { description: 'Without those that are sealed.' }),
    hasSealedParams: Type.Boolean(),
    deviceIds: Type.Array(Id),
    hash: Type.String({ description: 'Of the whole request; an approval names it.' }),
    reason: Maybe(Type.String()),
    held: Type.Enum(['budget-spent', 'second-person-required', 'waits-for-first-device']),
    cause: Maybe(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'What made the system ask, such as a rule.',
      }),
    ),
    requestedBy: Type.String(),
    state: Type.Enum([...approvalStates]),
    firstCommandId: Maybe(Id),
    outcomes: Type.Array(Type.Object({ deviceId: Id, commandId: Maybe(Id), refusal: Maybe(Told()) }, closed)),
    createdAt: Time,
    expiresAt: Time,
    approvedBy: Maybe(
      Type.String({
        description: 'Who let it happen; stays when somebody stops the rest of a batch afterwards.',
      }),
    ),
    approvedAt: Maybe(Time),
    decidedBy: Maybe(Type.String()),
    decidedAt: Maybe(Time),
    decisionReason: Maybe(Told()),
    overridden: Type.Boolean({ description: 'Done in an emergency, without a second person.' }),
    finishedAt: Maybe(Time),
  },
  closed,
);

/** As people read it: what a decision answers with is the request alone. */
export const ListedApproval = Type.Object(
  {
    ...Approval.properties,
    devices: Type.Array(
      Type.Object(
        {
          id: Id,
          name: Type.String(),
          ownership: Type.Enum([...ownerships]),
          platform: Type.Enum([...platforms]),
          userName: Maybe(Type.String()),
        },
        closed,
      ),
      { description: 'Those of the devices that there still are, in the order of the request.' },
    ),
    askedByName: Maybe(
      Type.String({ description: 'Of the person behind the request, while the account is in use.' }),
    ),
    approvedByName: Maybe(Type.String()),
    decidedByName: Maybe(Type.String()),
    own: Type.Boolean({ description: 'The caller asked for it.' }),
    mayApprove: Type.Boolean({ description: 'The caller may approve it as it is shown here.' }),
    whyNotApprove: Maybe(Told('What keeps a caller who decides on others from deciding on this one.')),
  },
  closed,
);

export type Approval = Static<typeof Approval>;
export type ListedApproval = Static<typeof ListedApproval>;

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });

export const ApprovalDecision = Type.Object({ hash: Hash, reason: Type.Optional(Line(500)) }, closed);
export const ApprovalReason = Type.Object({ reason: Type.Optional(Line(500)) }, closed);
export const ApprovalOverride = Type.Object({ hash: Hash, reason: Line(500, 10) }, closed);

const settings = {
  minimumBudget: Type.Integer({ minimum: 1, maximum: 1_000 }),
  fleetPercent: Type.Number({
    minimum: 0,
    maximum: 25,
    multipleOf: 0.01,
    description: 'Of the fleet; the larger of the two is the budget.',
  }),
  windowMinutes: Type.Integer({ minimum: 60, maximum: 10_080 }),
  secondPerson: Type.Enum(['above-budget', 'always'], {
    description: 'For what goes beyond the budget, or for everything that destroys.',
  }),
  canaryAbove: Type.Integer({
    minimum: 1,
    maximum: 1_000,
    description: 'Of more devices than this the first goes ahead alone.',
  }),
};

const BudgetSettings = Type.Object(settings, closed);

export const Budget = Type.Object(
  {
    settings: BudgetSettings,
    fleet: Type.Integer(),
    budget: Type.Integer(),
    spent: Type.Integer(),
    left: Type.Integer(),
    coming: Type.Array(Type.Object({ approvalId: Id, settings: BudgetSettings, effectiveAt: Time }, closed)),
  },
  closed,
);

export type Budget = Static<typeof Budget>;

export const BudgetChange = Type.Object(
  {
    minimumBudget: Type.Optional(settings.minimumBudget),
    fleetPercent: Type.Optional(settings.fleetPercent),
    windowMinutes: Type.Optional(settings.windowMinutes),
    secondPerson: Type.Optional(settings.secondPerson),
    canaryAbove: Type.Optional(settings.canaryAbove),
    reason: Line(500),
  },
  closed,
);
