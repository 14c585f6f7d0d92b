// Connection schedules (POL-02): how often devices report. The default can be changed, others can be made and assigned.
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { validateSchedule } from '@gatehouse/core/schedules/schedule.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import type { PolicyDeps } from './policy-deps.ts';
import {
  deleteAssignmentRowsOfItem,
  deleteScheduleRow,
  findSchedule,
  insertSchedule,
  isScheduleNameTaken,
  lockSchedule,
  reachOfItem,
  type ScheduleRow,
  selectSchedules,
  updateScheduleRow,
} from './queries.ts';
import { announceReach } from './reach.ts';

const noSuchSchedule = () => new DomainError('not-found', 'There is no such schedule.');
const nameTaken = () =>
  new DomainError('conflict', 'Another schedule has this name.', { reason: 'name-taken' });

export async function createSchedule(
  deps: PolicyDeps,
  principal: TenantPrincipal,
  input: { readonly name: string; readonly schedule: unknown },
): Promise<SchedulePresentation> {
  requirePermission(principal, 'schedules.manage');
  const schedule = validateSchedule(input.schedule);
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const now = new Date(deps.clock.now());
    const row = await insertSchedule(tx, { id: newId(), name: input.name, schedule }, now);
    if (!row) throw nameTaken();
    await recordAudit(tx, {
      actor: principal,
      action: 'schedules.create',
      target: { kind: 'schedule', id: row.schedule_id },
      outcome: 'done',
      show: { name: row.name, checkInMinutes: schedule.checkInMinutes },
    });
    return presentSchedule(row);
  });
}

export async function updateSchedule(
  deps: PolicyDeps,
  principal: TenantPrincipal,
  scheduleId: string,
  changes: {
    readonly name?: string | undefined;
    readonly schedule?: unknown;
    readonly expectedVersion?: number | undefined;
  },
): Promise<SchedulePresentation> {
  requirePermission(principal, 'schedules.manage');
  const schedule = changes.schedule === undefined ? undefined : validateSchedule(changes.schedule);
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const before = await lockSchedule(tx, scheduleId);
    if (!before) throw noSuchSchedule();
    if (changes.expectedVersion !== undefined && changes.expectedVersion !== before.version) {
      throw new DomainError('conflict', 'The schedule has been changed meanwhile.', {
        reason: 'version-changed',
        detail: { version: before.version },
      });
    }
    const name = changes.name ?? before.name;
    if (name !== before.name && (await isScheduleNameTaken(tx, name, scheduleId))) throw nameTaken();
    const row = await updateScheduleRow(tx, {
      schedule_id: scheduleId,
      name,
      schedule: schedule ?? before.schedule,
      version: schedule === undefined ? before.version : before.version + 1,
    });
    if (!row) throw noSuchSchedule();
    if (schedule !== undefined) await announceReach(tx, deps.events, await reachOfItem(tx, scheduleId));
    await recordAudit(tx, {
      actor: principal,
      action: 'schedules.update',
      target: { kind: 'schedule', id: scheduleId },
      outcome: 'done',
      show: { name, version: row.version, checkInMinutes: row.schedule.checkInMinutes },
    });
    return presentSchedule(row);
  });
}

export async function deleteSchedule(
  deps: PolicyDeps,
  principal: TenantPrincipal,
  scheduleId: string,
): Promise<void> {
  requirePermission(principal, 'schedules.manage');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await lockSchedule(tx, scheduleId);
    if (!row) throw noSuchSchedule();
    const reach = await deleteAssignmentRowsOfItem(tx, scheduleId);
    await deleteScheduleRow(tx, scheduleId);
    await announceReach(tx, deps.events, reach);
    await recordAudit(tx, {
      actor: principal,
      action: 'schedules.delete',
      target: { kind: 'schedule', id: scheduleId },
      outcome: 'done',
      show: { name: row.name },
    });
  });
}

export async function getSchedule(
  deps: Pick<PolicyDeps, 'database'>,
  principal: TenantPrincipal,
  scheduleId: string,
): Promise<SchedulePresentation> {
  requirePermission(principal, 'policies.read');
  const row = await deps.database.withTenant(principal.organizationId, (tx) => findSchedule(tx, scheduleId), {
    readOnly: true,
  });
  if (!row) throw noSuchSchedule();
  return presentSchedule(row);
}

export async function listSchedules(
  deps: Pick<PolicyDeps, 'database'>,
  principal: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<SchedulePresentation>> {
  requirePermission(principal, 'policies.read');
  const after = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectSchedules(tx, after, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentSchedule, (row) => [row.schedule_id]);
}

type SchedulePresentation = ReturnType<typeof presentSchedule>;

function presentSchedule(row: ScheduleRow) {
  return {
    id: row.schedule_id,
    name: row.name,
    version: row.version,
    schedule: row.schedule,
    createdAt: row.created_at.toISOString(),
  };
}
