import { Readable } from 'node:stream';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { csvLine } from '../../kernel/csv/write-csv.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { selectGroupNames, selectUsers } from './queries.ts';
import type { UserDeps } from './users.ts';

const pageSize = 1_000;

/** All users as CSV, in the columns that the import takes. */
export function exportUsers(deps: UserDeps, principal: TenantPrincipal): Readable {
  requirePermission(principal, 'users.read');
  return Readable.from(lines(deps, principal));
}

async function* lines(deps: UserDeps, principal: TenantPrincipal): AsyncGenerator<string> {
  yield csvLine(['email', 'user_name', 'display_name', 'employee_id', 'groups']);
  for (let after = 0; ; ) {
    const { users, groups } = await deps.database.withTenant(
      principal.organizationId,
      async (tx) => {
        const page = await selectUsers(tx, { after, limit: pageSize });
        return {
          users: page,
          groups: await selectGroupNames(
            tx,
            page.map((user) => user.user_id),
          ),
        };
      },
      { readOnly: true },
    );
    const names = new Map(groups.map((row) => [row.user_id, row.names]));
    for (const user of users) {
      const joined = (names.get(user.user_id) ?? []).join(';');
      yield csvLine([user.email, user.user_name, user.display_name, user.employee_id, joined]);
    }
    if (users.length < pageSize) return;
    after = Number(users.at(-1)?.user_no);
  }
}
