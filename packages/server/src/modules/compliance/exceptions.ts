// That one device is excepted from one rule, for a reason and mostly for a time. The decision follows in the same
// transaction; at its end the exception stops by the clock, since the evaluation says when it changes by itself.
import { actorReference } from '@gatehouse/core/actor.ts';
import { policyRuleKinds } from '@gatehouse/core/compliance/rule-kind.ts';
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { isUuid, newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import {
  type DeviceOutcome,
  type DevicesReport,
  findDevice,
  inBatches,
  lockDevice,
  lockDevices,
  missing,
  noSuchDevice,
} from '../devices/index.ts';
import { lockRule } from '../rules/index.ts';
import { evaluateDevice, type EvaluationDeps } from './evaluate-devices.ts';
import {
  countExceptions,
  deleteExceptionRow,
  deleteExpired,
  type ExceptionRow,
  insertException,
  type ListedExceptionRow,
  selectAllExceptions,
  selectExceptions,
} from './exception-queries.ts';

export interface ExceptionDeps extends EvaluationDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
}

export interface NewException {
  readonly rule: string;
  readonly reason: string;
  /** ISO 8601; null or absent: until it is taken back. */
  readonly expiresAt?: string | null | undefined;
}

const mostPerDevice = 50;
const day = 86_400_000;
const keptMs = 90 * day;

/** @throws DomainError `not-found` for a rule or device that is none, `invalid-input` for an end that has passed. */
export async function createException(
  deps: ExceptionDeps,
  principal: TenantPrincipal,
  deviceId: string,
  wanted: NewException,
): Promise<ExceptionPresentation> {
  requirePermission(principal, 'exceptions.manage');
  const now = deps.clock.now();
  requireFuture(wanted, now);
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    await lockDevice(tx, deviceId);
    await requireRule(tx, wanted.rule);
    return presentException(await except(deps, tx, principal, deviceId, wanted), now);
  });
}

/** The same exception for many devices; of each is told what came of it. @throws what `createException` throws of the rule and the end */
export async function createExceptions(
  deps: ExceptionDeps,
  principal: TenantPrincipal,
  { deviceIds, ...wanted }: NewException & { readonly deviceIds: readonly string[] },
): Promise<DevicesReport> {
  requirePermission(principal, 'exceptions.manage');
  requireFuture(wanted, deps.clock.now());
  return inBatches(deviceIds, (some) =>
    deps.database.withTenant(principal.organizationId, async (tx) => {
      const found = await lockDevices(tx, some);
      await requireRule(tx, wanted.rule);
      const outcomes: DeviceOutcome[] = [];
      for (const deviceId of some)
        outcomes.push(
          found.has(deviceId) ? await tryToExcept(deps, tx, principal, deviceId, wanted) : missing(deviceId),
        );
      return outcomes;
    }),
  );
}

async function tryToExcept(...given: Parameters<typeof except>): Promise<DeviceOutcome> {
  const [, , , deviceId] = given;
  try {
    await except(...given);
    return { deviceId, outcome: 'changed' };
  } catch (error) {
    // Refused before anything was written.
    if (!isDomainError(error, 'conflict')) throw error;
    return { deviceId, outcome: 'failed', problem: error.message };
  }
}

function requireFuture({ expiresAt = null }: NewException, now: number): void {
  if (expiresAt !== null && !(Date.parse(expiresAt) > now))
    throw new DomainError('invalid-input', 'The exception would end before it begins.');
}

async function requireRule(tx: TenantTx, rule: string): Promise<void> {
  const isKind = (policyRuleKinds as readonly string[]).includes(rule);
  if (!isKind && !(isUuid(rule) && (await lockRule(tx, rule))))
    throw new DomainError('not-found', 'There is no such rule.');
}

