// Facts as people read them: what their rights allow, and a reading of anything private leaves a trace (ADM-18).
import { factDefinition, factNames, type FactName } from '@gatehouse/core/facts/catalogue.ts';
import { factPermission, permissionToSee } from '@gatehouse/core/facts/fact-rights.ts';
import { selectFacts } from '@gatehouse/core/facts/select.ts';
import { mayCollect } from '@gatehouse/core/facts/privacy.ts';
import {
  type PrivacyClass,
  privacyClasses,
  type Scan,
  scans as everyScan,
  type StoredFact,
} from '@gatehouse/core/facts/types.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { readCollectionPolicy } from './collection-policy.ts';
import type { DeviceDeps } from './device-deps.ts';
import {
  type ChangeRow,
  selectCollection,
  selectFactRows,
  selectHistory,
  toFactReport,
} from './facts-queries.ts';
import { findDevice } from './find-device.ts';
import { noSuchDevice } from './lock-device.ts';

type ReadDeps = Pick<DeviceDeps, 'database'>;

export interface FactsWanted {
  readonly scans?: readonly Scan[] | undefined;
  /** What is not wanted is not shown, and so not on record as seen. */
  readonly leaveOut?: readonly PrivacyClass[] | undefined;
}

/** The entry is written in the transaction of the reading: what was shown is on record, or it was not shown. */
export async function readFacts(
  deps: ReadDeps,
  principal: TenantPrincipal,
  deviceId: string,
  { scans = everyScan, leaveOut = [] }: FactsWanted = {},
) {
  requirePermission(principal, 'devices.facts.read');
  const visible = privacyClasses.filter(
    (each) => principal.permissions.has(factPermission[each]) && !leaveOut.includes(each),
  );
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const [device, rows, collection] = await Promise.all([
      findDevice(tx, deviceId),
      selectFactRows(tx, deviceId, scans),
      selectCollection(tx),
    ]);
    if (!device) throw noSuchDevice();
    const collected = readCollectionPolicy(collection);
    const facts = [...selectFacts(rows.map(toFactReport))];
    const shown = facts.filter(([name]) => visible.includes(factDefinition(name).privacy));
    const disclosed = [...new Set(shown.map(([name]) => factDefinition(name).privacy))].filter(
      (each) => each !== 'technical',
    );
    if (disclosed.length > 0) {
      await recordAudit(tx, {
        actor: principal,
        action: 'devices.read-private-facts',
        target: { kind: 'device', id: deviceId },
        outcome: 'done',
        show: {
          classes: disclosed,
          facts: shown.map(([name]) => name).filter((name) => factDefinition(name).privacy !== 'technical'),
        },
      });
    }
    return {
      facts: shown.map(presentFact),
      scans: rows.map((row) => ({
        scan: row.scan,
        source: row.source,
        observedAt: row.observed_at.toISOString(),
        receivedAt: row.received_at.toISOString(),
        truncated: row.truncated,
      })),
      withheld: privacyClasses.filter(
        (each) =>
          !principal.permissions.has(factPermission[each]) &&
          facts.some(([name]) => factDefinition(name).privacy === each),
      ),
      notCollected: factNames
        .filter(
          (name) =>
            scans.includes(factDefinition(name).scan) && !mayCollect(name, device.ownership, collected),
        )
        .map((name) => ({ name, privacy: factDefinition(name).privacy })),
    };
  });
}

/** How the device's facts changed, newest first; facts that the caller may not see are left out. */
export async function readFactHistory(
  deps: ReadDeps,
  principal: TenantPrincipal,
  deviceId: string,
  fact: FactName | undefined,
  page: PageRequest,
): Promise<PageAnswer<ReturnType<typeof presentChange>>> {
  requirePermission(principal, 'devices.facts.read');
  const visible = factNames.filter(
    (name) => (fact === undefined || name === fact) && principal.permissions.has(permissionToSee(name)),
  );
  const before = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(principal.organizationId, async (tx) => {
    if (!(await findDevice(tx, deviceId))) throw noSuchDevice();
    const changes = await selectHistory(tx, deviceId, before, visible, page.limit + 1);
    const disclosed = new Set(changes.map((row) => row.fact).filter(isPrivate));
    if (disclosed.size > 0) {
      await recordAudit(tx, {
        actor: principal,
        action: 'devices.read-private-facts',
        target: { kind: 'device', id: deviceId },
        outcome: 'done',
        show: { facts: [...disclosed], history: true },
      });
    }
    return changes;
  });
  return pageOfRows(rows, page.limit, presentChange, (row) => [row.change_id]);
}

function isPrivate(fact: string): boolean {
  return factDefinition(fact as FactName).privacy !== 'technical';
}

function presentFact([name, { value, source, observedAt, contradictedBy }]: readonly [FactName, StoredFact]) {
  const { scan, privacy, unit } = factDefinition(name);
  return {
    name,
    value,
    ...(unit === undefined ? {} : { unit }),
    scan,
    privacy,
    source,
    observedAt: new Date(observedAt).toISOString(),
    ...(contradictedBy === undefined
      ? {}
      : {
          contradictedBy: contradictedBy.map((other) => ({
            ...other,
            observedAt: new Date(other.observedAt).toISOString(),
          })),
        }),
  };
}

function presentChange(row: ChangeRow) {
  return {
    fact: row.fact,
    source: row.source,
    before: row.before,
    after: row.after,
    observedAt: row.observed_at.toISOString(),
  };
}
