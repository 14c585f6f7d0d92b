// The catalogue of settings for people and programs that edit policies.
import { languages } from '@gatehouse/core/languages.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { settingDefinition, type SettingName, settingNames } from '@gatehouse/core/settings/catalogue.ts';
import {
  mergeRule,
  plainSupport,
  type SettingSupport,
  strongestSupport,
} from '@gatehouse/core/settings/support.ts';
import { settingWords } from '@gatehouse/core/settings/wording.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';

export interface SettingSupportDeps {
  /** What platforms put in force by themselves: they stand to our right, so they tell. */
  readonly settingSupport: (name: SettingName) => readonly SettingSupport[];
}

export function describeSettings(deps: SettingSupportDeps, principal: TenantPrincipal) {
  requirePermission(principal, 'policies.read');
  return {
    settings: settingNames.map((name) => {
      const { shape, unit, default: otherwise, aggregation } = settingDefinition(name);
      return {
        name,
        area: name.slice(0, name.indexOf('.')),
        shape,
        unit: unit ?? null,
        default: otherwise ?? null,
        merge: mergeRule(name),
        aggregation,
        words: Object.fromEntries(languages.map((language) => [language, settingWords(name, language)])),
        support: strongestSupport([...plainSupport(name), ...deps.settingSupport(name)]),
      };
    }),
  };
}
