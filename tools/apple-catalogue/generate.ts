/** Writes packages/protocols/src/apple-mdm/catalogue/data from Apple's schema. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogueOf, renderFamily } from './catalogue-of.ts';
import { readReleases } from './releases.ts';

const data = new URL('../../packages/protocols/src/apple-mdm/catalogue/data/', import.meta.url);
const { families, inexpressible } = catalogueOf(readReleases(process.argv.slice(2), import.meta.filename));
let total = 0;
for (const family of families) {
  const text = renderFamily(family);
  total += text.length;
  writeFileSync(new URL(`${family.family}.json`, data), text);
  console.log(
    `${family.family.padEnd(14)} ${String(family.types.length).padStart(4)} types ${String(text.length).padStart(8)} bytes`,
  );
}
console.log(`${total} bytes in ${fileURLToPath(data)}`);
for (const what of inexpressible) console.log(`not expressible: ${what}`);
console.log(`${inexpressible.length} not expressible`);
