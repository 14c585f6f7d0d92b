/** Writes the tables of docs/protocols/apple.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pagePath, withTables } from './check.ts';

const page = join(fileURLToPath(new URL('../..', import.meta.url)), pagePath);
writeFileSync(page, withTables(readFileSync(page, 'utf8')));
