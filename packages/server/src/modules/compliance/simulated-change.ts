// A change that is not made yet: what would be assigned after it, whom it can concern, and what of devices must be known to tell.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import { type FactName, factDefinition } from '@gatehouse/core/facts/catalogue.ts';
import type { Facts } from '@gatehouse/core/facts/types.ts';
import { ruleCatalogue } from '@gatehouse/core/compliance/rules.ts';
import type { RuleDefinition } from '@gatehouse/core/compliance/rule.ts';
import {
  factsOfRule,
  parseRule,
  type RuleContent,
  type RuleInput,
} from '@gatehouse/core/compliance/parse-rule.ts';
import { policyRuleKinds, type RuleKind } from '@gatehouse/core/compliance/rule-kind.ts';
import type { SettingName, Settings } from '@gatehouse/core/settings/catalogue.ts';
import type { TargetKind } from '@gatehouse/core/settings/resolve.ts';
import { parseVersion } from '@gatehouse/core/version.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import {
  type ReviewedChange,
  AssignmentTable,
  findTargetName,
  selectAssignable,
  type TabledRow,
} from '../policies/index.ts';
import { changedRule, findRule, type RuleChanges } from '../rules/index.ts';
import type { Circle, Needed } from './simulate-queries.ts';

export type SimulatedChange =
  | ReviewedChange
  /** null: the rule and its assignments are gone. */
  | {
      readonly kind: 'rule';
      readonly ruleId: string;
      readonly changes: Omit<RuleChanges, 'expectedVersion'> | null;
    }
  /** A rule that nobody has made yet, assigned to a target. */
  | {
      readonly kind: 'new-rule';
      readonly rule: RuleInput & { readonly name: string };
      readonly target: { readonly kind: TargetKind; readonly id: string };
      readonly platform?: Platform | null | undefined;
    }
  | {
      readonly kind: 'group-members';
      readonly groupId: string;
      readonly add?: readonly string[] | undefined;
      readonly remove?: readonly string[] | undefined;
    }
  /** All devices of the platform have this version of their operating system. */
  | { readonly kind: 'os-version'; readonly platform: Platform; readonly version: string };

export interface PreparedChange {
  readonly before: AssignmentTable;
  readonly after: AssignmentTable;
  readonly circle: Circle;
  readonly needed: Needed;
  /** The groups of a device's user as they would be. */
  readonly groupsAfter: (userId: string | null, groupIds: readonly string[]) => readonly string[];
  /** The facts of a device as they would be. */
  readonly overlay: (facts: Facts) => Facts;
  /** Facts that are not as they are: every rule that looks at one of them is judged. */
  readonly changedFacts: readonly FactName[];
  /** The rules that it brings, for the question who may see what they look at. */
  readonly newRules: readonly RuleContent[];
  /** What the change starts from: saving it later is refused when this is another by then. */
  readonly base: { readonly version: number } | null;
}

const nobody: Circle = { everybody: false, groupIds: [], userIds: [], deviceIds: [], platform: null };
const asTheyAre = <T>(value: T): T => value;

