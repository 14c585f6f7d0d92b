// The list of devices that people work with: free words, an expression and a kept list of devices, in any order, page by page.
import type {
  CountRequest,
  DeviceCount,
  DeviceQuestion,
  ListedDevice,
} from '@gatehouse/contracts/admin/searches.ts';
import { evaluateExpression } from '@gatehouse/core/expressions/compile.ts';
import { type FactName, factDefinition, isFactName } from '@gatehouse/core/facts/catalogue.ts';
import { requireSight } from '@gatehouse/core/facts/fact-rights.ts';
import { selectFacts } from '@gatehouse/core/facts/select.ts';
import type { FactValue } from '@gatehouse/core/facts/types.ts';
import { readsGroups, searchValues } from '@gatehouse/core/expressions/search-environment.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { PageAnswer, PageRequest, TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { filterOf, isEverything, isImpossible, type Question, readQuestion } from './device-question.ts';
import {
  countDevicesBefore,
  countFoundDevices,
  type DeviceSort,
  type FleetFilter,
  findDevices,
  isWalk,
  lookThroughDevices,
  type FoundPlace,
  type FoundRow,
  type ListedRow,
  selectListedDevices,
  walkDevices,
} from './list-queries.ts';
import { beginningOf } from './list-beginning.ts';
import { selectMemberIds, selectSearchedDevices } from './queries.ts';
import { toSearched } from './refresh-searches.ts';
import type { SearchDeps } from './search-deps.ts';

const chunk = 1_000;
/** A page may come out short, or empty with a `next`, when so many devices show nothing. */
const mostPerPage = 20_000;
/** What one look at a fleet brings at most. */
const mostPerLook = 20_000;
const mostMs = 8_000;
const shown = 20;

export async function searchDevices(
  deps: SearchDeps,
  principal: TenantPrincipal,
  {
    sort = 'enrolled',
    facts = [],
    from,
    ...asked
  }: DeviceQuestion & {
    sort?: DeviceSort | undefined;
    facts?: readonly string[];
    from?: string | undefined;
  },
  page: PageRequest,
): Promise<PageAnswer<ListedDevice>> {
  requirePermission(principal, 'devices.read');
  const question = readQuestion(principal, asked);
  const columns = readColumns(principal, facts);
  await noteSearch(deps, principal, [...question.facts, ...columns]);
  const filter = filterOf(question, deps.clock.now());
  if (isImpossible(filter)) return { items: [] };
  const beginning = from === undefined ? null : beginningOf(sort, from);
  const after = page.after === undefined ? beginning : (page.after.map(String) as unknown as FoundPlace);
  if (question.narrowing.exact) return pageOfFound(deps, principal, filter, sort, columns, after, page.limit);
  const items: ListedDevice[] = [];
  let examined = 0;
  for await (const part of candidates(deps, principal, filter, sort, after)) {
    const shown = await inside(deps, principal, async (tx) => {
      const fitting = await fittingOf(tx, question, part.found, deps.clock.now());
      return listed(tx, fitting.slice(0, page.limit - items.length), columns);
    });
    items.push(...shown.map(({ device }) => device));
    examined += part.examined;
    const last = shown.at(-1);
    if (items.length === page.limit && last !== undefined) return { items, next: [...last.place] };
    if (examined >= mostPerPage) return { items, next: [...part.place] };
  }
  return { items };
}

async function pageOfFound(
  deps: SearchDeps,
  principal: TenantPrincipal,
  filter: FleetFilter,
  sort: DeviceSort,
  columns: readonly FactName[],
  after: FoundPlace | null,
  limit: number,
): Promise<PageAnswer<ListedDevice>> {
  return inside(deps, principal, async (tx) => {
    const found = await findChunk(tx, filter, sort, after, limit + 1);
    const wanted = found.slice(0, limit);
    const items = (await listed(tx, wanted, columns)).map(({ device }) => device);
    const last = wanted.at(-1);
    return found.length > limit && last !== undefined ? { items, next: [...placeOf(last)] } : { items };
  });
}

/** How many there are; of what a database cannot tell by itself as far as time allows. */
export async function countDevices(
  deps: SearchDeps,
  principal: TenantPrincipal,
  { for: use, comparedWith, patience = mostMs, sort = 'enrolled', from, ...asked }: CountRequest,
): Promise<DeviceCount> {
  requirePermission(principal, 'devices.read');
  const question = readQuestion(principal, asked, use === 'group' ? 'group' : 'watch-list');
  await noteSearch(deps, principal, question.facts);
  const now = deps.clock.now();
  const filter = filterOf(question, now);
  const before =
    comparedWith === undefined
      ? undefined
      : new Set(await inside(deps, principal, (tx) => selectMemberIds(tx, comparedWith)));
  if (question.narrowing.exact && before === undefined && use !== 'group')
    return countExactly(deps, principal, filter, sort, from === undefined ? null : beginningOf(sort, from));
  return countOneByOne(deps, principal, question, filter, { now, before, patience });
}

