// What rules did, to one device or in the whole organization, each with its cause and with what came of it (CMA-08, CMP-21).
import type { ActionKind } from '@gatehouse/core/compliance/compliance-rule.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { pageOfRows, type PageRequest, type TenantPrincipal } from '../../kernel/http/route.ts';
import { findDevice, noSuchDevice } from '../devices/index.ts';
import { type ActionState, type ReportRow, selectActions, selectSummary } from './queries.ts';

export interface ActionListDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
}

export interface ActionQuery {
  readonly device?: string | undefined;
  readonly rule?: string | undefined;
  readonly kind?: ActionKind | undefined;
  readonly state?: ActionState | undefined;
  readonly since?: string | undefined;
}

/** @throws DomainError `not-found` for a device that is named and not there. */
export async function listActions(
  deps: Pick<ActionListDeps, 'database'>,
  principal: TenantPrincipal,
  query: ActionQuery,
  page: PageRequest,
) {
  requirePermission(principal, 'devices.explain');
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (query.device !== undefined && !(await findDevice(tx, query.device))) throw noSuchDevice();
      return selectActions(tx, {
        before: page.after === undefined ? null : String(page.after[0]),
        deviceId: query.device ?? null,
        rule: query.rule ?? null,
        kind: query.kind ?? null,
        state: query.state ?? null,
        since: query.since === undefined ? null : new Date(query.since),
        limit: page.limit + 1,
      });
    },
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, present, (row) => [row.action_no]);
}

const day = 86_400_000;

/** How often each rule did what, with what outcome. @param days to look back. */
export async function summarizeActions(deps: ActionListDeps, principal: TenantPrincipal, days: number) {
  requirePermission(principal, 'devices.explain');
  const since = new Date(deps.clock.now() - days * day);
  const rows = await deps.database.withTenant(principal.organizationId, (tx) => selectSummary(tx, since), {
    readOnly: true,
  });
  return {
    since: since.toISOString(),
    items: rows.map((row) => ({
      rule: row.rule,
      ruleName: row.rule_name,
      kind: row.kind,
      state: row.state,
      count: row.count,
      devices: row.devices,
    })),
  };
}

function present(row: ReportRow) {
  return {
    id: row.action_id,
    deviceId: row.device_id,
    deviceName: row.device_name,
    cause: {
      rule: row.rule,
      ruleId: row.rule_id,
      ruleVersion: row.rule_version,
      ruleName: row.rule_name,
      stage: row.stage,
      summary: row.summary,
      remedy: row.remedy,
    },
    kind: row.kind,
    detail: { ...row.detail },
    state: row.state,
    note: row.note,
    command: row.command_id === null ? null : { id: row.command_id, state: row.command_state },
    approval: row.approval_id === null ? null : { id: row.approval_id, state: row.approval_state },
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
