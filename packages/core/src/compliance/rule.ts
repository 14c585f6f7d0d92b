/** What a rule kind declares, and the rule that results when a device's settings ask for it. */
import type { Platform } from '../devices/device.ts';
import type { FactName } from '../facts/catalogue.ts';
import type { SettingName, Settings, SettingValue } from '../settings/catalogue.ts';
import type { DeviceView, Finding } from './finding.ts';
import { type Gate, gates } from './gate.ts';
import type { RuleKind } from './rule-kind.ts';
import type { RulePurpose, Severity } from './verdict.ts';

export { type RuleKind, ruleKinds } from './rule-kind.ts';

export const everyGate: readonly Gate[] = gates;

/** A rule in force for one device. */
export interface Rule {
  readonly kind: RuleKind;
  readonly severity: Severity;
  readonly purpose: RulePurpose;
  /** For which gates it counts. */
  readonly gates: readonly Gate[];
  /** The settings that brought it about. */
  readonly settings: readonly SettingName[];
  readonly graceMs: number;
  readonly maximumFactAgeMs: number;
  /** At least one finding; the worst decides. */
  judge(view: DeviceView): readonly Finding[];
}

export interface RuleDefinition<K extends RuleKind = RuleKind> {
  readonly kind: K;
  readonly title: string;
  readonly severity: Severity;
  readonly purpose: RulePurpose;
  readonly defaultGates: readonly Gate[];
  readonly reads: readonly FactName[];
  readonly settings: readonly SettingName[];
  /** The rule for a device with these settings; undefined when they ask for nothing. */
  instantiate(values: Settings, platform: Platform): Rule | undefined;
}

interface RuleDeclaration<K extends RuleKind, R extends FactName, D> {
  readonly kind: K;
  /** The state that the rule demands: "Storage is encrypted". */
  readonly title: string;
  readonly severity: Severity;
  readonly purpose: RulePurpose;
  readonly defaultGates: readonly Gate[];
  /** The facts the rule may look at; it cannot ask for others. */
  readonly reads: readonly R[];
  /** The settings it may come from; those that are stated are named in the verdict, with its grace. */
  readonly settings: readonly SettingName[];
  readonly grace: 'passcode.grace-minutes' | 'encryption.grace-minutes' | 'os.grace-minutes' | 'none';
  /** Whether one of the settings concerns a platform; absent: all do. */
  readonly concerns?: (setting: SettingName, platform: Platform) => boolean;
  /** What these settings ask of a device of this platform; undefined: nothing. */
  demand(values: Settings, platform: Platform): D | undefined;
  judge(demand: D, view: DeviceView<R>): readonly Finding[];
}

const isStated = (value: SettingValue | undefined): boolean => value !== undefined && value !== false;
const minute = 60_000;
const hour = 60 * minute;
/** When no setting says otherwise; the catalogue's default normally does. */
const fallbackFactAgeHours = 72;

export function defineRule<const K extends RuleKind, const R extends FactName, D>(
  declaration: RuleDeclaration<K, R, D>,
): RuleDefinition<K> {
  const { kind, title, severity, purpose, defaultGates, reads, settings, grace } = declaration;
  return {
    kind,
    title,
    severity,
    purpose,
    defaultGates,
    reads,
    settings,
    instantiate(values, platform) {
      const demand = declaration.demand(values, platform);
      if (demand === undefined) return undefined;
      return {
        kind,
        severity,
        purpose,
        gates: defaultGates,
        settings: [...settings, ...(grace === 'none' ? [] : [grace])].filter(
          (name) => isStated(values[name]) && (declaration.concerns?.(name, platform) ?? true),
        ),
        graceMs: grace === 'none' ? 0 : (values[grace] ?? 0) * minute,
        maximumFactAgeMs: (values['facts.maximum-age-hours'] ?? fallbackFactAgeHours) * hour,
        judge: (view) => declaration.judge(demand, view),
      };
    },
  };
}
