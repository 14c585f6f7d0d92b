// Compliance rules and exceptions. What a rule demands depends on its kind and is read by core/compliance/parse-rule.ts.
import { actionKinds, messageChannels, unknownMeanings } from '@gatehouse/core/compliance/compliance-rule.ts';
import { gates } from '@gatehouse/core/compliance/gate.ts';
import { policyRuleKinds, ruleKinds } from '@gatehouse/core/compliance/rule-kind.ts';
import { rulePurposes, severities } from '@gatehouse/core/compliance/verdict.ts';
import { platforms } from '@gatehouse/core/devices/device.ts';
import { type Static, Type } from 'typebox';
import { BindingQuery, closed, Id, Line, ManyDevices, Time, Told } from './values.ts';

const yearInMinutes = 366 * 24 * 60;

export const RuleKindName = Type.Enum([...ruleKinds]);
const GateName = Type.Enum([...gates]);

const RuleAction = Type.Object(
  {
    kind: Type.Enum([...actionKinds]),
    by: Type.Optional(
      Type.Array(Type.Enum([...messageChannels]), { description: 'Of notify-user: by which ways.' }),
    ),
    gates: Type.Optional(Type.Array(GateName, { description: 'Of restrict: which gates are shut.' })),
  },
  closed,
);

const RuleStage = Type.Object(
  {
    afterMinutes: Type.Integer({
      minimum: 0,
      maximum: yearInMinutes,
      description: 'Counted from when the rule was first seen broken.',
    }),
    actions: Type.Array(RuleAction, { minItems: 1, maxItems: 8 }),
  },
  closed,
);

const Demand = Type.Union(
  [
    Type.Literal('from-policies', {
      description: 'Demands nothing itself; weighs what policies demand by the kind.',
    }),
    Type.Object({}, { additionalProperties: true }),
  ],
  { description: 'What the kind asks for; see /compliance-rule-kinds.' },
);

const MaybeHours = Type.Union([Type.Integer({ minimum: 1, maximum: 8_760 }), Type.Null()], {
  description: 'How old facts may be; null: as the policies say.',
});

const content = {
  kind: RuleKindName,
  demand: Demand,
  severity: Type.Enum([...severities]),
  purpose: Type.Enum([...rulePurposes]),
  gates: Type.Array(GateName, {
    description: 'For which gates the rule counts; the others never learn of it.',
  }),
  graceMinutes: Type.Integer({ minimum: 0, maximum: yearInMinutes }),
  maximumFactAgeHours: MaybeHours,
  whenUnknown: Type.Enum([...unknownMeanings], { description: 'What it means that nothing young is known.' }),
  stages: Type.Array(RuleStage, {
    maxItems: 10,
    description: 'By rising time; later ones add to earlier ones.',
  }),
};

export const ComplianceRule = Type.Object(
  {
    id: Id,
    name: Line(100),
    description: Type.String(),
    version: Type.Integer(),
    enabled: Type.Boolean(),
    ...content,
    createdAt: Time,
    updatedAt: Time,
  },
  closed,
);
export type ComplianceRule = Static<typeof ComplianceRule>;

/** With what the author should know about it. */
export const SavedRule = Type.Object(
  {
    ...ComplianceRule.properties,
    warnings: Type.Array(Told(), {
      description: 'That it cannot be met, contradicts another rule, or does more than it may seem.',
    }),
  },
  closed,
);
export type SavedRule = Static<typeof SavedRule>;

const weight = {
  severity: Type.Optional(content.severity),
  purpose: Type.Optional(content.purpose),
  gates: Type.Optional(content.gates),
  graceMinutes: Type.Optional(content.graceMinutes),
  maximumFactAgeHours: Type.Optional(MaybeHours),
  whenUnknown: Type.Optional(content.whenUnknown),
  stages: Type.Optional(content.stages),
  enabled: Type.Optional(Type.Boolean()),
};

export const NewRule = Type.Object(
  {
    name: Line(100),
    description: Type.Optional(Line(1_000, 0)),
    kind: RuleKindName,
    demand: Demand,
    ...weight,
  },
  closed,
);
export type NewRule = Static<typeof NewRule>;

