/** The embedded database: see embedded-postgres.ts. */
export { findPostgresBinaries, type PostgresBinaries } from './binaries.ts';
export {
  type Connection,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
  type UnexpectedExit,
} from './embedded-postgres.ts';
export { findRunningPostgres } from './find-running.ts';
export { type PostgresRelease, releaseOf } from './release.ts';
export { reserveLog } from './reserve-log.ts';
