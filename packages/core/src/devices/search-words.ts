/**
 * The words that people look for devices by, in the form in which names are stored for it: without regard to case, accents and
 * the kind of apostrophe. The database makes the same of names (`gh.search_key`).
 */

/** More would be no narrower. */
const mostWords = 8;

export function searchKey(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[’‘ʼ`´]/g, "'");
}

/** What stands in quotes is one word. */
export function searchWords(text: string): readonly string[] {
  const words = [...text.matchAll(/"([^"]*)"?|(\S+)/g)].map(([, phrase, word]) =>
    (phrase ?? word ?? '').trim(),
  );
  return [...new Set(words.filter((word) => word !== ''))].slice(0, mostWords);
}
