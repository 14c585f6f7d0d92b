/** Writes docs/THREATS.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSourceFiles } from '../architecture/source-files.ts';
import { testTitles } from '../test-titles.ts';
import { pagePath } from './check.ts';
import { renderPage } from './threat-page.ts';
import { threats } from './threats.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
writeFileSync(join(root, pagePath), renderPage(threats, testTitles(readSourceFiles(root))));
