/** Everything that a suite can set, and what Apple’s schema has beyond it: as fields, as a tree and as an index, built once. */
import type { ApplePayloads, PolicySetting } from '@gatehouse/contracts/admin/policy-catalogue.ts';
import { useMemo } from 'react';
import { useRead } from '../../../api/hooks.ts';
import { describePolicySettings, listApplePayloads } from '../../../api/operations/policies.ts';
import type { ApiProblem } from '../../../api/problem.ts';
import { currentLanguage } from '../../../language/texts.ts';
import { useMay } from '../../../session/session.ts';
import { type Field, humanized } from '../model/field.ts';
import { fieldsOfSettings } from '../model/from-settings.ts';
import { buildIndex, type Findable, type SearchIndex } from '../model/search-index.ts';
import type { TreeGroup } from '../model/tree.ts';
import { type PolicyTextKey, policyTexts } from '../texts.ts';

export interface AppleKeyRef {
  readonly type: string;
  readonly form: 'payload' | 'declaration';
  readonly path: string;
  readonly title: string;
  readonly payloadTitle: string;
}

export interface SettingsCatalogue {
  readonly fields: ReadonlyMap<string, Field>;
  readonly groups: readonly TreeGroup[];
  readonly index: SearchIndex;
  /** Keys that go to devices as resources. */
  readonly apple: ReadonlyMap<string, AppleKeyRef>;
}

export function useSettingsCatalogue(): {
  readonly catalogue: SettingsCatalogue | undefined;
  readonly error: ApiProblem | null;
  readonly retry: () => void;
} {
  const t = policyTexts.use();
  const may = useMay();
  const settings = useRead(describePolicySettings, {});
  const apple = useRead(listApplePayloads, {}, { enabled: may('resources.read') });
  const rows = settings.data?.settings;
  const payloads = apple.data?.payloads;
  const catalogue = useMemo(
    () => (rows === undefined ? undefined : buildCatalogue(rows, payloads ?? [], t)),
    // `t` is another one in another language.
    [rows, payloads, t],
  );
  return { catalogue, error: settings.error, retry: () => void settings.refetch() };
}

function buildCatalogue(
  rows: readonly PolicySetting[],
  payloads: ApplePayloads['payloads'],
  t: ReturnType<typeof policyTexts.use>,
): SettingsCatalogue {
  const language = currentLanguage();
  const fields = fieldsOfSettings(rows, language);
  const areas = [...new Set(fields.map(({ group }) => group))];
  const findable: Findable[] = fields.map((field) => ({
    id: field.name,
    group: field.group,
    title: field.title,
    key: [field.name, ...(field.support ?? []).flatMap(({ key }) => key ?? [])].join(' '),
    words: `${field.words} ${t(`area_${field.group}` as PolicyTextKey)}`,
  }));
  const apple = new Map<string, AppleKeyRef>();
  const groups: TreeGroup[] = areas.map((area) => ({
    id: area,
    title: t(`area_${area}` as PolicyTextKey),
    keys: fields.filter(({ group }) => group === area).map(({ name }) => name),
  }));
  const sorted = payloads.toSorted((a, b) => a.title[language].localeCompare(b.title[language], language));
  for (const { type, form, title, keys } of sorted) {
    const group = `apple/${type}`;
    for (const path of keys) {
      const id = `${group}/${path}`;
      const last = path.slice(path.lastIndexOf('.') + 1);
      apple.set(id, { type, form, path, title: humanized(last), payloadTitle: title[language] });
      findable.push({
        id,
        group,
        title: humanized(last),
        key: path,
        words: `${title.en} ${title.de} ${type}`,
      });
    }
    groups.push({
      id: group,
      title: t('group_apple', { title: title[language] }),
      keys: keys.map((path) => `${group}/${path}`),
    });
  }
  return {
    fields: new Map(fields.map((field) => [field.name, field])),
    groups,
    index: buildIndex(findable),
    apple,
  };
}
