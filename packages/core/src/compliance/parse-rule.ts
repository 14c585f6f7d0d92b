/** Rules as an administrator sends them: read against the forms, with what the kind says where nothing is said. */
import { DomainError } from '../errors.ts';
import { compileExpression } from '../expressions/compile.ts';
import { deviceEnvironment, factsReadBy } from '../expressions/device-environment.ts';
import type { FactName } from '../facts/catalogue.ts';
import {
  actionKinds,
  type ComplianceRule,
  messageChannels,
  type Stage,
  unknownMeanings,
} from './compliance-rule.ts';
import { demandForms } from './demand-forms.ts';
import type { Demands } from './demands.ts';
import { complaints, type Form } from './form.ts';
import { gates } from './gate.ts';
import { isPolicyRuleKind, isRuleKind, type RuleKind, ruleKinds } from './rule-kind.ts';
import { ruleCatalogue } from './rules.ts';
import { rulePurposes, severities } from './verdict.ts';

/** A rule without its identity: what a version of it holds. */
export type RuleContent = Omit<ComplianceRule, 'ruleId' | 'name' | 'version' | 'enabled'>;

export interface RuleInput {
  readonly kind: string;
  readonly demand: unknown;
  readonly severity?: unknown;
  readonly purpose?: unknown;
  readonly gates?: unknown;
  readonly graceMinutes?: unknown;
  readonly maximumFactAgeHours?: unknown;
  readonly whenUnknown?: unknown;
  readonly stages?: unknown;
}

const yearInMinutes = 366 * 24 * 60;
const gateList = (minimum: number): Form => ({
  type: 'list',
  of: { type: 'choice', choices: gates },
  minimum,
  maximum: gates.length,
});
const plainAction = { type: 'object', fields: {} } as const;
const action: Form = {
  type: 'variant',
  by: 'kind',
  forms: {
    ...Object.fromEntries(actionKinds.map((kind) => [kind, plainAction])),
    'notify-user': {
      type: 'object',
      fields: {
        by: { type: 'list', of: { type: 'choice', choices: messageChannels }, minimum: 1, maximum: 3 },
      },
    },
    restrict: { type: 'object', fields: { gates: gateList(1) } },
  },
};
const weight: Form = {
  type: 'object',
  fields: {
    severity: { type: 'choice', choices: severities },
    purpose: { type: 'choice', choices: rulePurposes },
    gates: gateList(0),
    graceMinutes: { type: 'integer', minimum: 0, maximum: yearInMinutes },
    maximumFactAgeHours: { type: 'integer', minimum: 1, maximum: 24 * 365 },
    whenUnknown: { type: 'choice', choices: unknownMeanings },
    stages: {
      type: 'list',
      maximum: 10,
      of: {
        type: 'object',
        fields: {
          afterMinutes: { type: 'integer', minimum: 0, maximum: yearInMinutes },
          actions: { type: 'list', of: action, minimum: 1, maximum: 8 },
        },
      },
    },
  },
  optional: ['maximumFactAgeHours'],
};

/** @throws DomainError `invalid-input` with every problem in `detail.problems`; of an expression with its position too. */
export function parseRule(input: RuleInput): RuleContent {
  const { kind } = input;
  if (!isRuleKind(kind)) throw wrong([`kind must be one of ${ruleKinds.join(', ')}`]);
  const { severity, purpose, defaultGates } = ruleCatalogue[kind];
  const isCost = (input.purpose ?? purpose) === 'cost';
  const age = input.maximumFactAgeHours ?? null;
  const weights = {
    severity: input.severity ?? severity,
    purpose: input.purpose ?? purpose,
    // Rules about cost count for a gate only where somebody says so (GAP-03).
    gates: input.gates ?? (isCost ? [] : defaultGates),
    graceMinutes: input.graceMinutes ?? 0,
    ...(age === null ? {} : { maximumFactAgeHours: age }),
    whenUnknown: input.whenUnknown ?? 'quarantine',
    stages: input.stages ?? [],
  };
  const problems = [
    ...complaints(weight, weights, 'rule').map((problem) => problem.slice('rule.'.length)),
    ...demandProblems(kind, input.demand),
  ];
  if (problems.length > 0) throw wrong(problems);
  const content = { kind, demand: input.demand, ...weights, maximumFactAgeHours: age } as RuleContent;
  const further = [...stageProblems(content.stages), ...sense(content)];
  if (further.length > 0) throw wrong(further);
  return content;
}

/** The facts that a rule looks at, and that its author must be allowed to see (CEL-03). */
export function factsOfRule({ kind, demand }: Pick<RuleContent, 'kind' | 'demand'>): readonly FactName[] {
  if (kind !== 'custom') return ruleCatalogue[kind].reads;
  return factsReadBy(compileExpression((demand as Demands['custom']).expression, deviceEnvironment));
}

function wrong(problems: readonly string[]): DomainError {
  return new DomainError('invalid-input', `The rule is wrong: ${problems.join('; ')}.`, {
    detail: { problems },
  });
}

function demandProblems(kind: RuleKind, demand: unknown): readonly string[] {
  if (demand !== 'from-policies') return complaints(demandForms[kind], demand, 'demand');
  return isPolicyRuleKind(kind) ? [] : [`demand: policies demand nothing of the kind ${kind}`];
}

function stageProblems(stages: readonly Stage[]): readonly string[] {
  return stages.flatMap(({ afterMinutes }, index) => {
    const before = stages[index - 1];
    return before !== undefined && before.afterMinutes >= afterMinutes
      ? [`stages[${index}].afterMinutes must be later than the stage before`]
      : [];
  });
}

/** What a form cannot say. */
function sense({ kind, demand }: RuleContent): readonly string[] {
  if (demand === 'from-policies') return [];
  switch (kind) {
    case 'minimum-os': {
      const { versions, models = [] } = demand as Demands['minimum-os'];
      return Object.keys(versions).length === 0 && models.length === 0
        ? ['demand must name a version of one platform or model at least']
        : [];
    }
    case 'apps': {
      const { required = [], forbidden = [], allowedOnly } = demand as Demands['apps'];
      return required.length === 0 && forbidden.length === 0 && allowedOnly === undefined
        ? ['demand must require, forbid or allow something']
        : [];
    }
    case 'activesync': {
      const { authorized = true, maximumSilenceHours } = demand as Demands['activesync'];
      return authorized || maximumSilenceHours !== undefined ? [] : ['demand must ask for something'];
    }
    case 'geofence': {
      const { areas, hysteresisMeters } = demand as Demands['geofence'];
      return areas.flatMap((area, index) =>
        area.shape === 'circle' && area.radiusMeters <= hysteresisMeters
          ? [`demand.areas[${index}] is smaller than the hysteresis: nobody could come back into it`]
          : [],
      );
    }
    case 'custom':
      compileExpression((demand as Demands['custom']).expression, deviceEnvironment);
      return [];
    default:
      return [];
  }
}
