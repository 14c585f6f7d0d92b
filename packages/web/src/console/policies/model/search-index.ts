/** Everything that can be set, to search in while somebody types: built once, asked at each key. */
import { plainWords, wordsLike } from './everyday-words.ts';

export interface Findable {
  /** Unique. */
  readonly id: string;
  readonly group: string;
  readonly title: string;
  /** What the platform calls it. */
  readonly key: string;
  readonly words: string;
}

interface Entry {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly key: string;
  readonly rest: string;
  /** All three: a word that is not in it is in none of them, and most words are in few entries. */
  readonly all: string;
}

export interface SearchIndex {
  /** Ids by how well they fit, best first. An empty question finds nothing. */
  find(question: string, most?: number): readonly string[];
  readonly size: number;
}

export function buildIndex(items: readonly Findable[]): SearchIndex {
  const entries = items.map(({ id, group, title, key, words }): Entry => {
    const parts = {
      title: ` ${plainWords(title)}`,
      key: ` ${plainWords(key)} ${plainWords(key.replace(/([a-z\d])([A-Z])/g, '$1 $2'))}`,
      rest: ` ${plainWords(words)}`,
    };
    return { id, group, ...parts, all: `${parts.title}\n${parts.key}\n${parts.rest}` };
  });
  return {
    size: entries.length,
    find(question, most = 400) {
      const tokens = plainWords(question).split(' ').filter(Boolean).slice(0, 8).map(wordsLike);
      if (tokens.length === 0) return [];
      const found: { readonly id: string; readonly score: number; readonly place: number }[] = [];
      entries.forEach((entry, place) => {
        const score = scoreOf(entry, tokens);
        if (score > 0) found.push({ id: entry.id, score, place });
      });
      return found
        .sort((a, b) => b.score - a.score || a.place - b.place)
        .slice(0, most)
        .map(({ id }) => id);
    },
  };
}

/** Every word must be somewhere; 0: one is nowhere. */
function scoreOf(entry: Entry, tokens: readonly (readonly string[])[]): number {
  let sum = 0;
  for (const alternatives of tokens) {
    let best = 0;
    for (let index = 0; index < alternatives.length; index++) {
      const word = alternatives[index] ?? '';
      const found = scoreOfWord(entry, word);
      // What somebody typed goes before what means the same, wherever either stands.
      const weight = index === 0 ? found : found / 2 - 1;
      if (weight > best) best = weight;
      if (best >= 12) break;
    }
    if (best <= 0) return 0;
    sum += best;
  }
  return sum;
}

function scoreOfWord({ title, key, rest, all }: Entry, word: string): number {
  if (!all.includes(word)) return 0;
  if (title.includes(` ${word}`)) return 12;
  if (key.includes(` ${word}`)) return 10;
  if (title.includes(word)) return 8;
  if (rest.includes(` ${word}`)) return 6;
  // In the middle of a word short ones are everywhere.
  if (word.length < 3) return 0;
  return key.includes(word) ? 5 : rest.includes(word) ? 3 : 0;
}
