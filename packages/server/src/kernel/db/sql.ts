// Statements are constants with a name: the name becomes the prepared statement's, so each connection parses once.

/** One SQL statement. Values travel only as parameters; the architecture check refuses interpolation. */
export interface Sql {
  readonly name: string;
  readonly text: string;
}

const seen = new Map<string, string>();

function register(statement: Sql): Sql {
  const before = seen.get(statement.name);
  if (before !== undefined && before !== statement.text) {
    throw new Error(`Two different statements are named ${statement.name}`);
  }
  seen.set(statement.name, statement.text);
  return statement;
}

/** Declares a statement. By convention `$1` is the organization's id. */
export function sql(name: string, text: string): Sql {
  return register({ name, text });
}

/**
 * A read that needs exactly one round trip and no transaction of its own: the statement sets the tenant and reads under
 * row-level security at once. `body` must take the tenant from `t.org`; its own parameters start at `$2`.
 *
 * The order is forced, not hoped for: `t` is volatile and fenced by `offset 0`, and the body depends on it laterally
 * behind a fence of its own, so the planner can only run it as the inner side of a nested loop, after the tenant is
 * set. Were it ever run earlier, the policy would see no tenant and return nothing.
 */
export interface TenantStatement extends Sql {
  readonly kind: 'tenant-statement';
}

export function tenantStatement(name: string, body: string): TenantStatement {
  if (!body.includes('t.org')) throw new Error(`${name}: the body of a tenant statement must use t.org`);
  const text = `select r.* from (select set_config('gh.org', $1, true)::uuid as org offset 0) t
cross join lateral (select * from (${body}) b offset 0) r`;
  return { ...register({ name, text }), kind: 'tenant-statement' };
}
