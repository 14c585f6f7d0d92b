/** A compliance rule while somebody writes it: from the kinds there are, from a rule there is, and back to what is sent. */
import type { ComplianceRule, NewRule, RuleChanges, RuleKinds } from '@gatehouse/contracts/admin/rules.ts';
import { canonicalJson, type Json } from '@gatehouse/core/audit/canonical-json.ts';
import type { ObjectForm } from '@gatehouse/core/compliance/form.ts';
import { emptyObject, type FormObject, tidied } from './demand-values.ts';

export type RuleKindInfo = RuleKinds['kinds'][number];
export type RuleDraft = Omit<ComplianceRule, 'id' | 'version' | 'createdAt' | 'updatedAt'>;
export type Stage = RuleDraft['stages'][number];
export type Action = Stage['actions'][number];

export const formOf = (kind: RuleKindInfo): ObjectForm => kind.demand as ObjectForm;

/** As the kind says where nobody has said anything. */
export function newDraft(kind: RuleKindInfo): RuleDraft {
  return {
    name: '',
    description: '',
    enabled: true,
    kind: kind.kind,
    demand: emptyObject(formOf(kind)),
    severity: kind.severity,
    purpose: kind.purpose,
    gates: [...kind.gates],
    graceMinutes: 0,
    maximumFactAgeHours: null,
    whenUnknown: 'quarantine',
    stages: [],
  };
}

/** Another kind: what depends on it begins anew, the rest stays as it was written. */
export function withKind(draft: RuleDraft, kind: RuleKindInfo): RuleDraft {
  const { name, description, enabled, graceMinutes, stages, whenUnknown } = draft;
  return { ...newDraft(kind), name, description, enabled, graceMinutes, stages, whenUnknown };
}

export function draftOf(rule: ComplianceRule): RuleDraft {
  const { id: _id, version: _version, createdAt: _created, updatedAt: _updated, ...draft } = rule;
  return draft;
}

/** As it is sent: without fields in which nothing was written. */
export function toNewRule(draft: RuleDraft, kind: RuleKindInfo): NewRule {
  const { description, demand, ...rest } = draft;
  return {
    ...rest,
    name: draft.name.trim(),
    ...(description.trim() === '' ? {} : { description: description.trim() }),
    demand: demand === 'from-policies' ? demand : (tidied(formOf(kind), demand) as FormObject),
  };
}

/** What is another than in the rule as it was read; undefined: nothing. */
export function changesOf(
  saved: ComplianceRule,
  draft: RuleDraft,
  kind: RuleKindInfo,
): RuleChanges | undefined {
  const { kind: _kind, ...next } = { description: '', ...toNewRule(draft, kind) };
  const changed = Object.entries(next).filter(
    ([name, value]) => !same(value, (saved as unknown as Readonly<Record<string, unknown>>)[name]),
  );
  return changed.length === 0 ? undefined : (Object.fromEntries(changed) as RuleChanges);
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(plain(a)) === canonicalJson(plain(b));
}
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null)) as Json;

export interface Complaint {
  /** `demand.versions.ios`, `stages[1].afterMinutes`, `name`, `demand.expression`. */
  readonly place: string;
  /** What the reader of rules says of it, in English: the end of a sentence. */
  readonly says: string;
  /** Of an expression: where it is wrong, counted from 0 and from 1. */
  readonly at?: { readonly position: number; readonly line: number; readonly column: number };
}
