// Simulations as administrators run them: what a change would do, before it is made, kept for a month.
import { gates } from '@gatehouse/core/compliance/gate.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { parseSettings } from '@gatehouse/core/settings/parse.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { type SimulationDeps, type SimulationResult, simulateChange } from './simulate-change.ts';
import { type DeviceOutcome, sameDecision } from './simulate-device.ts';
import type { SimulatedChange } from './simulated-change.ts';
import {
  countFleet,
  findSimulation,
  insertSimulation,
  type ListedRow,
  listOutcomes,
  listSimulationRows,
  type OutcomeRow,
  purgeSimulations,
  type SimulationRow,
} from './simulation-queries.ts';

const hour = 3_600_000;
const keptMs = 30 * 24 * hour;
const usualHorizonHours = 168;

const noSuchSimulation = () => new DomainError('not-found', 'There is no such simulation.');

export interface NewSimulation {
  /** Of a policy the settings as somebody sends them. */
  readonly change:
    | Exclude<SimulatedChange, { kind: 'policy' }>
    | { readonly kind: 'policy'; readonly policyId: string; readonly settings: unknown };
  readonly horizonHours?: number | undefined;
}

/** @throws DomainError `not-found`, `invalid-input` */
export async function createSimulation(
  deps: SimulationDeps,
  principal: TenantPrincipal,
  { change: asked, horizonHours = usualHorizonHours }: NewSimulation,
): Promise<SimulationPresentation> {
  requirePermission(principal, 'simulations.run');
  const change: SimulatedChange =
    asked.kind === 'policy'
      ? { ...asked, settings: asked.settings === null ? null : parseSettings(asked.settings) }
      : asked;
  const result = await simulateChange(deps, principal.organizationId, change, {
    horizonMs: horizonHours * hour,
    seenBy: principal,
  });
  const row = await deps.database.withTenant(principal.organizationId, (tx) =>
    keep(tx, principal, change, horizonHours, result),
  );
  return present(row);
}

async function keep(
  tx: TenantTx,
  principal: TenantPrincipal,
  change: SimulatedChange,
  horizonHours: number,
  { at, base, counts, outcomes }: SimulationResult,
): Promise<SimulationRow> {
  const row: SimulationRow = {
    simulation_id: newId(),
    change,
    base_version: base?.version ?? null,
    horizon_hours: horizonHours,
    fleet: await countFleet(tx),
    counts,
    listed: outcomes.length,
    created_by: actorReference(principal),
    created_at: new Date(at),
  };
  await insertSimulation(tx, row, outcomes.map(outcomeRow));
  await purgeSimulations(tx, new Date(at - keptMs));
  const { examined, becomeNotCompliant, becomeCompliant, newlyDenied } = counts;
  await recordAudit(tx, {
    actor: principal,
    action: 'simulations.run',
    target: { kind: 'simulation', id: row.simulation_id },
    outcome: 'done',
    show: { change: change.kind, examined, becomeNotCompliant, becomeCompliant, newlyDenied },
  });
  return row;
}

export async function getSimulation(
  deps: SimulationDeps,
  principal: TenantPrincipal,
  simulationId: string,
): Promise<SimulationPresentation> {
  requirePermission(principal, 'simulations.run');
  const row = await deps.database.withTenant(
    principal.organizationId,
    (tx) => findSimulation(tx, simulationId),
    { readOnly: true },
  );
  if (!row) throw noSuchSimulation();
  return present(row);
}

/** Newest first. */
export async function listSimulations(
  deps: SimulationDeps,
  principal: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<SimulationPresentation>> {
  requirePermission(principal, 'simulations.run');
  const before = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => listSimulationRows(tx, before, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, present, (row) => [row.simulation_id]);
}

export async function listSimulatedDevices(
  deps: SimulationDeps,
  principal: TenantPrincipal,
  simulationId: string,
  effect: Effect | undefined,
  page: PageRequest,
): Promise<PageAnswer<ReturnType<typeof presentOutcome>>> {
  requirePermission(principal, 'simulations.run');
  requirePermission(principal, 'devices.read');
  const after = page.after === undefined ? '0' : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await findSimulation(tx, simulationId))) throw noSuchSimulation();
      return listOutcomes(tx, simulationId, after, effect ?? null, page.limit + 1);
    },
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentOutcome, (row) => [row.device_no]);
}

type Effect =
  | 'becomes-not-compliant'
  | 'becomes-compliant'
  | 'loses-access'
  | 'gains-access'
  | 'escalates'
  | 'later';

type KeptOutcome = Pick<DeviceOutcome, 'before' | 'after' | 'reasons' | 'escalation' | 'later'> &
  Pick<DeviceOutcome['row'], 'name' | 'platform' | 'userName'>;

function outcomeRow({ row, ...outcome }: DeviceOutcome): OutcomeRow {
  const { name, platform, userName } = row;
  const kept: KeptOutcome = { ...outcome, name, platform, userName };
  return { no: row.no, id: row.id, effects: effectsOf(outcome), outcome: kept };
}

const order = ['allow', 'quarantine', 'deny'];

function effectsOf({ before, after, escalation, later }: Omit<DeviceOutcome, 'row'>): Effect[] {
  const steps = gates.map((gate) => order.indexOf(after.access[gate]) - order.indexOf(before.access[gate]));
  const effects: [Effect, boolean][] = [
    ['becomes-not-compliant', before.compliant && !after.compliant],
    ['becomes-compliant', !before.compliant && after.compliant],
    ['loses-access', steps.some((step) => step > 0)],
    ['gains-access', steps.some((step) => step < 0)],
    ['escalates', escalation !== null],
    ['later', later.some(({ decision }) => !sameDecision(decision, after))],
  ];
  return effects.flatMap(([effect, holds]) => (holds ? [effect] : []));
}

type SimulationPresentation = ReturnType<typeof present>;

const iso = (at: number): string => new Date(at).toISOString();

function present(row: SimulationRow) {
  const { counts } = row;
  return {
    id: row.simulation_id,
    change: row.change,
    horizonHours: row.horizon_hours,
    fleet: row.fleet,
    counts: {
      ...counts,
      byPlatform: [...counts.byPlatform],
      byGroup: [...counts.byGroup],
      byReason: [...counts.byReason],
      later: counts.later.map((each) => ({ ...each, at: iso(each.at) })),
    },
    listed: row.listed,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
  };
}

function presentOutcome(row: ListedRow) {
  const { escalation, later, reasons, ...outcome } = row.outcome as KeptOutcome;
  return {
    deviceId: row.device_id,
    ...outcome,
    reasons: [...reasons],
    effects: row.effects as Effect[],
    escalation: escalation === null ? null : { ...escalation, at: iso(escalation.at) },
    later: later.map(({ at, decision }) => ({ at: iso(at), decision })),
  };
}
