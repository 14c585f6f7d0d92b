/** Holds docs/protocols/apple-catalogue.md to the catalogue. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderPage } from './catalogue-page.ts';

export const pagePath = 'docs/protocols/apple-catalogue.md';

export function catalogueFaults(root: string): string[] {
  return readFileSync(join(root, pagePath), 'utf8') === renderPage()
    ? []
    : [
        `${pagePath} does not fit the catalogue any more: run "node tools/apple-catalogue/write.ts" and commit it`,
      ];
}
