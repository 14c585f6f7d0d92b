/** Proves that the committed catalogue holds every key and attribute of Apple's schema, or says what it does not. */
import { families } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { familyData } from '@gatehouse/protocols/apple-mdm/catalogue/family-data.ts';
import { leftOut } from './attributes.ts';
import { coverageOf } from './coverage-of.ts';
import { readReleases } from './releases.ts';

const releases = readReleases(process.argv.slice(2), import.meta.filename);
const coverage = coverageOf(releases, families.map(familyData));
const { files, keys, attributes, superseded, inexpressible, missing } = coverage;

console.log(`releases         ${releases.map(({ name }) => name).join(', ')}`);
console.log(`files            ${files}`);
console.log(`keys             ${keys}`);
console.log(`attributes       ${attributes} found, ${superseded} said anew by a later release`);
console.log('left out on purpose');
for (const [name, count] of [...coverage.leftOut].sort((a, b) => b[1] - a[1])) {
  console.log(`  ${name.padEnd(14)} ${String(count).padStart(5)}  ${leftOut[name]}`);
}
for (const what of inexpressible) console.log(`not expressible  ${what}`);
for (const what of missing) console.log(`missing          ${what}`);
const share = (100 * attributes) / (attributes + missing.length);
console.log(`not expressible  ${inexpressible.length}`);
console.log(`missing          ${missing.length}`);
console.log(`coverage         ${missing.length === 0 ? '100' : share.toFixed(2)} %`);
if (missing.length > 0) process.exitCode = 1;
