/** Holds docs/THREATS.md to the tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSourceFiles } from '../architecture/source-files.ts';
import { testTitles } from '../test-titles.ts';
import { renderPage, unknownIds } from './threat-page.ts';
import { threats } from './threats.ts';

export const pagePath = 'docs/THREATS.md';

export function threatFaults(root: string): string[] {
  const titles = testTitles(readSourceFiles(root));
  const faults = unknownIds(threats, titles);
  if (readFileSync(join(root, pagePath), 'utf8') !== renderPage(threats, titles)) {
    faults.push(
      `${pagePath} does not fit the tests any more: run "node tools/threats/write.ts" and commit it`,
    );
  }
  return faults;
}
