/** Writes docs/protocols/apple-catalogue.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderPage } from './catalogue-page.ts';
import { pagePath } from './check.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
writeFileSync(join(root, pagePath), renderPage());
