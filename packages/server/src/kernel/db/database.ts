// The only way to the database. A query handle exists only inside withTenant (bound to one tenant by row-level security)
// or withSystem (for one of the listed reasons), so a query without a tenant cannot be written.
import pg from 'pg';
import { assertBoundRole } from './roles.ts';
import { connectAs, type DatabaseAddress } from './address.ts';
import { translateDatabaseError } from './errors.ts';
import type { Sql, TenantStatement } from './sql.ts';
import type { SystemReason } from './system-reasons.ts';

declare const brand: unique symbol;

interface Queryable {
  /** Runs one statement. Statements of one transaction may be sent without awaiting the one before: they pipeline. */
  query<Row>(statement: Sql, values?: readonly unknown[]): Promise<Row[]>;
  /** The first row, or undefined. */
  one<Row>(statement: Sql, values?: readonly unknown[]): Promise<Row | undefined>;
  /** The number of rows that the statement changed. */
  run(statement: Sql, values?: readonly unknown[]): Promise<number>;
  /** Runs after COMMIT, never after a rollback. For waking others, not for work that must not be lost. */
  afterCommit(hook: () => void): void;
}

/** A transaction inside one tenant. */
export interface TenantTx extends Queryable {
  readonly [brand]: 'tenant';
  readonly organizationId: string;
}

/** A transaction across tenants, for one listed reason. */
export interface SystemTx extends Queryable {
  readonly [brand]: 'system';
  readonly reason: SystemReason;
}

export interface Database {
  withTenant<T>(
    organizationId: string,
    work: (tx: TenantTx) => Promise<T>,
    options?: { readOnly?: boolean },
  ): Promise<T>;
  withSystem<T>(reason: SystemReason, work: (tx: SystemTx) => Promise<T>): Promise<T>;
  /** One round trip: see {@link TenantStatement}. `values` start at `$2`. */
  tenantQuery<Row>(
    organizationId: string,
    statement: TenantStatement,
    values?: readonly unknown[],
  ): Promise<Row[]>;
  /** Answers when both pools can reach the server; rejects otherwise. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Connections for work inside tenants. */
  readonly poolSize?: number;
  readonly onError?: (error: Error) => void;
}

export async function openDatabase(
  address: DatabaseAddress,
  options: DatabaseOptions = {},
): Promise<Database> {
  const onError = options.onError ?? (() => undefined);
  const pool = (role: 'gh_app' | 'gh_system', max: number) => {
    const made = new pg.Pool({
      ...connectAs(address, role),
      max,
      pipeline: true,
      idleTimeoutMillis: 60_000,
      connectionTimeoutMillis: 5_000,
    });
    made.on('error', onError);
    // A connection that breaks while it is lent out tells nobody but itself, and an error that nobody hears ends the process.
    // Whoever has borrowed it learns of it from the query.
    made.on('connect', (client) => client.on('error', () => undefined));
    return made;
  };
  const app = pool('gh_app', options.poolSize ?? 12);
  const system = pool('gh_system', 4);
  for (const each of [app, system]) {
    const client = await each.connect();
    try {
      await assertBoundRole(client);
    } finally {
      client.release();
    }
  }
  return new PooledDatabase(app, system);
}

class PooledDatabase implements Database {
  readonly #app: pg.Pool;
  readonly #system: pg.Pool;

  constructor(app: pg.Pool, system: pg.Pool) {
    this.#app = app;
    this.#system = system;
  }

  withTenant<T>(
    organizationId: string,
    work: (tx: TenantTx) => Promise<T>,
    options?: { readOnly?: boolean },
  ): Promise<T> {
    const begin = options?.readOnly === true ? 'begin read only' : 'begin';
    return transaction(
      this.#app,
      (client) => [
        client.query(begin),
        client.query({
          name: 'set-tenant',
          text: `select set_config('gh.org', $1, true)`,
          values: [organizationId],
        }),
      ],
      (tx) => work(Object.assign(tx, { organizationId }) as unknown as TenantTx),
    );
  }

  withSystem<T>(reason: SystemReason, work: (tx: SystemTx) => Promise<T>): Promise<T> {
    return transaction(
      this.#system,
      (client) => [client.query('begin')],
      (tx) => work(Object.assign(tx, { reason }) as unknown as SystemTx),
    );
  }

