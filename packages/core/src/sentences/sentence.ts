/**
 * What the server says in passing (refusals, and the reasons and notes beside them) in the language of whoever reads it. Such a
 * sentence stands in English where it arises, is recorded and stored in English, and is told in another language when it is shown:
 * by a table that has every one of them. A test reads the sources and asks for each (tools/sentences).
 *
 * In a table `{1}` stands for what is filled in: names and numbers as they are, a sentence or a word of ours again by the tables.
 */
import { commandTitle } from '../commands/title.ts';
import { commandDefinition, commandNames } from '../commands/catalogue.ts';
import type { Language } from '../languages.ts';
import { permissionCatalogue, permissions } from '../permissions/catalogue.ts';
import { permissionSentence } from '../permissions/sentence.ts';
import { germanSentences, germanWords } from './german/index.ts';
import type { SentenceTable } from './sentence-table.ts';

interface Pattern {
  /** What stands before, between and after the slots. */
  readonly parts: readonly string[];
  readonly told: string;
  /** How much of it is fixed: of several that fit the one that says most counts. */
  readonly weight: number;
}

interface Tables {
  readonly fixed: ReadonlyMap<string, string>;
  readonly patterns: readonly Pattern[];
}

const tables: Readonly<Record<Exclude<Language, 'en'>, Tables>> = {
  de: tablesOf('de', germanSentences, germanWords),
};

function tablesOf(language: Language, sentences: SentenceTable, words: SentenceTable): Tables {
  const entries = Object.entries(sentences);
  return {
    fixed: new Map([
      ...entries,
      ...Object.entries(words),
      ...permissions.map((each) => [permissionCatalogue[each], permissionSentence(each, language)] as const),
      ...commandNames.map((name) => [commandDefinition(name).title, commandTitle(name, language)] as const),
    ]),
    patterns: entries
      .filter(([english]) => /\{\d\}/.test(english))
      .map(([english, told]) => {
        const parts = english.split(/\{\d\}/);
        return { parts, told, weight: parts.join('').length };
      })
      .toSorted((a, b) => b.weight - a.weight),
  };
}

/** Longer ones hold a document of somebody, and no sentence of ours is that long. */
const longest = 4_000;
/** Sentences in sentences in lists in sentences. */
const deepest = 4;

/** @returns the text as it is when it is none of ours, such as what a device says. */
export function inLanguage(text: string, language: Language): string {
  return language === 'en' || text.length > longest ? text : tell(text, tables[language], deepest);
}

function tell(text: string, known: Tables, depth: number): string {
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
