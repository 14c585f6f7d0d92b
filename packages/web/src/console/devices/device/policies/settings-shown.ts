/** The settings of a device as rows: what policies set with winner and losers, and what is left to defaults. */
import type { EffectivePolicy } from '@gatehouse/contracts/admin/policies.ts';
import { isSettingName, settingDefinition } from '@gatehouse/core/settings/catalogue.ts';
import { factValueText } from '../fact-value.ts';

export type Origin = EffectivePolicy['origins'][string];
type Candidate = Origin['candidates'][number];

export interface SettingRow {
  readonly name: string;
  readonly value: string;
  readonly origin: Origin;
  /** Those that say something else. */
  readonly losers: readonly (Omit<Candidate, 'value'> & { readonly value: string })[];
}

export function settingRows({ settings, origins }: Pick<EffectivePolicy, 'settings' | 'origins'>): {
  readonly set: readonly SettingRow[];
  readonly defaults: readonly SettingRow[];
} {
  const values = settings as Readonly<Record<string, unknown>>;
  const rows = Object.entries(origins).map(([name, origin]): SettingRow => {
    const unit = isSettingName(name) ? settingDefinition(name).unit : undefined;
    const { winner } = origin;
    return {
      name,
      value: factValueText(values[name], unit),
      origin,
      losers: origin.candidates
        .filter(
          (each) =>
            winner === null ||
            each.policyId !== winner.policyId ||
            each.path.targetId !== winner.path.targetId,
        )
        .map((each) => ({ ...each, value: factValueText(each.value, unit) })),
    };
  });
  return {
    set: rows.filter(({ origin }) => origin.winner !== null),
    defaults: rows.filter(({ origin }) => origin.winner === null),
  };
}
