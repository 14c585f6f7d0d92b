import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const dist = join(import.meta.dirname, '../dist');

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
const sizes = new Map<string, number>();

function kibibytes(files: Iterable<string>): number {
  let sum = 0;
  for (const file of files) {
    const known = sizes.get(file) ?? gzipSync(readFileSync(join(dist, file))).length;
    sizes.set(file, known);
    sum += known;
  }
  return Math.round(sum / 102.4) / 10;
}

/** Everything that is loaded with a chunk, what it imports included. */
function filesOf(name: string, seen = new Set<string>(), files = new Set<string>()): Set<string> {
  const chunk = manifest[name];
  if (chunk === undefined || seen.has(name)) return files;
  seen.add(name);
  files.add(chunk.file);
  for (const file of chunk.css ?? []) files.add(file);
  for (const imported of chunk.imports ?? []) filesOf(imported, seen, files);
  return files;
}

for (const entry of ['console/index.html', 'my/index.html']) {
  test(`the first page of ${entry} takes at most 350 KiB over the wire, each further one at most 90`, (t) => {
    const first = filesOf(entry);
    t.diagnostic(`${entry}: ${kibibytes(first)} KiB`);
    assert.ok(kibibytes(first) <= 350, `${kibibytes(first)} KiB`);
    const seen = new Set<string>();
    /** What comes with each further part, beyond all that was loaded on the way to it. */
    const follow = (name: string, loaded: ReadonlySet<string>) => {
      const chunk = manifest[name];
      for (const next of chunk?.imports ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        follow(next, loaded);
      }
      for (const next of chunk?.dynamicImports ?? []) {
        const files = filesOf(next);
        const more = kibibytes([...files].filter((file) => !loaded.has(file)));
        assert.ok(more <= 90, `${next}: ${more} KiB more`);
        if (seen.has(next)) continue;
        seen.add(next);
        follow(next, new Set([...loaded, ...files]));
      }
    };
    follow(entry, first);
    assert.ok(seen.size > 1);
  });
}
