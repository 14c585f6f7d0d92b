// Which language a visitor gets, and the words in it. The page is in the first language of theirs that is complete here; the
// language that they would like best is kept apart, because the terms may be written in it.
import { type Language, languages as spoken } from '@gatehouse/core/languages.ts';
import { de } from './de.ts';
import { en } from './en.ts';

export type TextKey = keyof typeof en;
type Texts = { readonly [Key in TextKey]: string };

const languages: Readonly<Record<Language, Texts>> = { en, de };

export interface Speech {
  /** BCP 47, for the `lang` attribute. */
  readonly tag: string;
  say(key: TextKey, values?: Readonly<Record<string, string | number>>): string;
  /** Whether there is such a text, for keys made of what was refused. */
  knows(key: string): key is TextKey;
}

export function speechFor(preferred: readonly string[]): Speech {
  const tags = preferred.flatMap((each) => [each, each.split('-')[0] ?? each]);
  const tag = tags.flatMap((each) => spoken.find((language) => language === each) ?? []).at(0) ?? 'en';
  const texts = languages[tag];
  return {
    tag,
    say: (key, values = {}) =>
      texts[key].replaceAll(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? '')),
    knows: (key): key is TextKey => Object.hasOwn(texts, key),
  };
}
