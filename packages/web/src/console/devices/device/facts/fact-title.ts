/** What people call a fact, and where it belongs. */
import type { Fact } from '@gatehouse/contracts/admin/devices.ts';
import { isFactName } from '@gatehouse/core/facts/catalogue.ts';
import { type FactArea, factAreas, factWords } from '@gatehouse/core/portal/fact-words.ts';
import { currentLanguage } from '../../../../language/texts.ts';
import { factValueText } from '../fact-value.ts';

export function factTitle(name: string): string {
  return isFactName(name) ? factWords(name, currentLanguage()).text : name;
}

/** Facts by area, those that match: by what people call them, by name, or by value. */
export function factsByArea(
  facts: readonly Fact[],
  wanted: string,
): readonly { readonly area: FactArea; readonly facts: readonly Fact[] }[] {
  const text = wanted.trim().toLowerCase();
  const matching = facts.filter(({ name, value, unit }) =>
    [name, factTitle(name), factValueText(value, unit)].some((each) => each.toLowerCase().includes(text)),
  );
  const areaOf = ({ name }: Fact): FactArea =>
    isFactName(name) ? factWords(name, currentLanguage()).area : 'identity';
  return factAreas.flatMap((area) => {
    const inArea = matching.filter((fact) => areaOf(fact) === area);
    return inArea.length === 0 ? [] : [{ area, facts: inArea }];
  });
}
