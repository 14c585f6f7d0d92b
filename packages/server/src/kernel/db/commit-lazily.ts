import { sql } from './sql.ts';

/**
 * The commit of this transaction does not wait for the disk: after a crash of the database server it may not have happened. For
 * what is then simply done again, such as a lease; never for what somebody is told of.
 */
export const commitLazily = sql('commit-lazily', `select set_config('synchronous_commit', 'off', true)`);
