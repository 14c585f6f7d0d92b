// Holds devices against every standing expression: which smart groups they are in, and which watch lists. Runs inside the
// evaluation of the devices, under its locks, so that membership, policies and decision change together.
import { systemActor } from '@gatehouse/core/actor.ts';
import { earliest } from '@gatehouse/core/compliance/moments.ts';
import { evaluateExpression } from '@gatehouse/core/expressions/compile.ts';
import type { ExpressionValues } from '@gatehouse/core/expressions/types.ts';
import { factsReadBy } from '@gatehouse/core/expressions/device-environment.ts';
import { nextMomentOf } from '@gatehouse/core/expressions/next-moment.ts';
import { readsGroups, type Searched, searchValues } from '@gatehouse/core/expressions/search-environment.ts';
import { selectFacts } from '@gatehouse/core/facts/select.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type AlertDeps, raiseAlert } from '../alerts/index.ts';
import { recordAudits } from '../audit/index.ts';
import { compileFor } from './expressions.ts';
import {
  changeMemberships,
  type Membership,
  type SearchedRow,
  selectMemberships,
  selectSearchedDevices,
  selectStandingSearches,
  type SetKind,
  type StandingSearch,
} from './queries.ts';

export type RefreshDeps = Pick<AlertDeps, 'events'>;

export interface Refreshed {
  /** Devices that are in other groups than before: other policies may reach them. */
  readonly regrouped: ReadonlySet<string>;
  /** When time alone may change what is found: ms since the epoch, by device. */
  readonly nextChanges: ReadonlyMap<string, number>;
  /** To be looked at once the decision is stored. */
  readonly watchLists: readonly StandingSearch[];
}

export function toSearched(row: SearchedRow, now: number): Searched {
  return {
    device: {
      platform: row.platform,
      ownership: row.ownership,
      state: row.state,
      name: row.name,
      userName: row.user_name,
    },
    facts: selectFacts(
      (row.reports ?? []).map(({ source, at, facts }) => ({ source, observedAt: at, facts })),
    ),
    now,
    lastCheckInAt: row.last_check_in_at?.getTime() ?? null,
    posture: {
      compliant: row.compliant,
      network: row.access_network,
      mail: row.access_mail,
      vpn: row.access_vpn,
      changedAt: row.access_changed_at?.getTime() ?? null,
      standing: row.standing,
      failing: row.failing,
    },
    groups: row.groups,
  };
}

/** Before the policies are resolved: policies follow from groups. */
export async function refreshGroups(
  deps: RefreshDeps,
  tx: TenantTx,
  deviceIds: readonly string[],
  now: number,
): Promise<Refreshed> {
  const searches = await selectStandingSearches(tx);
  const watchLists = searches.filter(({ kind }) => kind === 'watch-list');
  if (searches.length === 0) return { regrouped: new Set(), nextChanges: new Map(), watchLists };
  const documents = await readDocuments(tx, searches, deviceIds, now);
  const groups = searches.filter(({ kind }) => kind === 'group');
  const regrouped = await refresh(deps, tx, 'group', groups, documents, now);
  return { regrouped, nextChanges: nextChanges(searches, documents, now), watchLists };
}

/** After the decision is stored: a watch list may ask for it. */
export async function refreshWatchLists(
  deps: RefreshDeps,
  tx: TenantTx,
  watchLists: readonly StandingSearch[],
  deviceIds: readonly string[],
  now: number,
): Promise<void> {
  if (watchLists.length === 0) return;
  const documents = await readDocuments(tx, watchLists, deviceIds, now);
  await refresh(deps, tx, 'watch-list', watchLists, documents, now);
}

/** What expressions look at, of one device: its sources are weighed once, however many ask. */
interface Document {
  readonly deviceId: string;
  /** Nothing is said of a device that has left; it is in no set. */
  readonly gone: boolean;
  readonly values: ExpressionValues;
}

async function readDocuments(
  tx: TenantTx,
  searches: readonly StandingSearch[],
  deviceIds: readonly string[],
  now: number,
): Promise<readonly Document[]> {
  const compiled = searches.map(({ kind, expression }) => compileFor(kind, expression));
  const facts = [...new Set(compiled.flatMap(factsReadBy))];
  const rows = await selectSearchedDevices(tx, deviceIds, facts, compiled.some(readsGroups));
  return rows.map((row) => ({
    deviceId: row.device_id,
    gone: row.state === 'unmanaged',
    values: searchValues(toSearched(row, now)),
  }));
}

