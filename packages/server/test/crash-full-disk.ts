// A disk that can be filled to the last byte and emptied again: a small tmpfs of our own. Where nothing may be mounted, the
// database is made to refuse every write with the error that a full disk gives.
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { databaseSocketOf } from './crash-processes.ts';

export interface SmallDisk {
  readonly path: string;
  fill(): Promise<void>;
  /** Gives back what `fill` took. */
  relieve(): Promise<void>;
  remove(): void;
}

/** Undefined where this user may not mount anything. */
export function mountSmallDisk(mebibytes: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0755`, 'tmpfs', path]);
  if (mounted.status !== 0) {
    rmSync(path, { recursive: true });
    return undefined;
  }
  const ballast = join(path, 'ballast');
  return {
    path,
    async fill() {
      const file = openSync(ballast, 'a');
      try {
        for (const size of [1024 * 1024, 4096]) fillBy(file, Buffer.alloc(size, 1));
      } finally {
        closeSync(file);
      }
    },
    async relieve() {
      rmSync(ballast, { force: true });
    },
    remove() {
      rmSync(ballast, { force: true });
      // Lazily: whatever still has a file open there must not keep the rest from being cleared away.
      spawnSync('umount', ['-l', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function fillBy(file: number, block: Buffer): void {
  try {
    for (;;) writeSync(file, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

async function asSuperuser(dataDirectory: string, ...statements: string[]): Promise<void> {
  const host = databaseSocketOf(dataDirectory);
  const client = new pg.Client({ host, port: 5432, user: 'gatehouse', database: 'gatehouse' });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Makes the database's log longer, as time does, without a byte for any table. Its files are of 16 MiB. */
export async function lengthenLog(dataDirectory: string, mebibytes: number): Promise<void> {
  const message = `select pg_logical_emit_message(false, 'test', repeat(md5(random()::text), 32768))`;
  await asSuperuser(dataDirectory, ...Array.from({ length: mebibytes }, () => message));
}

/** An ordinary directory whose database says that the disk is full. */
export function pretendSmallDisk(): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-disk-'));
  const eachTable = (statement: string) => `
    do $$ declare t text; begin
      for t in select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'gh' loop
        execute ${statement};
      end loop;
    end $$`;
  const dataDirectory = join(path, 'data');
  return {
    path,
    fill: () =>
      asSuperuser(
        dataDirectory,
        `create function gh.full_disk() returns trigger language plpgsql
         as $$ begin raise exception 'No space left on device' using errcode = '53100'; end $$`,
        eachTable(
          `format('create trigger full_disk before insert or update on %s execute function gh.full_disk()', t)`,
        ),
      ),
    relieve: () => asSuperuser(dataDirectory, 'drop function gh.full_disk() cascade'),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
