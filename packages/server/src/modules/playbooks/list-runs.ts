import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { pageOfRows, type PageRequest, type TenantPrincipal } from '../../kernel/http/route.ts';
import { findDevice, noSuchDevice } from '../devices/index.ts';
import type { PlaybookDeps } from './playbook-deps.ts';
import { presentRun } from './present-run.ts';
import { findRun, type RunState, selectRuns, stepsOf } from './queries.ts';

type Deps = Pick<PlaybookDeps, 'database'>;

/** @throws DomainError `not-found` for a device that is named and not there. */
export async function listRuns(
  deps: Deps,
  principal: TenantPrincipal,
  query: { readonly device?: string | undefined; readonly state?: RunState | undefined },
  page: PageRequest,
) {
  requirePermission(principal, 'devices.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (query.device !== undefined && !(await findDevice(tx, query.device))) throw noSuchDevice();
      const rows = await selectRuns(tx, {
        before: page.after === undefined ? null : String(page.after[0]),
        deviceId: query.device ?? null,
        state: query.state ?? null,
        limit: page.limit + 1,
      });
      const steps = await stepsOf(
        tx,
        rows.map((row) => row.run_id),
      );
      return pageOfRows(
        rows,
        page.limit,
        (row) => presentRun(row, steps),
        (row) => [row.run_no],
      );
    },
    { readOnly: true },
  );
}

/** @throws DomainError `not-found` */
export async function getRun(deps: Deps, principal: TenantPrincipal, runId: string) {
  requirePermission(principal, 'devices.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const run = await findRun(tx, runId);
      if (!run) throw new DomainError('not-found', 'There is no such run.');
      return presentRun(run, await stepsOf(tx, [runId]));
    },
    { readOnly: true },
  );
}
