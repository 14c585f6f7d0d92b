/** The languages in which people are spoken to. One that is listed here is complete: the compiler asks for every text of it. */

export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];

/**
 * The first wish that can be met, by its tag or by the language in it ("de-AT" is met by "de"); English if none can.
 * @param wishes BCP 47 tags, best first; null and undefined say nothing.
 */
export function languageFor(...wishes: readonly (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    const main = wish?.split(/[-_]/)[0]?.toLowerCase();
    const found = languages.find((language) => language === main);
    if (found !== undefined) return found;
  }
  return 'en';
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
