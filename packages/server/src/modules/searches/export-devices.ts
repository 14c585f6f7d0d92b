// The devices that a search finds as a file for spreadsheets, with the columns that were on the screen. Streamed: a fleet is no more
// than a thousand rows at a time in memory. Who took what with him is on record.
import type { Readable } from 'node:stream';
import { Readable as Stream } from 'node:stream';
import type { DeviceQuestion, ListedDevice } from '@gatehouse/contracts/admin/searches.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { type FactName, isFactName } from '@gatehouse/core/facts/catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { csvLine } from '../../kernel/csv/write-csv.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { readQuestion } from './device-question.ts';
import { eachFound, noteSearch, presentListed, readColumns } from './device-searches.ts';
import { type DeviceSort, selectListedDevices } from './list-queries.ts';
import type { SearchDeps } from './search-deps.ts';

type Cell = string | number | boolean | null | undefined;

const columns: Readonly<Record<string, (device: ListedDevice) => Cell>> = {
  name: ({ name }) => name,
  owner: ({ user }) => (user === null ? '' : user.displayName || user.userName),
  email: ({ user }) => user?.email,
  standing: ({ standing }) => standing,
  platform: ({ platform }) => platform,
  os: ({ osVersion }) => osVersion,
  network: ({ access }) => access.network,
  mail: ({ access }) => access.mail,
  vpn: ({ access }) => access.vpn,
  ownership: ({ ownership }) => ownership,
  seen: ({ lastCheckInAt }) => lastCheckInAt,
  state: ({ state }) => state,
  failing: ({ failing }) => failing.join(' '),
  reason: ({ failureReason }) => failureReason,
  manufacturer: ({ manufacturer }) => manufacturer,
  model: ({ model }) => model,
  serial: ({ serialNumber }) => serialNumber,
  macs: ({ macs }) => macs.join(' '),
  host: ({ hostName }) => hostName,
  asset: ({ assetNumber }) => assetNumber,
  enrolled: ({ createdAt }) => createdAt,
  id: ({ id }) => id,
};

const usual = 'name,owner,standing,platform,os,network,mail,vpn,ownership,seen';

export async function exportDevices(
  deps: SearchDeps,
  principal: TenantPrincipal,
  {
    columns: asked = usual,
    sort,
    ...question
  }: DeviceQuestion & { columns?: string | undefined; sort?: DeviceSort | undefined },
): Promise<Readable> {
  requirePermission(principal, 'devices.read');
  const names = asked.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !Object.hasOwn(columns, name) && !isFactName(name));
  if (unknown !== undefined)
    throw new DomainError('invalid-input', `There is no column "${unknown.slice(0, 64)}".`);
  const facts = readColumns(
    principal,
    names.filter((name) => !Object.hasOwn(columns, name)),
  );
  const read = readQuestion(principal, question);
  await noteSearch(deps, principal, [...read.facts, ...facts]);
  await deps.database.withTenant(principal.organizationId, (tx) =>
    recordAudit(tx, {
      actor: principal,
      action: 'devices.export',
      target: { kind: 'organization', id: principal.organizationId },
      outcome: 'done',
      show: { columns: names, expression: question.expression ?? null, search: question.search ?? null },
    }),
  );
  return Stream.from(lines(deps, principal, names, facts, eachFound(deps, principal, read, sort)));
}

async function* lines(
  deps: SearchDeps,
  principal: TenantPrincipal,
  names: readonly string[],
  facts: readonly FactName[],
  found: ReturnType<typeof eachFound>,
): AsyncGenerator<string> {
  yield csvLine(names);
  for await (const rows of found) {
    const ids = rows.map(({ device_id }) => device_id);
    const known = await deps.database.withTenant(
      principal.organizationId,
      (tx) => selectListedDevices(tx, ids, facts),
      { readOnly: true },
    );
    const byId = new Map(known.map((row) => [row.device_id, row]));
    const text = ids.flatMap((id) => {
      const row = byId.get(id);
      if (row === undefined) return [];
      const device = presentListed(row);
      return [csvLine(names.map((name) => cellOf(device, name)))];
    });
    yield text.join('');
  }
}

function cellOf(device: ListedDevice, name: string): Cell {
  const column = columns[name];
  if (column !== undefined) return column(device);
  const value = device.facts[name];
  return typeof value === 'object' ? JSON.stringify(value) : (value as Cell);
}