/** @returns the devices that entered or left any of them. */
async function refresh(
  deps: RefreshDeps,
  tx: TenantTx,
  kind: SetKind,
  searches: readonly StandingSearch[],
  documents: readonly Document[],
  now: number,
): Promise<ReadonlySet<string>> {
  if (searches.length === 0) return new Set();
  const before = await selectMemberships(
    tx,
    kind,
    documents.map(({ deviceId }) => deviceId),
  );
  const found = holdAgainst(searches, documents);
  const [was, is] = [keysOf(before), keysOf(found)];
  const entered = found.filter((membership) => !was.has(keyOf(membership)));
  const left = before.filter((membership) => !is.has(keyOf(membership)));
  const byId = new Map(searches.map((search) => [search.set_id, search]));
  await Promise.all([
    changeMemberships(tx, kind, entered, left, new Date(now)),
    tell(deps, tx, byId, 'entered', entered, now),
    tell(deps, tx, byId, 'left', left, now),
  ]);
  return new Set([...entered, ...left].map(({ device_id }) => device_id));
}

const keyOf = ({ set_id, device_id }: Membership): string => `${set_id} ${device_id}`;
const keysOf = (rows: readonly Membership[]): ReadonlySet<string> => new Set(rows.map(keyOf));

function holdAgainst(
  searches: readonly StandingSearch[],
  documents: readonly Document[],
): readonly Membership[] {
  const compiled = searches.map(({ kind, set_id, expression }) => ({
    set_id,
    expression: compileFor(kind, expression),
  }));
  return documents.flatMap(({ deviceId, gone, values }) => {
    if (gone) return [];
    // What cannot be told does not hold (CEL-02).
    return compiled
      .filter(({ expression }) => evaluateExpression(expression, values) === true)
      .map(({ set_id }) => ({ set_id, device_id: deviceId }));
  });
}

function nextChanges(
  searches: readonly StandingSearch[],
  documents: readonly Document[],
  now: number,
): ReadonlyMap<string, number> {
  const timed = searches
    .map(({ kind, expression }) => compileFor(kind, expression))
    .filter(({ ages }) => ages.length > 0);
  if (timed.length === 0) return new Map();
  return new Map(
    documents.flatMap(({ deviceId, values }) => {
      const next = earliest(timed.map((expression) => nextMomentOf(expression, values, now)));
      return next === null ? [] : [[deviceId, next] as const];
    }),
  );
}

/** Each move is on record and an event; watch lists also alert, once for each list while nobody has looked. */
async function tell(
  deps: RefreshDeps,
  tx: TenantTx,
  searches: ReadonlyMap<string, StandingSearch>,
  direction: 'entered' | 'left',
  moves: readonly Membership[],
  now: number,
): Promise<void> {
  if (moves.length === 0) return;
  const known = moves.flatMap(({ set_id, device_id }) => {
    const search = searches.get(set_id);
    return search ? [{ search, deviceId: device_id }] : [];
  });
  const actor = systemActor('searches', tx.organizationId);
  await Promise.all([
    recordAudits(
      tx,
      known.map(({ search, deviceId }) => ({
        actor,
        action: `${search.kind === 'group' ? 'groups' : 'watch-lists'}.device-${direction}`,
        target: { kind: 'device', id: deviceId },
        outcome: 'done',
        show: { set: search.set_id, name: search.name },
      })),
    ),
    deps.events.emitAll(
      tx,
      known.map(({ search, deviceId }) => ({
        name: search.kind === 'group' ? 'device.groups-changed' : `watch-list.${direction}`,
        subjectId: deviceId,
        payload: { deviceId, setId: search.set_id, name: search.name, direction },
      })),
    ),
  ]);
  for (const [setId, members] of Map.groupBy(known, ({ search }) => search.set_id)) {
    const search = searches.get(setId);
    if (search === undefined || !(direction === 'entered' ? search.tell_entry : search.tell_exit)) continue;
    await raiseAlert({ clock: { now: () => now }, events: deps.events }, tx, {
      kind: 'watch-list',
      severity: 'warning',
      subject: { kind: 'watch-list', id: setId },
      detail: { list: search.name, direction, count: members.length },
      more: { devices: members.slice(0, 20).map(({ deviceId }) => deviceId) },
      sameAs: `watch-list ${setId} ${direction}`,
    });
  }
}
