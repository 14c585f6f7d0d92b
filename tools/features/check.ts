/** Holds docs/FEATURES.md to the inventory and to the tests that exist. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSourceFiles } from '../architecture/source-files.ts';
import { testTitles } from '../test-titles.ts';
import { readTable, summaryFaults, tableFaults } from './feature-table.ts';
import { inventory } from './inventory.ts';

export function featureFaults(root: string): string[] {
  const markdown = readFileSync(join(root, 'docs/FEATURES.md'), 'utf8');
  const rows = readTable(markdown);
  return [
    ...tableFaults(rows, inventory, testTitles(readSourceFiles(root))),
    ...summaryFaults(markdown, rows, inventory),
  ];
}