/** @throws DomainError `not-found`, `invalid-input` */
export async function prepareChange(
  tx: TenantTx,
  change: SimulatedChange,
  now: number,
): Promise<PreparedChange> {
  const before = await AssignmentTable.load(tx);
  const prepared = (
    part: Partial<PreparedChange> & { readonly circle: Circle },
    names: readonly SettingName[],
    rules: readonly RuleContent[] = [],
  ) => ({
    before,
    after: before,
    groupsAfter: (_userId: string | null, groupIds: readonly string[]) => groupIds,
    overlay: asTheyAre<Facts>,
    changedFacts: [],
    base: null,
    ...part,
    needed: neededFor([before, part.after ?? before], names, part.changedFacts ?? [], rules),
    newRules: rules,
  });
  switch (change.kind) {
    case 'policy': {
      const { policyId, settings } = change;
      const policy = await selectAssignable(tx, 'policy', policyId);
      if (!policy) throw new DomainError('not-found', 'There is no such policy.');
      const rows = before.rows.filter((row) => row.item_id === policyId);
      return prepared(
        {
          after: before.with({ kind: 'policy', policyId, settings }),
          circle: circleOf(tx.organizationId, rows),
          base: { version: policy.version },
        },
        namesThatDiffer(policy.settings ?? {}, settings ?? {}),
      );
    }
    case 'assignment-added': {
      const { item, target, platform = null, priority = 0 } = change;
      const [assignable, known] = await Promise.all([
        selectAssignable(tx, item.kind, item.id),
        findTargetName(tx, target.kind, target.id),
      ]);
      if (!assignable || known === undefined)
        throw new DomainError('not-found', `There is no such ${assignable ? target.kind : item.kind}.`);
      const row: TabledRow = {
        ...assignable,
        assignment_id: newId(),
        item_kind: item.kind,
        for_platform: platform,
        target_kind: target.kind,
        target_id: target.id,
        target_name: known,
        priority,
      };
      return prepared(
        {
          after: before.with({ kind: 'added', row }),
          circle: circleOf(tx.organizationId, [row]),
          base: { version: assignable.version },
        },
        namesOf(assignable),
        assignable.rule === null ? [] : [assignable.rule],
      );
    }
    case 'rule': {
      const { ruleId, changes } = change;
      const rule = await findRule(tx, ruleId);
      if (!rule) throw new DomainError('not-found', 'There is no such rule.');
      const made = changes === null ? null : changedRule(rule, changes);
      const rows = before.rows.filter((row) => row.item_id === ruleId);
      return prepared(
        {
          after: before.with({
            kind: 'rule',
            ruleId,
            name: made?.name ?? rule.name,
            version: rule.version + 1,
            content: made?.enabled === true ? made.content : null,
          }),
          circle: circleOf(tx.organizationId, rows),
          base: { version: rule.version },
        },
        [],
        [rule.content, ...(made === null ? [] : [made.content])],
      );
    }
    case 'new-rule': {
      const { rule, target, platform = null } = change;
      const { name, ...input } = rule;
      const content = parseRule(input);
      const known = await findTargetName(tx, target.kind, target.id);
      if (known === undefined) throw new DomainError('not-found', `There is no such ${target.kind}.`);
      const row: TabledRow = {
        assignment_id: newId(),
        item_kind: 'rule',
        item_id: newId(),
        name,
        version: 1,
        settings: null,
        schedule: null,
        rule: content,
        for_platform: platform,
        target_kind: target.kind,
        target_id: target.id,
        target_name: known,
        priority: 0,
      };
      return prepared(
        { after: before.with({ kind: 'added', row }), circle: circleOf(tx.organizationId, [row]) },
        [],
        [content],
      );
    }
    case 'assignment-removed': {
      const { assignmentId } = change;
      const row = before.rows.find((each) => each.assignment_id === assignmentId);
      if (!row) throw new DomainError('not-found', 'There is no such assignment.');
      return prepared(
        {
          after: before.with({ kind: 'removed', assignmentId }),
          circle: circleOf(tx.organizationId, [row]),
        },
        namesOf(row),
        row.rule === null ? [] : [row.rule],
      );
    }
    case 'group-members': {
      const { groupId, add = [], remove = [] } = change;
      if ((await findTargetName(tx, 'group', groupId)) === undefined)
        throw new DomainError('not-found', 'There is no such group.');
      const [joining, leaving] = [new Set(add), new Set(remove)];
      const rows = before.rows.filter((row) => row.target_kind === 'group' && row.target_id === groupId);
      return prepared(
        {
          circle: { ...nobody, userIds: [...add, ...remove] },
          groupsAfter: (userId, groupIds) => {
            if (userId === null) return groupIds;
            const others = groupIds.filter((id) => id !== groupId);
            if (joining.has(userId)) return [...others, groupId];
            return leaving.has(userId) ? others : groupIds;
          },
        },
        rows.flatMap(namesOf),
        rows.flatMap((row) => row.rule ?? []),
      );
    }
    case 'os-version': {
      const { platform, version } = change;
      if (parseVersion(version) === undefined)
        throw new DomainError('invalid-input', 'The version is not one such as 18.1.');
      return prepared(
        {
          circle: { ...nobody, everybody: true, platform },
          changedFacts: ['os.version'],
          overlay: (facts) => {
            const stated = facts.get('os.version');
            const source = stated?.source ?? 'agent';
            return new Map(facts).set('os.version', { value: version, source, observedAt: now });
          },
        },
        [],
      );
    }
    default:
      return change satisfies never;
  }
}

function circleOf(organizationId: string, rows: readonly TabledRow[]): Circle {
  const idsOf = (kind: TargetKind) =>
    rows.filter((row) => row.target_kind === kind).map((row) => row.target_id);
  const forPlatforms = new Set(rows.map((row) => row.for_platform));
  return {
    everybody: idsOf('organization').includes(organizationId),
    groupIds: idsOf('group'),
    userIds: idsOf('user'),
    deviceIds: idsOf('device'),
    platform: forPlatforms.size === 1 ? ([...forPlatforms][0] ?? null) : null,
  };
}

function namesThatDiffer(a: Settings, b: Settings): SettingName[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<SettingName>;
  return [...names].filter((name) => a[name] !== b[name]);
}

const definitions = policyRuleKinds.map((kind) => ruleCatalogue[kind] as RuleDefinition);

/** Settings that say something about rules without bringing them about; and one about all rules. */
const graces: Readonly<Partial<Record<SettingName, readonly RuleKind[]>>> = {
  'passcode.grace-minutes': ['passcode', 'screen-lock'],
  'encryption.grace-minutes': ['encryption'],
  'os.grace-minutes': ['minimum-os'],
};
const ofAllRules: SettingName = 'facts.maximum-age-hours';

function neededFor(
  tables: readonly AssignmentTable[],
  names: readonly SettingName[],
  changedFacts: readonly FactName[],
  rules: readonly RuleContent[],
): Needed {
  const all = names.includes(ofAllRules);
  const rows = tables.flatMap((table) => table.rows);
  const assigned = [
    ...new Map(
      rows.flatMap(({ rule, item_id, version }) =>
        rule === null ? [] : [[`${item_id}/${version}`, rule] as const],
      ),
    ).values(),
  ].map((rule) => ({ kind: rule.kind, reads: factsOfRule(rule), settings: [] }));
  const touched = [...definitions, ...assigned].filter(
    ({ kind, settings, reads }) =>
      all ||
      // It looks at the version of the policy, which anything may change.
      kind === 'policy-current' ||
      settings.some((name) => names.includes(name)) ||
      names.some((name) => graces[name]?.includes(kind)) ||
      reads.some((fact) => changedFacts.includes(fact)),
  );
  const own = rules.map((rule) => ({ kind: rule.kind, reads: factsOfRule(rule) }));
  const judged = [...touched, ...own];
  const facts = [...new Set(judged.flatMap(({ reads }) => reads))];
  return {
    facts,
    scans: [...new Set(facts.map((fact) => factDefinition(fact).scan))],
    kinds: [...new Set(judged.map(({ kind }) => kind))],
  };
}

function namesOf({ settings }: Pick<TabledRow, 'settings'>): SettingName[] {
  return Object.keys(settings ?? {}) as SettingName[];
}
