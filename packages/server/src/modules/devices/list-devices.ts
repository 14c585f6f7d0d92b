// Devices as lists show them: any filter, a stable order, found by the beginning of whatever identifier is at hand.
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type Position,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import type { DeviceDeps } from './device-deps.ts';
import type { IdentifierKind } from './identifiers.ts';
import { noSuchDevice } from './lock-device.ts';
import { isNewLook, recordLook } from './note-look.ts';
import {
  type DeviceFilter,
  type DeviceOrder,
  findOverview,
  type OverviewRow,
  type PrefixRange,
  searchOverview,
  selectOverview,
} from './list-queries.ts';
import { tellStandings } from './tell-standings.ts';

export interface DeviceListQuery extends DeviceFilter {
  readonly search?: string | undefined;
  readonly sort?: DeviceOrder | undefined;
}

type ReadDeps = Pick<DeviceDeps, 'database'>;

export async function listDevices(
  deps: ReadDeps,
  principal: TenantPrincipal,
  { search, sort = 'enrolled', ...filter }: DeviceListQuery,
  page: PageRequest,
  language: Language = 'en',
): Promise<PageAnswer<DevicePresentation>> {
  requirePermission(principal, 'devices.read');
  const searching = search !== undefined && search.trim() !== '';
  if (searching && sort !== 'enrolled') {
    throw new DomainError('invalid-input', 'The results of a search are ordered by enrolment.');
  }
  const after = (page.after ?? []).map(String);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) =>
      searching
        ? searchOverview(tx, filter, searchRanges(search), after[0] ?? null, page.limit + 1)
        : selectOverview(tx, filter, sort, after, page.limit + 1),
    { readOnly: true },
  );
  const position = (row: OverviewRow): Position =>
    sort === 'name' || sort === '-name' ? [row.name_key, row.device_no] : [row.device_no];
  const answer = pageOfRows(rows, page.limit, presentDevice, position);
  return { ...answer, items: await tellStandings(deps, principal, answer.items, language) };
}

/** @throws DomainError `not-found` */
export async function getDevice(
  deps: ReadDeps,
  principal: TenantPrincipal,
  deviceId: string,
  language: Language = 'en',
): Promise<DevicePresentation> {
  requirePermission(principal, 'devices.read');
  const row = await deps.database.withTenant(principal.organizationId, (tx) => findOverview(tx, deviceId), {
    readOnly: true,
  });
  if (!row) throw noSuchDevice();
  if (row.user_id !== null && isNewLook(principal, deviceId))
    await deps.database.withTenant(principal.organizationId, (tx) => recordLook(tx, principal, deviceId));
  const device = presentDevice(row);
  const [told = device] = await tellStandings(deps, principal, [device], language);
  return told;
}

/** After every text that begins with the prefix, in the order of code points. */
const beyond = '\u{10ffff}';

/** What the beginning of an identifier looks like in the normal form of each kind (see identifiers.ts). */
export function searchRanges(search: string): {
  identifiers: readonly PrefixRange[];
  name: { low: string; high: string };
  asset: string;
} {
  const text = search.trim();
  const digits = text.replaceAll(/[\s:./-]/g, '');
  const prefixes: Partial<Record<IdentifierKind, string>> = {
    serial: text.toUpperCase(),
    udid: text.toUpperCase(),
    guid: text.toLowerCase(),
    'host-name': text.toLowerCase(),
    ...(/^[0-9a-f]+$/i.test(digits) ? { mac: digits.toUpperCase(), meid: digits.toUpperCase() } : {}),
    ...(/^[0-9]+$/.test(digits) ? { imei: digits } : {}),
  };
  const range = (low: string) => ({ low, high: low + beyond });
  return {
    identifiers: Object.entries(prefixes).map(([kind, prefix]) => ({ kind, ...range(prefix) })),
    name: range(text.toLowerCase()),
    asset: text,
  };
}

export type DevicePresentation = ReturnType<typeof presentDevice>;

function presentDevice(row: OverviewRow) {
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
    registeredAt: row.registered_at?.toISOString() ?? null,
    unmanagedAt: row.unmanaged_at?.toISOString() ?? null,
    lastCheckInAt: row.last_check_in_at?.toISOString() ?? null,
    clockSkewSeconds: row.clock_skew_seconds,
    compliant: row.compliant,
    access: { network: row.access_network, mail: row.access_mail, vpn: row.access_vpn },
    failureReason: row.failure_reason,
    remediation: row.remediation,
    evaluatedAt: row.evaluated_at.getTime() === 0 ? null : row.evaluated_at.toISOString(),
    nextChangeAt: row.next_change_at?.toISOString() ?? null,
    policyVersion: row.policy_version,
    acknowledgedPolicyVersion: row.acknowledged_policy_version,
    manufacturer: row.manufacturer,
    model: row.model,
    osVersion: row.os_version,
    hostName: row.host_name,
    serialNumber: row.serial_number,
    imei: row.imei,
    meid: row.meid,
    udid: row.udid,
    guid: row.guid,
    macs: [...row.macs],
  };
}
