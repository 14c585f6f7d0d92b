// Which language a visitor gets, and the words in it. The page is in the first language of theirs that is complete here; the
// language that they would like best is kept apart, because the terms may be written in it.
import { en } from './en.ts';

export type TextKey = keyof typeof en;
type Texts = { readonly [Key in TextKey]: string };

const languages: Readonly<Record<string, Texts>> = { en };

export interface Speech {
  /** BCP 47, for the `lang` attribute. */
  readonly tag: string;
  say(key: TextKey, values?: Readonly<Record<string, string | number>>): string;
  /** Whether there is such a text, for keys made of what was refused. */
  knows(key: string): key is TextKey;
}

/** Languages by preference (RFC 9110 section 12.5.4), at most ten; whatever is malformed is passed over. */
export function preferredLanguages(header: string | undefined): string[] {
  return (header ?? '')
    .slice(0, 500)
    .split(',')
    .slice(0, 10)
    .flatMap((part, place) => {
      const match =
        /^\s*([A-Za-z]{2,3})(?:-([A-Za-z]{2}))?(?:-[A-Za-z0-9]+)*\s*(?:;\s*q=([01](?:\.\d{1,3})?))?\s*$/.exec(
          part,
        );
      if (match === null) return [];
      const [, language = '', region, quality = '1'] = match;
      const tag =
        region === undefined ? language.toLowerCase() : `${language.toLowerCase()}-${region.toUpperCase()}`;
      return [{ tag, quality: Number(quality), place }];
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.place - b.place)
    .map(({ tag }) => tag);
}

export function speechFor(preferred: readonly string[]): Speech {
  const tag =
    preferred
      .flatMap((each) => [each, each.split('-')[0] ?? each])
      .find((each) => Object.hasOwn(languages, each)) ?? 'en';
  const texts = languages[tag] ?? en;
  return {
    tag,
    say: (key, values = {}) =>
      texts[key].replaceAll(/\{(\w+)\}/g, (_all, name: string) => String(values[name] ?? '')),
    knows: (key): key is TextKey => Object.hasOwn(texts, key),
  };
}