async function countExactly(
  deps: SearchDeps,
  principal: TenantPrincipal,
  filter: FleetFilter,
  sort: DeviceSort,
  beginning: FoundPlace | null,
): Promise<DeviceCount> {
  const [rows, before] = isImpossible(filter)
    ? [[], undefined]
    : await inside(deps, principal, (tx) =>
        Promise.all([
          countFoundDevices(tx, filter),
          beginning === null ? undefined : countDevicesBefore(tx, filter, sort, beginning),
        ]),
      );
  const matching = rows.reduce((sum, { devices }) => sum + devices, 0);
  const byPlatform = Object.fromEntries(rows.map(({ platform, devices }) => [platform, devices]));
  const placed = before === undefined ? {} : { before };
  return { matching, untold: 0, examined: matching, complete: true, byPlatform, devices: [], ...placed };
}

async function countOneByOne(
  deps: SearchDeps,
  principal: TenantPrincipal,
  question: Question,
  filter: FleetFilter,
  {
    now,
    before,
    patience,
  }: {
    readonly now: number;
    readonly before: ReadonlySet<string> | undefined;
    /** ms */
    readonly patience: number;
  },
): Promise<DeviceCount> {
  const until = performance.now() + patience;
  const count = { matching: 0, untold: 0, examined: 0, byPlatform: {} as Record<string, number> };
  const first: string[] = [];
  let [entering, staying] = [0, 0];
  let complete = true;
  for await (const { found } of isImpossible(filter)
    ? []
    : candidates(deps, principal, filter, 'enrolled', null)) {
    if (performance.now() > until) {
      complete = false;
      break;
    }
    const ids = found.map(({ device_id }) => device_id);
    const known = await inside(deps, principal, (tx) =>
      selectSearchedDevices(tx, ids, question.facts, readsGroupsOf(question)),
    );
    for (const row of known) {
      const answer = answerOf(question, row, now);
      count.examined += 1;
      if (typeof answer !== 'boolean') count.untold += 1;
      if (answer !== true) continue;
      count.matching += 1;
      count.byPlatform[row.platform] = (count.byPlatform[row.platform] ?? 0) + 1;
      if (before?.has(row.device_id)) staying += 1;
      else entering += 1;
      if (first.length < shown) first.push(row.device_id);
    }
  }
  const devices = await inside(deps, principal, async (tx) =>
    (await selectListedDevices(tx, first, [])).map((row) => ({
      id: row.device_id,
      name: row.name,
      platform: row.platform,
      since: null,
    })),
  );
  const compared = before === undefined ? {} : { compared: { entering, leaving: before.size - staying } };
  return { ...count, ...compared, complete, devices };
}

/** The ids of all that an answer has, in the order of enrolment: what is done to many is done to a list that stays as it is. */
export async function* eachFound(
  deps: SearchDeps,
  principal: TenantPrincipal,
  question: Question,
  sort: DeviceSort = 'enrolled',
): AsyncGenerator<readonly FoundRow[]> {
  const now = deps.clock.now();
  const filter = filterOf(question, now);
  if (isImpossible(filter)) return;
  for await (const { found } of candidates(deps, principal, filter, sort, null)) {
    const fitting = await inside(deps, principal, (tx) => fittingOf(tx, question, found, now));
    if (fitting.length > 0) yield fitting;
  }
}

interface Part {
  readonly found: readonly FoundRow[];
  /** How many devices were looked at for them. */
  readonly examined: number;
  /** Where the next part begins. */
  readonly place: FoundPlace;
}

/**
 * What the filter lets through, in the order that is asked for, in parts of about a thousand. In the order of enrolment each device is
 * looked at once; in any other each look is at the whole fleet, and so brings more than the one before.
 */
async function* candidates(
  deps: SearchDeps,
  principal: TenantPrincipal,
  filter: FleetFilter,
  sort: DeviceSort,
  from: FoundPlace | null,
): AsyncGenerator<Part> {
  const inOrder = sort === 'enrolled' && !isEverything(filter);
  let after = from;
  for (let size = chunk; ; size = inOrder ? chunk : Math.min(size * 5, mostPerLook)) {
    const rows: readonly (FoundRow & { fits?: boolean })[] = await inside(deps, principal, (tx) =>
      inOrder ? lookThroughDevices(tx, filter, after, size) : findChunk(tx, filter, sort, after, size),
    );
    for (let at = 0; at < rows.length; at += chunk) {
      const part = rows.slice(at, at + chunk);
      const last = part.at(-1);
      if (last === undefined) return;
      after = placeOf(last);
      yield { found: part.filter(({ fits }) => fits !== false), examined: part.length, place: after };
    }
    if (rows.length < size) return;
  }
}

