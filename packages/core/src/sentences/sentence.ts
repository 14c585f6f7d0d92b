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
import { retellerOf } from './retell.ts';
import type { SentenceTable } from './sentence-table.ts';

/** Words of other catalogues that sentences quote. */
const quotedIn = (language: Language): SentenceTable =>
  Object.fromEntries([
    ...permissions.map((each) => [permissionCatalogue[each], permissionSentence(each, language)]),
    ...commandNames.map((name) => [commandDefinition(name).title, commandTitle(name, language)]),
  ]);

const retellers: Readonly<Record<Exclude<Language, 'en'>, (text: string) => string>> = {
  de: retellerOf(germanSentences, { ...germanWords, ...quotedIn('de') }),
};

/** @returns the text as it is when it is none of ours, such as what a device says. */
export function inLanguage(text: string, language: Language): string {
  return language === 'en' ? text : retellers[language](text);
}
