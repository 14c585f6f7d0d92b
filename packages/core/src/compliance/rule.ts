/** What a rule kind declares, and the rule in force that results: from a device's settings, or from a rule that is assigned. */
import type { Platform } from '../devices/device.ts';
import type { FactName } from '../facts/catalogue.ts';
import type { SettingName, Settings, SettingValue } from '../settings/catalogue.ts';
import type { AssignmentPath } from '../settings/resolve.ts';
import type { ComplianceRule, Stage, UnknownMeaning } from './compliance-rule.ts';
import type { Demands } from './demands.ts';
import type { DeviceView, Finding } from './finding.ts';
import { type Gate, gates } from './gate.ts';
import type { RuleKind } from './rule-kind.ts';
import type { RulePurpose, Severity } from './verdict.ts';

export { type RuleKind, ruleKinds } from './rule-kind.ts';

export const everyGate: readonly Gate[] = gates;
/** What a rule about cost counts for unless somebody says otherwise (GAP-03). */
export const noGate: readonly Gate[] = [];

/** A rule in force for one device. */
export interface Rule {
  readonly id: string;
  readonly kind: RuleKind;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  readonly name: string | null;
  readonly assignedTo: AssignmentPath | null;
  readonly severity: Severity;
  readonly purpose: RulePurpose;
  /** For which gates it counts. */
  readonly gates: readonly Gate[];
  /** The settings that brought it about. */
  readonly settings: readonly SettingName[];
  readonly graceMs: number;
  readonly maximumFactAgeMs: number;
  readonly whenUnknown: UnknownMeaning;
  readonly stages: readonly Stage[];
  /** The facts that it looks at. */
  readonly reads: readonly FactName[];
  /** At least one finding; the worst decides. */
  judge(view: DeviceView): readonly Finding[];
}

export interface RuleDefinition<K extends RuleKind = RuleKind> {
  readonly kind: K;
  readonly severity: Severity;
  readonly purpose: RulePurpose;
  readonly defaultGates: readonly Gate[];
  /** Every fact that a rule of this kind may look at; a custom rule names its own. */
  readonly reads: readonly FactName[];
  readonly settings: readonly SettingName[];
  /** The rule for a device with these settings; undefined when they ask for nothing. */
  instantiate(values: Settings, platform: Platform): Rule | undefined;
  /** The assigned rule for a device; undefined when it asks nothing of its platform. */
  fromAssigned(rule: ComplianceRule<K>, values: Settings, platform: Platform): Rule | undefined;
}

interface RuleDeclaration<K extends RuleKind, R extends FactName, D> {
  readonly kind: K;
  readonly severity: Severity;
  readonly purpose: RulePurpose;
  readonly defaultGates: readonly Gate[];
  /** The facts the rule may look at; it cannot ask for others. */
  readonly reads: readonly R[];
  /** Of one demand, if it reads not always the same. */
  readonly readsOf?: (demand: D) => readonly R[];
  /** How the settings of policies bring it about; absent: only an assigned rule does. */
  readonly settings?: SettingsDeclaration<D>;
  /** What an assigned rule asks of a device of this platform; undefined: nothing. */
  demand(demand: Demands[K], platform: Platform): D | undefined;
  judge(demand: D, view: DeviceView<R>): readonly Finding[];
}

interface SettingsDeclaration<D> {
  /** The settings it may come from; those that are stated are named in the verdict, with its grace. */
  readonly names: readonly SettingName[];
  readonly grace: 'passcode.grace-minutes' | 'encryption.grace-minutes' | 'os.grace-minutes' | 'none';
  /** Whether one of the settings concerns a platform; absent: all do. */
  readonly concerns?: (setting: SettingName, platform: Platform) => boolean;
  /** What these settings ask of a device of this platform; undefined: nothing. */
  demand(values: Settings, platform: Platform): D | undefined;
}

const isStated = (value: SettingValue | undefined): boolean => value !== undefined && value !== false;
const minute = 60_000;
const hour = 60 * minute;
/** When no setting says otherwise; the catalogue's default normally does. */
const fallbackFactAgeHours = 72;

const factAgeOf = (values: Settings): number =>
  (values['facts.maximum-age-hours'] ?? fallbackFactAgeHours) * hour;

export function defineRule<const K extends RuleKind, const R extends FactName, D>(
  declaration: RuleDeclaration<K, R, D>,
): RuleDefinition<K> {
  const { kind, severity, purpose, defaultGates, reads, readsOf, settings } = declaration;
  const judging = (demand: D) => ({
    kind,
    reads: readsOf?.(demand) ?? reads,
    judge: (view: DeviceView) => declaration.judge(demand, view),
  });
  return {
    kind,
    severity,
    purpose,
    defaultGates,
    reads,
    settings: settings?.names ?? [],
    instantiate(values, platform) {
      const demand = settings?.demand(values, platform);
      if (settings === undefined || demand === undefined) return undefined;
      const { grace, names, concerns } = settings;
      return {
        ...judging(demand),
        id: kind,
        ruleId: null,
        ruleVersion: null,
        name: null,
        assignedTo: null,
        severity,
        purpose,
        gates: defaultGates,
        settings: [...names, ...(grace === 'none' ? [] : [grace])].filter(
          (name) => isStated(values[name]) && (concerns?.(name, platform) ?? true),
        ),
        graceMs: grace === 'none' ? 0 : (values[grace] ?? 0) * minute,
        maximumFactAgeMs: factAgeOf(values),
        whenUnknown: 'quarantine',
        stages: [],
      };
    },
    fromAssigned(rule, values, platform) {
      if (rule.demand === 'from-policies') return undefined;
      const demand = declaration.demand(rule.demand as Demands[K], platform);
      if (demand === undefined) return undefined;
      return {
        ...judging(demand),
        ...weightOf(rule, factAgeOf(values)),
        id: rule.ruleId,
        assignedTo: null,
        settings: [],
      };
    },
  };
}

/** What policies demand, weighed as an assigned rule says: the demand stays theirs. */
export function tuned(rule: Rule, by: ComplianceRule): Rule {
  return { ...rule, ...weightOf(by, rule.maximumFactAgeMs) };
}

function weightOf(rule: ComplianceRule, maximumFactAgeMs: number) {
  const { ruleId, version, name, severity, purpose, gates: counts, whenUnknown, stages } = rule;
  return {
    ruleId,
    ruleVersion: version,
    name,
    severity,
    purpose,
    gates: counts,
    graceMs: rule.graceMinutes * minute,
    maximumFactAgeMs: rule.maximumFactAgeHours === null ? maximumFactAgeMs : rule.maximumFactAgeHours * hour,
    whenUnknown,
    stages,
  };
}
