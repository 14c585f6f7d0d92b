/** The command line that generator and coverage share: directories of the schema, oldest first, each as `RELEASE=DIRECTORY`. */
import { basename } from 'node:path';
import type { Release } from './catalogue-of.ts';
import { readSchemaFiles } from './schema-files.ts';

/** What a directory without a name is taken for, in this order. */
const usual = ['18.1', '27.0'];

export function readReleases(words: readonly string[], program: string): Release[] {
  if (words.length === 0) {
    console.error(`usage: node tools/apple-catalogue/${basename(program)} [RELEASE=]DIRECTORY…

Each directory holds a release of github.com/apple/device-management (mdm, declarative, other), oldest first.
Without names they are taken for ${usual.join(' and ')}.`);
    process.exit(2);
  }
  return words.map((word, index) => {
    const named = /^(\d+(?:\.\d+)*)=(.+)$/.exec(word);
    const name = named?.[1] ?? usual[index];
    if (name === undefined) throw new Error(`${word} needs a name: RELEASE=${word}`);
    return { name, files: readSchemaFiles(named?.[2] ?? word) };
  });
}
