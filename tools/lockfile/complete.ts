/** Adds the platform packages that npm left out; run it after every `npm install` that changed the lockfile. */
import { readFileSync, writeFileSync } from 'node:fs';
import { type Lockfile, missingPlatformPackages } from './lockfile.ts';

const file = new URL('../../package-lock.json', import.meta.url);
const lockfile = JSON.parse(readFileSync(file, 'utf8')) as Lockfile;
const missing = missingPlatformPackages(lockfile);
Object.assign(lockfile.packages, missing);
const sorted = Object.entries(lockfile.packages).sort(([a], [b]) => (a < b ? -1 : 1));
lockfile.packages = Object.fromEntries(sorted);
writeFileSync(file, `${JSON.stringify(lockfile, null, 2)}\n`);
console.log(`${Object.keys(missing).length} platform packages added`);