export const RuleChanges = Type.Object(
  {
    ...BindingQuery,
    name: Type.Optional(Line(100)),
    description: Type.Optional(Line(1_000, 0)),
    demand: Type.Optional(Demand),
    ...weight,
    expectedVersion: Type.Optional(
      Type.Integer({ description: 'The version that was read; if another is in force, 409.' }),
    ),
  },
  { ...closed, minProperties: 1 },
);
export type RuleChanges = Static<typeof RuleChanges>;

export const RuleVersion = Type.Object(
  {
    version: Type.Integer(),
    name: Type.String(),
    enabled: Type.Boolean(),
    ...content,
    createdBy: Type.String(),
    createdAt: Time,
  },
  closed,
);
export type RuleVersion = Static<typeof RuleVersion>;

export const RuleKinds = Type.Object(
  {
    kinds: Type.Array(
      Type.Object(
        {
          kind: RuleKindName,
          title: Type.String({ description: 'The state that a rule of this kind demands.' }),
          severity: content.severity,
          purpose: content.purpose,
          gates: Type.Array(GateName),
          facts: Type.Array(Type.String(), {
            description: 'What it looks at; a custom rule only at what it names.',
          }),
          fromPolicies: Type.Boolean({
            description: 'Policies bring it about too, and a rule may tune that.',
          }),
          demand: Type.Unknown({ description: 'The form of what it may demand.' }),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type RuleKinds = Static<typeof RuleKinds>;

const Devices = (description: string) => Type.Integer({ minimum: 0, description });

/** How many devices each rule concerns; rules that concern none are left out. */
export const RuleCounts = Type.Object(
  {
    asOf: Time,
    fleet: Devices('Devices under management.'),
    items: Type.Array(
      Type.Object(
        {
          rule: Type.String({
            description: 'The id of a rule, or the kind of one that policies bring about.',
          }),
          ruleId: Type.Union([Id, Type.Null()], {
            description: 'The assigned rule that demands it, or that tunes what policies demand.',
          }),
          kind: Type.Union([RuleKindName, Type.Null()]),
          notCompliant: Devices('That break it, after its grace.'),
          inGrace: Devices('That break it, and have time left to mend it.'),
          unknown: Devices('Of which nothing young enough is known.'),
          exempt: Devices('That are excepted from it, whether they meet it or not.'),
          atStage: Type.Record(Type.String(), Type.Integer(), {
            description: 'Devices by the number of stages that they have reached, from 1.',
          }),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type RuleCounts = Static<typeof RuleCounts>;

// ------------------------------------------------------------------------------------------------ exceptions

const ExceptedRule = Type.Union([Id, Type.Enum([...policyRuleKinds])], {
  description: 'The id of a rule, or a kind: then the rule of that kind that policies bring about.',
});
const MaybeTime = Type.Union([Time, Type.Null()], { description: 'null: until it is taken back.' });

export const RuleException = Type.Object(
  {
    id: Id,
    rule: Type.String(),
    reason: Type.String(),
    expiresAt: MaybeTime,
    expired: Type.Boolean(),
    createdBy: Type.String(),
    createdAt: Time,
  },
  closed,
);
export type RuleException = Static<typeof RuleException>;

export const NewException = Type.Object(
  { rule: ExceptedRule, reason: Line(500), expiresAt: Type.Optional(MaybeTime) },
  closed,
);
export type NewException = Static<typeof NewException>;

export const NewExceptions = Type.Object({ deviceIds: ManyDevices, ...NewException.properties }, closed);
export type NewExceptions = Static<typeof NewExceptions>;

/** With the device that is excepted, for lists over all devices. */
export const ListedException = Type.Object(
  {
    ...RuleException.properties,
    ruleName: Type.Union([Type.String(), Type.Null()], {
      description: 'null: of a kind that policies bring about, or of a rule that is gone.',
    }),
    device: Type.Object({ id: Id, name: Type.String(), platform: Type.Enum([...platforms]) }, closed),
  },
  closed,
);
export type ListedException = Static<typeof ListedException>;

export const exceptionFilter = {
  rule: Type.Optional(Type.String({ maxLength: 64, description: 'The id of a rule, or a kind.' })),
  ended: Type.Optional(
    Type.Boolean({
      description: 'true: those that have ended, for as long as they are kept; else those in force.',
    }),
  ),
  endsBefore: Type.Optional(Time),
};
