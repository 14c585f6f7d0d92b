// What became of requests, in batches: counted by mail device, hour and server; the last errors kept; and of devices that are
// enrolled ones the facts that rules look at (CMP-14), when they change and every few minutes.
import { authorizedBy, type MailOutcome } from '@gatehouse/core/mail/mail-outcome.ts';
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

/** One request, when it is over. Of a held one: when it ends. */
export interface MailTrafficNote {
  /** null: it never came so far that a mail device was known. */
  readonly mailDeviceId: string | null;
  /** null: the stand-in, or nobody yet. */
  readonly serverId: string | null;
  readonly command: string;
  readonly outcome: MailOutcome;
  readonly protocolVersion: string | null;
  readonly userAgent: string | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** ms since the epoch */
  readonly at: number;
  /** Of what failed, in a sentence without names of persons or contents of mail (EAS-T12). */
  readonly error?: string | undefined;
}

const nobody = '00000000-0000-0000-0000-000000000000';
const hourMs = 3_600_000;
/** How often facts are stated that have not changed. */
const stateAgainMs = 10 * 60_000;
/** How often a device without a link is compared with the person's enrolled ones. */
const linkAgainMs = 60_000;
const mostErrorsOfBatch = 50;

/** All of one organization. Counters first; what follows for enrolled devices is a transaction for each. */
export async function noteMailTraffic(
  deps: MailDeps,
  organizationId: string,
  notes: readonly MailTrafficNote[],
): Promise<void> {
  if (notes.length === 0) return;
  const devices = Map.groupBy(
    notes.filter((note) => note.mailDeviceId !== null),
    (note) => note.mailDeviceId as string,
  );
  const authorizations = [...devices].map(([mailDeviceId, own]) => ({
    mailDeviceId,
    authorized: lastOf(own.map(({ outcome }) => authorizedBy(outcome))) ?? null,
  }));
  const now = deps.clock.now();
  const { due, unlinked } = await deps.database.withTenant(organizationId, async (tx) => {
    await count(tx, notes, devices);
    const ids = [...devices.keys()];
    if (ids.length === 0) return { due: [], unlinked: [] };
    return {
      due: await selectDueStatements(tx, authorizations, new Date(now - stateAgainMs)),
      unlinked: await selectDueLinks(tx, ids, new Date(now - linkAgainMs)),
    };
  });
  for (const { mail_device_id: mailDeviceId, device_id: deviceId, last_seen_at: seen } of due) {
    const authorized = authorizations.find((each) => each.mailDeviceId === mailDeviceId)?.authorized ?? null;
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

const lastOf = <T>(values: readonly (T | undefined)[]): T | undefined =>
  values.findLast((value) => value !== undefined);

const shortened = (text: string, longest: number): string => text.toWellFormed().slice(0, longest);

async function count(
  tx: TenantTx,
  notes: readonly MailTrafficNote[],
  devices: ReadonlyMap<string, readonly MailTrafficNote[]>,
): Promise<void> {
  const sum = (of: readonly MailTrafficNote[], name: 'bytesIn' | 'bytesOut') =>
    of.reduce((total, note) => total + note[name], 0);
  const hours = Map.groupBy(
    notes,
    ({ at, serverId, outcome }) => `${Math.floor(at / hourMs)} ${serverId ?? nobody} ${outcome}`,
  );
  const byHour = [...hours.values()].flatMap((of) => {
    const [first] = of;
    if (first === undefined) return [];
    return {
      hour: new Date(Math.floor(first.at / hourMs) * hourMs),
      serverId: first.serverId ?? nobody,
      outcome: first.outcome,
      requests: of.length,
      bytesIn: sum(of, 'bytesIn'),
      bytesOut: sum(of, 'bytesOut'),
    };
  });
  const byDevice = [...devices].flatMap(([mailDeviceId, of]) => {
    const last = of.reduce((latest, note) => (note.at >= latest.at ? note : latest));
    return {
      mailDeviceId,
      lastSeenAt: new Date(last.at),
      command: shortened(last.command, 40),
      outcome: last.outcome,
      requests: of.length,
      bytesIn: sum(of, 'bytesIn'),
      bytesOut: sum(of, 'bytesOut'),
      protocolVersion: lastOf(of.map((note) => note.protocolVersion ?? undefined)) ?? null,
      userAgent: lastOf(of.map((note) => note.userAgent ?? undefined)) ?? null,
    };
  });
  const errors = notes
    .filter((note) => note.error !== undefined)
    .slice(-mostErrorsOfBatch)
    .map((note) => ({
      at: new Date(note.at),
      server_id: note.serverId,
      mail_device_id: note.mailDeviceId,
      command: shortened(note.command, 40),
      outcome: note.outcome,
      summary: shortened(note.error ?? '', 300),
    }));
  await addHourlyTraffic(tx, byHour);
  if (errors.length > 0) await addErrors(tx, errors);
  if (byDevice.length === 0) return;
  await addDeviceTraffic(tx, byDevice);
  await noteClientVersions(
    tx,
    byDevice.map((row) => ({
      ...row,
      protocolVersion: row.protocolVersion === null ? null : shortened(row.protocolVersion, 10),
      userAgent: row.userAgent === null ? null : shortened(row.userAgent.replaceAll(/\p{Cc}/gu, ' '), 300),
    })),
  );
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
