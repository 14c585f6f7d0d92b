/**
 * Room for PostgreSQL's log in advance. When a disk is full a statement that needs room fails and nothing else happens, but a
 * log that cannot grow stops the whole database, reading included. PostgreSQL keeps finished files of its log for use again, up
 * to `min_wal_size`; a new cluster has none yet, so a few are finished at once. From then on they are renamed, never made.
 */
import type pg from 'pg';

/** Of 16 MiB: about the default `min_wal_size`. */
const files = 5;

/** @param client as the superuser */
export async function reserveLog(client: pg.Client): Promise<void> {
  for (let file = 0; file < files; file += 1) {
    // A file in which nothing was written since the last switch is not finished by another one.
    await client.query(`select pg_logical_emit_message(false, 'gatehouse', 'room')`);
    await client.query('select pg_switch_wal()');
  }
  await client.query('checkpoint');
}
