// Lists of devices that stay as they were: what somebody pasted, and what a search found before it is acted upon, so that what is
// done is done to the devices that were looked at and to no others (ADM-19).
import { createHash } from 'node:crypto';
import type { NewSelection, SelectedDevices, Selection } from '@gatehouse/contracts/admin/searches.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { identifierKinds, normalizeIdentifier } from '../devices/index.ts';
import { readQuestion } from './device-question.ts';
import { eachFound, noteSearch } from './device-searches.ts';
import type { SearchDeps } from './search-deps.ts';
import {
  deleteOldSelections,
  findSelection,
  insertSelection,
  resolveLines,
  selectExisting,
  type SelectionRow,
} from './selection-queries.ts';

const keptMs = 24 * 3_600_000;
/** What one list may hold. */
const mostDevices = 250_000;

/** @throws DomainError `invalid-input`, `forbidden`, `too-large` */
export async function createSelection(
  deps: SearchDeps,
  principal: TenantPrincipal,
  { deviceIds, identifiers, ...asked }: NewSelection,
): Promise<Selection> {
  requirePermission(principal, 'devices.read');
  const isQuestion = Object.values(asked).some((value) => value !== undefined);
  if ([deviceIds !== undefined, identifiers !== undefined, isQuestion].filter(Boolean).length !== 1) {
    const message = 'Give either a search, or devices, or what devices are known by.';
    throw new DomainError('invalid-input', message);
  }
  const inside = <T>(work: (tx: TenantTx) => Promise<T>) =>
    deps.database.withTenant(principal.organizationId, work, { readOnly: true });
  const found: { ids: readonly string[]; notFound: readonly string[] } =
    identifiers !== undefined
      ? await inside((tx) => resolve(tx, identifiers))
      : deviceIds !== undefined
        ? { ids: await inside((tx) => selectExisting(tx, deviceIds)), notFound: [] }
        : { ids: await idsOf(deps, principal, asked), notFound: [] };
  const now = deps.clock.now();
  const row: SelectionRow = {
    selection_id: newId(),
    created_by: `${principal.kind}:${principal.id}`,
    device_ids: found.ids,
    hash: createHash('sha256').update(found.ids.join('\n')).digest('hex'),
    not_found: found.notFound,
    created_at: new Date(now),
    expires_at: new Date(now + keptMs),
  };
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    await deleteOldSelections(tx, row.created_at);
    await insertSelection(tx, row);
  });
  return present(row);
}

/** @throws DomainError `not-found` when it is gone, or is not the organization's. */
export async function readSelection(
  deps: SearchDeps,
  principal: TenantPrincipal,
  selectionId: string,
): Promise<Selection> {
  requirePermission(principal, 'devices.read');
  const row = await deps.database.withTenant(
    principal.organizationId,
    (tx) => findSelection(tx, selectionId, new Date(deps.clock.now())),
    { readOnly: true },
  );
  if (!row) throw noSuchSelection();
  return present(row);
}

/** As many at once as a command may be sent to. */
const partSize = 1_000;

/** A part of them, in the order of enrolment. @throws DomainError `not-found` */
export async function readSelectedDevices(
  deps: SearchDeps,
  principal: TenantPrincipal,
  selectionId: string,
  part: number,
): Promise<SelectedDevices> {
  requirePermission(principal, 'devices.read');
  const row = await deps.database.withTenant(
    principal.organizationId,
    (tx) => findSelection(tx, selectionId, new Date(deps.clock.now())),
    { readOnly: true },
  );
  if (!row) throw noSuchSelection();
  return {
    deviceIds: row.device_ids.slice(part * partSize, (part + 1) * partSize),
    parts: Math.ceil(row.device_ids.length / partSize),
    hash: row.hash,
  };
}

const noSuchSelection = () =>
  new DomainError('not-found', 'There is no such list of devices; they are kept for a day.');

function present(row: SelectionRow): Selection {
  return {
    id: row.selection_id,
    devices: row.device_ids.length,
    hash: row.hash,
    notFound: [...row.not_found],
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  };
}

async function idsOf(
  deps: SearchDeps,
  principal: TenantPrincipal,
  asked: Parameters<typeof readQuestion>[1],
): Promise<readonly string[]> {
  const question = readQuestion(principal, asked);
  await noteSearch(deps, principal, question.facts);
  const ids: string[] = [];
  for await (const rows of eachFound(deps, principal, question)) {
    ids.push(...rows.map(({ device_id }) => device_id));
    if (ids.length > mostDevices)
      throw new DomainError('too-large', `A list holds at most ${mostDevices} devices.`);
  }
  return ids;
}

async function resolve(
  tx: TenantTx,
  identifiers: readonly string[],
): Promise<{ readonly ids: readonly string[]; readonly notFound: readonly string[] }> {
  const texts = [...new Set(identifiers.map((text) => text.trim()).filter((text) => text !== ''))];
  const lines = texts.flatMap((text, line) => [
    ...identifierKinds.flatMap((kind) => {
      const value = normalizeIdentifier(kind, text);
      return value === undefined ? [] : [{ line, kind, value }];
    }),
    { line, kind: 'asset', value: text },
    ...(text.includes('@') ? [{ line, kind: 'email', value: text.toLowerCase() }] : []),
  ]);
  const rows = await resolveLines(tx, lines);
  const known = new Set(rows.map(({ line }) => line));
  return {
    ids: await selectExisting(tx, [...new Set(rows.map(({ device_id }) => device_id))]),
    notFound: texts.filter((_text, line) => !known.has(line)),
  };
}
