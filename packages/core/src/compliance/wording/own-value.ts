/** Words in evidence and settings that are ours and no device's: they are translated; what a device said is shown as it said it. */

const ownValues = ['inside', 'outside', 'at the border', 'not shown'] as const;
export type OwnValue = (typeof ownValues)[number];

export function isOwnValue(value: unknown): value is OwnValue {
  return (ownValues as readonly unknown[]).includes(value);
}

const settingUnits = ['characters', 'seconds', 'minutes', 'hours', 'days'] as const;
export type SettingUnit = (typeof settingUnits)[number];

export function isSettingUnit(unit: string | undefined): unit is SettingUnit {
  return (settingUnits as readonly unknown[]).includes(unit);
}
