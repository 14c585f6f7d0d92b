/**
 * What people read. Each area has one file of texts with every language beside the other; the compiler asks for every key in
 * each, `texts.test.ts` for the same slots. Plurals are `key_one` and `key_other`.
 */
import i18next, { type i18n } from 'i18next';
import { createContext, use, useSyncExternalStore } from 'react';
import { shownText } from '../design/plain-text.ts';

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/** What each language calls itself. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

type Plural = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
type KeyOf<Key> = Key extends `${infer Stem}_${Plural}` ? Stem : Key;

export type Slots = Readonly<Record<string, string | number>>;

/** Says a text in the language of the reader. */
export type Say<Key extends string> = (key: Key, slots?: Slots) => string;

export interface Texts<Key extends string> {
  /** In components: draws anew when the language changes. */
  use(): Say<Key>;
  /** Elsewhere, in the language of this moment. */
  say: Say<Key>;
}

export interface DefinedTexts {
  readonly namespace: string;
  readonly languages: Readonly<Record<Language, Readonly<Record<string, string>>>>;
}

/** Every text that has been loaded, for the test that compares the languages. */
export const definedTexts: DefinedTexts[] = [];

const key = 'gatehouse-language';

function preferredLanguage(): Language {
  const kept = typeof localStorage === 'undefined' ? null : localStorage.getItem(key);
  const wanted = [kept, ...(typeof navigator === 'undefined' ? [] : navigator.languages)];
  const found = wanted.map((tag) => languages.find((language) => tag?.toLowerCase().startsWith(language)));
  return found.find((language) => language !== undefined) ?? 'en';
}

function start(): i18n {
  void i18next.init({
    lng: preferredLanguage(),
    fallbackLng: 'en',
    resources: {},
    // React escapes markup; what is put into a sentence must not turn its direction or hide in it either.
    interpolation: { escapeValue: true, escape: shownText },
    initAsync: false,
    returnNull: false,
  });
  if (typeof document !== 'undefined') document.documentElement.lang = i18next.language;
  return i18next;
}
const instance = start();

export const currentLanguage = (): Language => instance.language as Language;

function watchLanguage(changed: () => void): () => void {
  instance.on('languageChanged', changed);
  return () => instance.off('languageChanged', changed);
}

/** For the one component that everything is drawn in: lists have hundreds of texts, and none of them watches by itself. */
export function useWatchedLanguage(): Language {
  return useSyncExternalStore(watchLanguage, currentLanguage);
}

export const LanguageOfPage = createContext<Language>(currentLanguage());

/** In components: drawn anew when it changes. */
export const useLanguage = (): Language => use(LanguageOfPage);

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(key, language);
  document.documentElement.lang = language;
  await instance.changeLanguage(language);
}

export function defineTexts<const En extends Readonly<Record<string, string>>>(
  namespace: string,
  texts: { readonly en: En; readonly de: Readonly<Record<keyof En & string, string>> },
): Texts<KeyOf<keyof En & string>> {
  for (const language of languages) instance.addResourceBundle(language, namespace, texts[language]);
  definedTexts.push({ namespace, languages: texts });
  type Key = KeyOf<keyof En & string>;
  const sayings = new Map<Language, Say<Key>>();
  return {
    use() {
      const language = useLanguage();
      const known = sayings.get(language) ?? sayingIn(language, namespace);
      sayings.set(language, known);
      return known;
    },
    say: (wanted, slots) =>
      instance.getFixedT(null, namespace)(wanted as never, slots as never) as unknown as string,
  };
}

/** The same function for as long as the language is; a text without slots is looked up once, for lists say some in every row. */
function sayingIn<Key extends string>(language: Language, namespace: string): Say<Key> {
  const translate = instance.getFixedT(language, namespace) as unknown as Say<string>;
  const known = new Map<string, string>();
  return (wanted, slots) => {
    if (slots !== undefined) return translate(wanted, slots);
    const text = known.get(wanted) ?? translate(wanted);
    known.set(wanted, text);
    return text;
  };
}
