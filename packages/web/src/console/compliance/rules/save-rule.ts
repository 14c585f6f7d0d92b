/** The steps in which a rule is saved. What cannot be put in force as it was simulated is not left lying about. */
import type { ComplianceRule, NewRule, RuleChanges, SavedRule } from '@gatehouse/contracts/admin/rules.ts';
import type { Rollout } from '@gatehouse/contracts/admin/simulations.ts';
import { call } from '../../../api/call.ts';
import {
  createComplianceRule,
  deleteComplianceRule,
  startRollout,
  updateComplianceRule,
} from '../../../api/operations/compliance.ts';
import { createAssignment } from '../../../api/operations/policies.ts';
import type { Binding } from '../../../api/operations/shapes.ts';
import { asleep, type Rings, rolloutOf } from './save-plan.ts';
import type { SentTarget } from './target.ts';

export type How =
  | { readonly kind: 'now'; readonly binding: Binding }
  | { readonly kind: 'rings'; readonly rings: Rings };

export interface Done {
  readonly rule: Pick<SavedRule, 'id' | 'name'> & { readonly warnings: readonly string[] };
  readonly rollout?: Rollout;
}

/** @throws ApiProblem; then nothing of it is left. */
export async function saveNewRule(rule: NewRule, target: SentTarget | undefined, how: How): Promise<Done> {
  const inRings = how.kind === 'rings';
  const made = await answerOf(call(createComplianceRule, { body: inRings ? asleep(rule) : rule }));
  if (target === undefined) return { rule: made };
  try {
    const binding = inRings ? {} : defined(how.binding);
    await call(createAssignment, { body: { item: { kind: 'rule', id: made.id }, ...target, ...binding } });
    if (!inRings) return { rule: made };
    const rollout = await answerOf(
      call(startRollout, { body: rolloutOf(made.id, { enabled: true }, how.rings) }),
    );
    return { rule: made, rollout };
  } catch (problem) {
    await call(deleteComplianceRule, { params: { ruleId: made.id }, query: { confirmed: true } });
    throw problem;
  }
}

/** @throws ApiProblem */
export async function saveRuleChanges(
  saved: ComplianceRule,
  changes: RuleChanges,
  how: How,
  etag: string | undefined,
): Promise<Done> {
  if (how.kind === 'rings') {
    const rollout = await answerOf(call(startRollout, { body: rolloutOf(saved.id, changes, how.rings) }));
    return { rule: { ...saved, warnings: [] }, rollout };
  }
  const rule = await answerOf(
    call(updateComplianceRule, {
      params: { ruleId: saved.id },
      body: {
        ...changes,
        ...defined(how.binding),
        ...(etag === undefined ? { expectedVersion: saved.version } : {}),
      },
      ifMatch: etag,
    }),
  );
  return { rule };
}

async function answerOf<Answer>(
  asked: Promise<{ readonly answer: Answer | undefined }>,
): Promise<NonNullable<Answer>> {
  const { answer } = await asked;
  if (answer === undefined || answer === null) throw new TypeError('the server answered without a body');
  return answer;
}

function defined(binding: Binding): RuleChanges {
  return Object.fromEntries(
    Object.entries(binding).filter(([, value]) => value !== undefined),
  ) as RuleChanges;
}
