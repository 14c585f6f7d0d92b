import { readEvaluation } from '@gatehouse/core/compliance/stored-evaluation.ts';
import type { RuleVerdict } from '@gatehouse/core/compliance/verdict.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { findDevice, noSuchDevice } from '../devices/index.ts';
import type { ExplainDeps } from './explain-device.ts';
import { type ChangeRow, listChanges } from './queries.ts';

/** How the decisions about a device changed, newest first. */
export async function listPostureChanges(
  deps: ExplainDeps,
  principal: TenantPrincipal,
  deviceId: string,
  page: PageRequest,
): Promise<PageAnswer<ReturnType<typeof presentChange>>> {
  requirePermission(principal, 'devices.explain');
  const before = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await findDevice(tx, deviceId))) throw noSuchDevice();
      return listChanges(tx, deviceId, before, page.limit + 1);
    },
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentChange, (row) => [row.change_id]);
}

function presentVerdict({ id, rule, name, status, stage }: RuleVerdict) {
  return { id, rule, name, status, stage };
}

function presentChange(row: ChangeRow) {
  return {
    at: row.changed_at.toISOString(),
    registered: row.registered,
    blocked: row.blocked,
    compliant: row.compliant,
    access: {
      network: row.access_network,
      mail: row.access_mail,
      vpn: row.access_vpn,
      apps: row.access_apps,
      content: row.access_content,
    },
    rules: readEvaluation(row.evaluation).verdicts.map(presentVerdict),
    policyVersion: row.policy_version,
  };
}
