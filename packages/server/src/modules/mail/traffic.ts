// What became of requests, in batches: counted by mail device, hour and server; the last errors kept; and of devices that are
// enrolled ones the facts that rules look at (CMP-14), when they change and every few minutes.
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { stateFacts } from './device-facts.ts';
import { selectDueLinks } from './link-queries.ts';
import { linkByEvidence } from './links.ts';
import type { MailDeps } from './mail-deps.ts';
import {
  addDeviceTraffic,
  addErrors,
  addHourlyTraffic,
  noteClientVersions,
  noteStated,
  purgeTraffic,
  selectDueStatements,
  selectLastErrors,
  sumTraffic,
} from './traffic-queries.ts';
import type { MailTrafficSums } from './traffic-sums.ts';

const nobody = '00000000-0000-0000-0000-000000000000';
const hourMs = 3_600_000;
/** How often facts are stated that have not changed. */
const stateAgainMs = 10 * 60_000;
/** How often a device without a link is compared with the person's enrolled ones. */
const linkAgainMs = 60_000;

/** All of one organization. Counters first; what follows for enrolled devices is a transaction for each. */
export async function noteMailTraffic(
  deps: MailDeps,
  organizationId: string,
  sums: MailTrafficSums,
): Promise<void> {
  const devices = [...sums.devices.values()];
  const now = deps.clock.now();
  const { due, unlinked } = await deps.database.withTenant(organizationId, async (tx) => {
    await count(tx, sums);
    if (devices.length === 0) return { due: [], unlinked: [] };
    const ids = devices.map(({ mailDeviceId }) => mailDeviceId);
    return {
      due: await selectDueStatements(tx, devices, new Date(now - stateAgainMs)),
      unlinked: await selectDueLinks(tx, ids, new Date(now - linkAgainMs)),
    };
  });
  for (const { mail_device_id: mailDeviceId, device_id: deviceId, last_seen_at: seen } of due) {
    const authorized = sums.devices.get(mailDeviceId)?.authorized ?? null;
    await deps.database.withTenant(organizationId, async (tx) => {
      await stateFacts(deps, tx, deviceId, {
        'activesync.last-seen': seen.toISOString(),
        ...(authorized === null ? {} : { 'activesync.authorized': authorized }),
      });
      await noteStated(tx, mailDeviceId, new Date(now), authorized);
    });
  }
  for (const mailDeviceId of unlinked)
    await deps.database.withTenant(organizationId, (tx) => linkByEvidence(deps, tx, mailDeviceId));
}

const shortened = (text: string, longest: number): string => text.toWellFormed().slice(0, longest);

async function count(tx: TenantTx, { devices, hours, errors }: MailTrafficSums): Promise<void> {
  await addHourlyTraffic(
    tx,
    hours.map((row) => ({
      ...row,
      hour: new Date(row.hour * hourMs),
      serverId: row.serverId ?? nobody,
    })),
  );
  if (errors.length > 0)
    await addErrors(
      tx,
      errors.map((note) => ({
        at: new Date(note.at),
        server_id: note.serverId,
        mail_device_id: note.mailDeviceId,
        command: shortened(note.command, 40),
        outcome: note.outcome,
        summary: shortened(note.error ?? '', 300),
      })),
    );
  if (devices.size === 0) return;
  const rows = [...devices.values()].map((row) => ({
    ...row,
    lastSeenAt: new Date(row.lastAt),
    command: shortened(row.lastCommand, 40),
    outcome: row.lastOutcome,
    protocolVersion: row.protocolVersion === null ? null : shortened(row.protocolVersion, 10),
    userAgent: row.userAgent === null ? null : shortened(row.userAgent.replaceAll(/\p{Cc}/gu, ' '), 300),
  }));
  await addDeviceTraffic(tx, rows);
  await noteClientVersions(tx, rows);
}

const defaultHours = 24;
const mostErrorsShown = 100;

/** Counts of the last hours, and the last errors. */
export async function getMailTraffic(
  deps: Pick<MailDeps, 'database' | 'clock'>,
  principal: TenantPrincipal,
  hours: number = defaultHours,
) {
  requirePermission(principal, 'mail.read');
  const since = new Date(Math.floor(deps.clock.now() / hourMs) * hourMs - (hours - 1) * hourMs);
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const [sums, errors] = await Promise.all([
        sumTraffic(tx, since),
        selectLastErrors(tx, mostErrorsShown),
      ]);
      return {
        since: since.toISOString(),
        outcomes: sums.map((row) => ({
          serverId: row.server_id === nobody ? null : row.server_id,
          outcome: row.outcome,
          requests: Number(row.requests),
          bytesIn: Number(row.bytes_in),
          bytesOut: Number(row.bytes_out),
        })),
        errors: errors.map((row) => ({
          at: row.at.toISOString(),
          serverId: row.server_id,
          mailDeviceId: row.mail_device_id,
          command: row.command,
          outcome: row.outcome,
          summary: row.summary,
        })),
      };
    },
    { readOnly: true },
  );
}

const keepHoursMs = 90 * 24 * hourMs;
const keepErrorsMs = 7 * 24 * hourMs;

export async function purgeOldMailTraffic(deps: {
  readonly database: Pick<Database, 'withSystem'>;
  readonly clock: { now(): number };
}): Promise<void> {
  const now = deps.clock.now();
  await deps.database.withSystem('purge-expired', (tx) =>
    purgeTraffic(tx, new Date(now - keepHoursMs), new Date(now - keepErrorsMs)),
  );
}