/** The caller has locked the device. */
async function except(
  deps: ExceptionDeps,
  tx: TenantTx,
  principal: TenantPrincipal,
  deviceId: string,
  { rule, reason, expiresAt = null }: NewException,
): Promise<ExceptionRow> {
  const now = deps.clock.now();
  await deleteExpired(tx, deviceId, new Date(now - keptMs));
  if ((await countExceptions(tx, deviceId, new Date(now))) >= mostPerDevice)
    throw new DomainError('conflict', 'The device has as many exceptions as one may have.', {
      reason: 'too-many-exceptions',
    });
  const row = await insertException(tx, deviceId, {
    exception_id: newId(),
    rule,
    reason,
    created_by: actorReference(principal),
    created_at: new Date(now),
    expires_at: expiresAt === null ? null : new Date(expiresAt),
  });
  if (!row) throw noSuchDevice();
  await recordChange(deps, tx, principal, deviceId, row, 'create');
  await evaluateDevice(deps, tx, deviceId, now);
  return row;
}

export async function deleteException(
  deps: ExceptionDeps,
  principal: TenantPrincipal,
  deviceId: string,
  exceptionId: string,
): Promise<void> {
  requirePermission(principal, 'exceptions.manage');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    await lockDevice(tx, deviceId);
    const row = await deleteExceptionRow(tx, deviceId, exceptionId);
    if (!row) throw new DomainError('not-found', 'There is no such exception.');
    await recordChange(deps, tx, principal, deviceId, row, 'delete');
    await evaluateDevice(deps, tx, deviceId, deps.clock.now());
  });
}

/** Newest first, those that have ended among them. */
export async function listExceptions(
  deps: Pick<ExceptionDeps, 'database' | 'clock'>,
  principal: TenantPrincipal,
  deviceId: string,
  page: PageRequest,
): Promise<PageAnswer<ExceptionPresentation>> {
  requirePermission(principal, 'rules.read');
  const before = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await findDevice(tx, deviceId))) throw noSuchDevice();
      return selectExceptions(tx, deviceId, before, page.limit + 1);
    },
    { readOnly: true },
  );
  const now = deps.clock.now();
  return pageOfRows(
    rows,
    page.limit,
    (row) => presentException(row, now),
    (row) => [row.exception_id],
  );
}

/** Of all devices, newest first. */
export async function listAllExceptions(
  deps: Pick<ExceptionDeps, 'database' | 'clock'>,
  principal: TenantPrincipal,
  filter: {
    readonly rule?: string | undefined;
    readonly ended?: boolean | undefined;
    readonly endsBefore?: string | undefined;
  },
  page: PageRequest,
): Promise<PageAnswer<ListedExceptionPresentation>> {
  requirePermission(principal, 'rules.read');
  const now = deps.clock.now();
  const { rule = null, ended = false, endsBefore } = filter;
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) =>
      selectAllExceptions(
        tx,
        { rule, ended, endsBefore: endsBefore === undefined ? null : new Date(endsBefore) },
        {
          before: page.after === undefined ? null : String(page.after[0]),
          now: new Date(now),
          limit: page.limit + 1,
        },
      ),
    { readOnly: true },
  );
  return pageOfRows(
    rows,
    page.limit,
    (row) => presentListed(row, now),
    (row) => [row.exception_id],
  );
}

async function recordChange(
  deps: ExceptionDeps,
  tx: Parameters<typeof recordAudit>[0],
  principal: TenantPrincipal,
  deviceId: string,
  { exception_id: exceptionId, rule, reason, expires_at }: ExceptionRow,
  verb: 'create' | 'delete',
): Promise<void> {
  const until = expires_at?.toISOString() ?? null;
  await Promise.all([
    recordAudit(tx, {
      actor: principal,
      action: `exceptions.${verb}`,
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      show: { exceptionId, rule, reason, until },
    }),
    deps.events.emit(tx, {
      name: `device.exception-${verb}d`,
      subjectId: deviceId,
      payload: { deviceId, exceptionId, rule, until },
    }),
  ]);
}

type ExceptionPresentation = ReturnType<typeof presentException>;

function presentException(row: ExceptionRow, now: number) {
  return {
    id: row.exception_id,
    rule: row.rule,
    reason: row.reason,
    expiresAt: row.expires_at?.toISOString() ?? null,
    expired: row.expires_at !== null && row.expires_at.getTime() <= now,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}

type ListedExceptionPresentation = ReturnType<typeof presentListed>;

function presentListed(row: ListedExceptionRow, now: number) {
  return {
    ...presentException(row, now),
    ruleName: row.rule_name,
    device: { id: row.device_id, name: row.device_name, platform: row.platform },
  };
}
