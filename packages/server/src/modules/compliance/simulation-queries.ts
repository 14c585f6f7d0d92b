// Simulations that were run, with the outcomes that are kept. `$1` is the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';
import type { SimulationCounts } from './simulation-tally.ts';

export interface SimulationRow {
  readonly simulation_id: string;
  readonly change: unknown;
  readonly base_version: number | null;
  readonly horizon_hours: number;
  readonly fleet: number;
  readonly counts: SimulationCounts;
  readonly listed: number;
  readonly created_by: string;
  readonly created_at: Date;
}

const columns =
  'simulation_id, change, base_version, horizon_hours, fleet, counts, listed, created_by, created_at';

const insertStatement = sql(
  'simulations-insert',
  `insert into simulations (organization_id, ${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);
const insertDevicesStatement = sql(
  'simulations-insert-devices',
  `insert into simulation_devices (organization_id, simulation_id, device_no, device_id, effects, outcome)
   select $1, $2, r.no, r.id, r.effects, r.outcome
   from jsonb_to_recordset($3) as r (no bigint, id uuid, effects text[], outcome jsonb)`,
);
const purgeStatement = sql(
  'simulations-purge',
  `delete from simulations where organization_id = $1 and created_at < $2`,
);

export interface OutcomeRow {
  readonly no: number;
  readonly id: string;
  readonly effects: readonly string[];
  readonly outcome: unknown;
}

export async function insertSimulation(
  tx: TenantTx,
  row: SimulationRow,
  outcomes: readonly OutcomeRow[],
): Promise<void> {
  await tx.run(insertStatement, [
    tx.organizationId,
    row.simulation_id,
    JSON.stringify(row.change),
    row.base_version,
    row.horizon_hours,
    row.fleet,
    JSON.stringify(row.counts),
    row.listed,
    row.created_by,
    row.created_at,
  ]);
  if (outcomes.length > 0)
    await tx.run(insertDevicesStatement, [tx.organizationId, row.simulation_id, JSON.stringify(outcomes)]);
}

export function purgeSimulations(tx: TenantTx, before: Date): Promise<number> {
  return tx.run(purgeStatement, [tx.organizationId, before]);
}

const selectOne = sql(
  'simulations-select',
  `select ${columns} from simulations where organization_id = $1 and simulation_id = $2`,
);

export function findSimulation(tx: TenantTx, simulationId: string): Promise<SimulationRow | undefined> {
  return tx.one<SimulationRow>(selectOne, [tx.organizationId, simulationId]);
}

const selectMany = sql(
  'simulations-list',
  `select ${columns} from simulations
   where organization_id = $1 and ($2::uuid is null or simulation_id < $2) order by simulation_id desc limit $3`,
);

/** Newest first: their ids are made in the order of time. */
export function listSimulationRows(
  tx: TenantTx,
  before: string | null,
  limit: number,
): Promise<SimulationRow[]> {
  return tx.query<SimulationRow>(selectMany, [tx.organizationId, before, limit]);
}

const selectDevices = sql(
  'simulations-list-devices',
  `select device_no, device_id, effects, outcome from simulation_devices
   where organization_id = $1 and simulation_id = $2 and device_no > $3 and ($4::text is null or $4 = any (effects))
   order by device_no limit $5`,
);

export interface ListedRow {
  readonly device_no: string;
  readonly device_id: string;
  readonly effects: string[];
  /** As it was given to `insertSimulation`. */
  readonly outcome: unknown;
}

export function listOutcomes(
  tx: TenantTx,
  simulationId: string,
  after: string,
  effect: string | null,
  limit: number,
): Promise<ListedRow[]> {
  return tx.query<ListedRow>(selectDevices, [tx.organizationId, simulationId, after, effect, limit]);
}

const countFleetStatement = sql(
  'simulations-count-fleet',
  `select count(*)::int as count from devices where organization_id = $1 and state = 'registered'`,
);

export async function countFleet(tx: TenantTx): Promise<number> {
  return (await tx.one<{ count: number }>(countFleetStatement, [tx.organizationId]))?.count ?? 0;
}
