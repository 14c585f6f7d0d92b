/** From the fields of the page to what the server takes: an emptied field takes the value away. */
import type { Branding, BrandingChanges } from '@gatehouse/contracts/admin/branding.ts';

type Texts = Branding['texts'];
export type Place = 'enrolment' | 'portal' | 'mail';

export function toBrandingChanges({ name, accent, texts }: Partial<Branding>): BrandingChanges {
  return {
    ...(name === undefined ? {} : { name: name.trim() === '' ? null : name.trim() }),
    ...(accent === undefined ? {} : { accent: accent === '' ? null : accent }),
    ...(texts === undefined ? {} : { texts }),
  };
}

/** Languages in which nothing is said are not there at all. */
export function withWords(texts: Texts, language: keyof Texts, place: Place, words: string): Texts {
  const { [place]: _, ...others } = texts[language] ?? {};
  const said = words === '' ? others : { ...others, [place]: words };
  const { [language]: __, ...rest } = texts;
  return Object.keys(said).length === 0 ? rest : { ...rest, [language]: said };
}
