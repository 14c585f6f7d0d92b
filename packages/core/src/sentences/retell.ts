/** Finds a sentence in a table of another language, with what was filled into it. */
import type { SentenceTable } from './sentence-table.ts';

interface Pattern {
  /** What stands before, between and after the slots. */
  readonly parts: readonly string[];
  readonly told: string;
  /** How much of it is fixed: of several that fit the one that says most counts. */
  readonly weight: number;
}

interface Known {
  readonly fixed: ReadonlyMap<string, string>;
  readonly patterns: readonly Pattern[];
}

/** Longer ones hold a document of somebody, and no sentence of ours is that long. */
const longest = 4_000;
/** Sentences in sentences in lists in sentences. */
const deepest = 4;

/**
 * @param words filled into sentences as they are.
 * @returns tells a text in the table's language; as it is when the table does not have it, such as what a device says.
 */
export function retellerOf(sentences: SentenceTable, words: SentenceTable = {}): (text: string) => string {
  const entries = Object.entries(sentences);
  const known: Known = {
    fixed: new Map([...entries, ...Object.entries(words)]),
    patterns: entries
      .filter(([english]) => /\{\d\}/.test(english))
      .map(([english, told]) => {
        const parts = english.split(/\{\d\}/);
        return { parts, told, weight: parts.join('').length };
      })
      .toSorted((a, b) => b.weight - a.weight),
  };
  return (text) => (text.length > longest ? text : tell(text, known, deepest));
}

function tell(text: string, known: Known, depth: number): string {
  const fixed = known.fixed.get(text);
  if (fixed !== undefined) return fixed;
  if (depth === 0) return text;
  for (const { parts, told } of known.patterns) {
    const values = fill(text, parts);
    if (values === undefined) continue;
    return told.replaceAll(/\{(\d)\}/g, (_slot, place: string) =>
      tell(values[Number(place) - 1] ?? '', known, depth - 1),
    );
  }
  if (text.includes('; ')) {
    return text
      .split('; ')
      .map((each) => tell(each, known, depth - 1))
      .join('; ');
  }
  // A phrase that another sentence closes has its full stop from there.
  return text.endsWith('.') ? closed(tell(text.slice(0, -1), known, 1)) : text;
}

const closed = (text: string): string => (/[.?!]$/.test(text) ? text : `${text}.`);

/** @returns what stands in the slots; undefined when the text is another. Looks at each character once. */
function fill(text: string, parts: readonly string[]): readonly string[] | undefined {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return;
  const end = text.length - last.length;
  const values: string[] = [];
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const next = text.indexOf(part, at);
    if (next < 0 || next + part.length > end) return;
    values.push(text.slice(at, next));
    at = next + part.length;
  }
  return [...values, text.slice(at, end)];
}
