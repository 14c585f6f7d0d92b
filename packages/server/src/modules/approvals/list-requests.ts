// Requests as people read them: with the devices by name, and whether whoever reads could decide, so that nobody has to try.
import type { ApprovalState } from '@gatehouse/core/approvals/approval-state.ts';
import { approvalRefusals } from '@gatehouse/core/approvals/decide-approval.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { pageOfRows, type PageRequest, type TenantPrincipal } from '../../kernel/http/route.ts';
import { administratorsToTell, personBehind } from '../administrators/index.ts';
import type { ApprovalDeps } from './approval-deps.ts';
import { refusalOf } from './decide.ts';
import { presentRequest } from './present-request.ts';
import { findRequest, type RequestRow, selectDeviceNames, selectRequests } from './queries.ts';

type Deps = Pick<ApprovalDeps, 'database' | 'clock' | 'sealer'>;

export interface RequestFilter {
  readonly state?: ApprovalState | undefined;
  readonly deviceId?: string | undefined;
  /** Those that wait, or those that are over. */
  readonly open?: boolean | undefined;
}

export async function listRequests(
  deps: Deps,
  principal: TenantPrincipal,
  { state, deviceId, open }: RequestFilter,
  page: PageRequest,
) {
  requirePermission(principal, 'approvals.read');
  const before = page.after === undefined ? null : String(page.after[0]);
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const rows = await selectRequests(tx, {
        before,
        state: state ?? null,
        deviceId: deviceId ?? null,
        open: open ?? null,
        limit: page.limit + 1,
      });
      const present = await presenterFor(deps, tx, principal, rows);
      return pageOfRows(rows, page.limit, present, (row) => [row.approval_no]);
    },
    { readOnly: true },
  );
}

/** @throws DomainError `not-found` */
export async function getRequest(deps: Deps, principal: TenantPrincipal, approvalId: string) {
  requirePermission(principal, 'approvals.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const row = await findRequest(tx, approvalId);
      if (!row) throw new DomainError('not-found', 'There is no such request.');
      return (await presenterFor(deps, tx, principal, [row]))(row);
    },
    { readOnly: true },
  );
}

async function presenterFor(
  deps: Deps,
  tx: TenantTx,
  principal: TenantPrincipal,
  rows: readonly RequestRow[],
) {
  const [person, named, people] = await Promise.all([
    personBehind(tx, actorReference(principal)),
    selectDeviceNames(tx, [...new Set(rows.flatMap(({ device_ids }) => device_ids))]),
    administratorsToTell(tx, undefined),
  ]);
  const names = new Map(
    people.map(({ administratorId, displayName, email }) => [
      `administrator:${administratorId}`,
      displayName || email,
    ]),
  );
  const devices = new Map(named.map((row) => [row.device_id, row]));
  const refusals = new Map<string, string>();
  for (const row of rows) {
    if (row.state !== 'pending') continue;
    const why = principal.permissions.has('approvals.decide')
      ? await refusalOf(deps, tx, principal, row, row.hash)
      : undefined;
    if (why !== undefined) refusals.set(row.approval_id, approvalRefusals[why]);
  }
  return (row: RequestRow) => ({
    ...presentRequest(row),
    devices: row.device_ids.flatMap((id) => {
      const device = devices.get(id);
      return device === undefined
        ? []
        : [
            {
              id,
              name: device.name,
              ownership: device.ownership,
              platform: device.platform,
              userName: device.user_name,
            },
          ];
    }),
    askedByName: names.get(row.asked_by) ?? null,
    approvedByName: names.get(row.approved_by ?? '') ?? null,
    decidedByName: names.get(row.decided_by ?? '') ?? null,
    own: person !== null && person === row.asked_by,
    mayApprove:
      row.state === 'pending' &&
      principal.permissions.has('approvals.decide') &&
      !refusals.has(row.approval_id),
    whyNotApprove: refusals.get(row.approval_id) ?? null,
  });
}
