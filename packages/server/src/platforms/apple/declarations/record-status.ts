// A status report is merged into what is known of the channel, declarations are settled by it, and what it says of the device
// becomes facts. A report that cannot be used is kept as it came, and the device is told that all is well.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import type { FactName } from '@gatehouse/core/facts/catalogue.ts';
import type { FactValue, Scan } from '@gatehouse/core/facts/types.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { Log } from '../../../kernel/log.ts';
import { loadFacts, lockDevice, type Reevaluate, recordFacts } from '../../../modules/devices/index.ts';
import type { AppleTarget } from '../apple-target.ts';
import { reconcileSoon } from '../desired-state/item-queries.ts';
import { enforcedPasscode } from '../inventory/enforced-passcode.ts';
import { settledDeclarations } from './declaration-status.ts';
import { lockStatus, noteOsVersion, settleDeclarations, writeStatus, writeUnread } from './queries.ts';
import { factsOf } from './status-facts.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  mergeStatus,
  readStatusReport,
  statusItem,
  statusLimits,
  type StatusReport,
} from './status-report.ts';

export interface StatusDeps {
  readonly log: Pick<Log, 'info'>;
  readonly reevaluate: Reevaluate;
}

const mostUnread = 64 * 1024;

export async function recordStatus(
  deps: StatusDeps,
  tx: TenantTx,
  target: Pick<AppleTarget, 'deviceId' | 'channel' | 'enrollmentKind'>,
  data: Uint8Array,
  now: number,
): Promise<void> {
  const { deviceId, channel } = target;
  const at = new Date(now);
  let report: StatusReport;
  try {
    report = readStatusReport(data);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    deps.log.info(
      { deviceId, reason: error.message },
      'a status report could not be read; it is kept as it came',
    );
    await writeUnread(tx, deviceId, channel, data.subarray(0, mostUnread), at);
    return;
  }
  await lockDevice(tx, deviceId);
  const before = await lockStatus(tx, deviceId, channel);
  const known = before?.status as Json | undefined;
  const merged = mergeStatus(isObject(known) ? known : {}, report);
  const kept = withErrors(merged, report);
  if (Buffer.byteLength(JSON.stringify(kept)) > statusLimits.merged) {
    await writeUnread(tx, deviceId, channel, data.subarray(0, mostUnread), at);
    return;
  }
  await writeStatus(tx, deviceId, channel, kept, at);
  await settleDeclarations(tx, deviceId, channel, settledDeclarations(merged), at);
  if (channel === '') await learn(deps, tx, deviceId, merged, now);
}

/** What it could not tell, beside what it told. */
function withErrors(status: JsonObject, { errors, full }: StatusReport): JsonObject {
  if (errors.length === 0 && !full) return status;
  return { ...status, _errors: errors.slice(0, 100) };
}

async function learn(
  deps: StatusDeps,
  tx: TenantTx,
  deviceId: string,
  status: JsonObject,
  now: number,
): Promise<void> {
  const said = factsOf(status);
  // Rules that it has just said to hold are rules that it enforces.
  const facts = { ...said, security: { ...said.security, ...(await enforcedPasscode(tx, deviceId)) } };
  const scans = await Promise.all(
    (Object.keys(facts) as (keyof typeof facts)[])
      .filter((scan) => Object.keys(facts[scan]).length > 0)
      .map((scan) => beside(tx, deviceId, scan, facts[scan], now)),
  );
  if (scans.length > 0) {
    const { changed } = await recordFacts(tx, { deviceId, source: 'os-protocol', scans, receivedAt: now });
    if (changed.length > 0) await deps.reevaluate(tx, deviceId, now);
  }
  const version = statusItem(status, 'device.operating-system.version');
  if (
    typeof version === 'string' &&
    /^\d{1,4}(?:\.\d{1,4}){0,3}$/.test(version) &&
    (await noteOsVersion(tx, deviceId, version))
  ) {
    // Another system takes other things: what the device should have is built anew.
    await reconcileSoon(tx, deviceId, now);
  }
}

/**
 * A status report tells less than the question behind a scan. What that told stays, with its own age: news of one thing must not
 * make another look fresh.
 */
async function beside(
  tx: TenantTx,
  deviceId: string,
  scan: Scan,
  facts: Readonly<Partial<Record<FactName, FactValue>>>,
  now: number,
) {
  const told = [...(await loadFacts(tx, deviceId, [scan]))].filter(
    ([, { source }]) => source === 'os-protocol',
  );
  const oldest = Math.min(...told.map(([, { observedAt }]) => observedAt), now);
  const before = Object.fromEntries(told.map(([name, { value }]) => [name, value]));
  return { scan, observedAt: oldest, facts: { ...before, ...facts } };
}