function findChunk(
  tx: Parameters<typeof findDevices>[0],
  filter: FleetFilter,
  sort: DeviceSort,
  after: FoundPlace | null,
  size: number,
): Promise<FoundRow[]> {
  return isEverything(filter) && isWalk(sort)
    ? walkDevices(tx, sort, after, size)
    : findDevices(tx, filter, sort, after, size);
}

async function fittingOf(
  tx: Parameters<typeof findDevices>[0],
  question: Question,
  found: readonly FoundRow[],
  now: number,
): Promise<readonly FoundRow[]> {
  if (question.narrowing.exact) return found;
  const ids = found.map(({ device_id }) => device_id);
  const known = await selectSearchedDevices(tx, ids, question.facts, readsGroupsOf(question));
  const fitting = new Set(
    known.filter((row) => answerOf(question, row, now) === true).map(({ device_id }) => device_id),
  );
  return found.filter(({ device_id }) => fitting.has(device_id));
}

const readsGroupsOf = ({ compiled }: Question): boolean => compiled !== undefined && readsGroups(compiled);

function answerOf(
  { compiled }: Question,
  row: Parameters<typeof toSearched>[0],
  now: number,
): ReturnType<typeof evaluateExpression> {
  return compiled === undefined || evaluateExpression(compiled, searchValues(toSearched(row, now)));
}

const placeOf = ({ key, device_no }: FoundRow): FoundPlace => [key, device_no];

async function listed(
  tx: Parameters<typeof findDevices>[0],
  found: readonly FoundRow[],
  columns: readonly FactName[],
): Promise<readonly { readonly place: FoundPlace; readonly device: ListedDevice }[]> {
  if (found.length === 0) return [];
  const rows = await selectListedDevices(
    tx,
    found.map(({ device_id }) => device_id),
    columns,
  );
  const byId = new Map(rows.map((row) => [row.device_id, row]));
  return found.flatMap((each) => {
    const row = byId.get(each.device_id);
    return row === undefined ? [] : [{ place: placeOf(each), device: presentListed(row) }];
  });
}

/** @throws DomainError `invalid-input`, `forbidden` */
export function readColumns(principal: TenantPrincipal, names: readonly string[]): readonly FactName[] {
  const facts = names.map((name) => {
    if (isFactName(name)) return name;
    throw new DomainError('invalid-input', `There is no fact "${name.slice(0, 64)}".`);
  });
  requireSight(principal, facts);
  return facts;
}

/** Who asks by what concerns persons, or has it listed, leaves a trace, as who reads it does (ADM-18). */
export async function noteSearch(
  deps: SearchDeps,
  principal: TenantPrincipal,
  facts: readonly FactName[],
): Promise<void> {
  const named = [...new Set(facts)].filter((fact) => factDefinition(fact).privacy !== 'technical');
  if (named.length === 0) return;
  await deps.database.withTenant(principal.organizationId, (tx) =>
    recordAudit(tx, {
      actor: principal,
      action: 'devices.search-private-facts',
      target: { kind: 'organization', id: principal.organizationId },
      outcome: 'done',
      show: { facts: named },
    }),
  );
}

function inside<T>(
  deps: SearchDeps,
  principal: TenantPrincipal,
  work: (tx: Parameters<typeof findDevices>[0]) => Promise<T>,
): Promise<T> {
  return deps.database.withTenant(principal.organizationId, work, { readOnly: true });
}

export function presentListed(row: ListedRow): ListedDevice {
  const facts: Record<string, FactValue> = {};
  const reports = (row.reports ?? []).map(({ source, at, facts: of }) => ({
    source,
    observedAt: at,
    facts: of,
  }));
  for (const [name, { value }] of selectFacts(reports)) facts[name] = value;
  return {
    id: row.device_id,
    name: row.name,
    platform: row.platform,
    ownership: row.ownership,
    state: row.state,
    assetNumber: row.asset_number,
    user:
      row.user_id === null
        ? null
        : {
            id: row.user_id,
            email: row.email ?? '',
            userName: row.user_name ?? '',
            displayName: row.display_name ?? '',
          },
    createdAt: row.created_at.toISOString(),
    lastCheckInAt: row.last_check_in_at?.toISOString() ?? null,
    standing: row.standing,
    failing: [...row.failing],
    failureReason: row.failure_reason,
    access: { network: row.access_network, mail: row.access_mail, vpn: row.access_vpn },
    accessChangedAt: row.access_changed_at?.toISOString() ?? null,
    nextChangeAt: row.next_change_at?.toISOString() ?? null,
    manufacturer: row.manufacturer,
    model: row.model,
    osVersion: row.os_version,
    hostName: row.host_name,
    serialNumber: row.serial_number,
    macs: [...row.macs],
    facts,
  };
}
