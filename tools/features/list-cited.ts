/** Prints the capabilities that tests cite by id while docs/FEATURES.md says "not yet": rows to look at again. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSourceFiles } from '../architecture/source-files.ts';
import { testTitles } from '../test-titles.ts';
import { readTable } from './feature-table.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const titles = testTitles(readSourceFiles(root));
for (const { id, state } of readTable(readFileSync(`${root}/docs/FEATURES.md`, 'utf8'))) {
  if (state !== 'not yet') continue;
  const citing = titles.filter(({ title }) => title.includes(id));
  for (const { path, title } of citing) console.log(`${id}  \`${path}\` › ${title}`);
}