  async tenantQuery<Row>(
    organizationId: string,
    statement: TenantStatement,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    try {
      const result = await this.#app.query({
        name: statement.name,
        text: statement.text,
        values: [organizationId, ...values],
      });
      return result.rows as Row[];
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  async ping(): Promise<void> {
    try {
      await Promise.all([this.#app.query('select 1'), this.#system.query('select 1')]);
    } catch (error) {
      throw translateDatabaseError(error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#app.end(), this.#system.end()]);
  }
}

/**
 * Work inside one tenant of a transaction that its owner opened, with the tenant set. For restoring a backup alone, which
 * fills all tenants in one transaction; after-commit hooks do not run, because no server is listening then.
 */
export async function insideOpenTransaction<T>(
  client: pg.ClientBase,
  organizationId: string,
  work: (tx: TenantTx) => Promise<T>,
): Promise<T> {
  const tx = new Transaction(client);
  const result = await work(Object.assign(tx, { organizationId }) as unknown as TenantTx);
  await tx.settled();
  return result;
}

const gathering = new WeakSet<object>();

/**
 * What is sent in one turn leaves in one system call, which costs more than the statements that it carries: a transaction's opening
 * and its first statements, and whatever is sent side by side.
 */
function gatherWrites(client: pg.ClientBase): void {
  const { stream } = (client as pg.Client).connection;
  if (gathering.has(stream)) return;
  gathering.add(stream);
  stream.cork();
  process.nextTick(() => {
    gathering.delete(stream);
    stream.uncork();
  });
}

/** Deadlocks and serialization failures are nobody's fault: the whole transaction is tried again. */
const attempts = 3;

async function transaction<T>(
  pool: pg.Pool,
  open: (client: pg.PoolClient) => Promise<unknown>[],
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw translateDatabaseError(error);
    }
    const tx = new Transaction(client);
    let broken: Error | undefined;
    let opening: Promise<unknown> = Promise.resolve();
    try {
      gatherWrites(client);
      opening = Promise.all(open(client));
      // Not awaited before the work begins: BEGIN, the tenant and the first statement travel together.
      opening.catch(() => undefined);
      const result = await work(tx);
      await opening;
      await tx.settled();
      const committed = await client.query('commit');
      // PostgreSQL answers ROLLBACK to the COMMIT of a failed transaction; an unawaited error must not look like success.
      if (committed.command !== 'COMMIT') throw tx.failure ?? new Error('The transaction was rolled back');
      tx.committed();
      return result;
    } catch (thrown) {
      await tx.settled().catch(() => undefined);
      // What the work saw without a transaction and a tenant was nothing; why it had none is the error.
      const error: unknown = await opening.then(
        () => thrown,
        (reason: unknown) => reason,
      );
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError;
      });
      const code = (error as { code?: unknown }).code;
      if (attempt < attempts && (code === '40001' || code === '40P01')) continue;
      throw translateDatabaseError(error);
    } finally {
      client.release(broken);
    }
  }
}

class Transaction implements Queryable {
  readonly #client: pg.ClientBase;
  readonly #pending = new Set<Promise<unknown>>();
  readonly #hooks: (() => void)[] = [];
  failure: Error | undefined;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  async #send(statement: Sql, values: readonly unknown[]): Promise<pg.QueryResult> {
    let sent: Promise<pg.QueryResult> | undefined;
    gatherWrites(this.#client);
    try {
      sent = this.#client.query({
        name: statement.name,
        text: statement.text,
        values: values as unknown[],
      });
      this.#pending.add(sent);
      return await sent;
    } catch (error) {
      this.failure ??= error as Error;
      throw error;
    } finally {
      if (sent) this.#pending.delete(sent);
    }
  }

  query<Row>(statement: Sql, values: readonly unknown[] = []): Promise<Row[]> {
    return heard(this.#send(statement, values).then(({ rows }) => rows as Row[]));
  }

  one<Row>(statement: Sql, values: readonly unknown[] = []): Promise<Row | undefined> {
    return heard(this.#send(statement, values).then(({ rows }) => rows[0] as Row | undefined));
  }

  run(statement: Sql, values: readonly unknown[] = []): Promise<number> {
    return heard(this.#send(statement, values).then(({ rowCount }) => rowCount ?? 0));
  }

  afterCommit(hook: () => void): void {
    this.#hooks.push(hook);
  }

  /** Waits for statements that the work sent and did not await; their failure fails the transaction. */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
    if (this.failure) throw this.failure;
  }

  committed(): void {
    for (const hook of this.#hooks) hook();
  }
}

/**
 * Whoever does not await a statement leaves its failure to `settled`. Without this it would also reach the last resort of the
 * process, which stops the server (HTTP-13).
 */
function heard<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  return answer;
}
