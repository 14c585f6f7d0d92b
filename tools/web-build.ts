// Builds console and portal when what they are made of has changed since the last time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const web = join(root, 'packages/web');
const stamp = join(web, 'dist/.built-from');
const sources = [
  'package-lock.json',
  'packages/web/{package.json,vite.config.ts,console/index.html,my/index.html}',
  'packages/web/src/**/*',
  'packages/{core,contracts}/src/**/*.ts',
];

/** Takes milliseconds when there is nothing to do. @throws if the pages cannot be built, with what Vite says */
export function buildWeb(): void {
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Building the pages (only after they changed) …');
  const began = Date.now();
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  // Beside the one in use, which stays whole until the new one is.
  const fresh = join(web, `.build-${process.pid}`);
  try {
    const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'error', '--outDir', fresh], {
      cwd: web,
      stdio: ['ignore', 2, 2],
    });
    if (built.status !== 0) throw new Error('the pages could not be built; the reason stands above');
    writeFileSync(join(fresh, '.built-from'), wanted);
    const before = join(web, `.before-${process.pid}`);
    if (existsSync(join(web, 'dist'))) renameSync(join(web, 'dist'), before);
    renameSync(fresh, join(web, 'dist'));
    rmSync(before, { recursive: true, force: true });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  console.error(`Pages built in ${Math.round((Date.now() - began) / 1000)} s.`);
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const files = sources
    .flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildWeb();
