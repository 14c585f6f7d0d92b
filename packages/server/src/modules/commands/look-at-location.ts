// Where a device was last, for whoever may know: what locating it brought to light and what it reported by itself. The look is on
// record in the transaction that shows it, and so in what the user of the device is shown (ADM-18, ACT-16, ACT-17).
import { DomainError } from '@gatehouse/core/errors.ts';
import type { FactName } from '@gatehouse/core/facts/catalogue.ts';
import type { FactSource } from '@gatehouse/core/facts/types.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { type TenantPrincipal, transactIn, type Worked } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { findDevice, loadFacts, noSuchDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { selectLocated } from './queries.ts';

export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly accuracyMeters: number | null;
  readonly observedAt: string;
  /** command: it was asked; else who stated it. */
  readonly source: 'command' | FactSource;
}

/** Of earlier places, when whoever looks asks for them. */
const longestTrail = 20;

type Deps = Pick<CommandDeps, 'database' | 'sealer'>;

/**
 * @returns places, newest first: one, or with `trail` the earlier ones too.
 * @throws DomainError `not-found`, `forbidden` also for devices that are not the company's, unless that is one's right.
 */
export async function lookAtLocation(
  deps: Deps,
  principal: TenantPrincipal,
  {
    deviceId,
    reason,
    trail = false,
  }: { deviceId: string; reason?: string | undefined; trail?: boolean | undefined },
): Promise<{ readonly places: readonly Place[] }> {
  requirePermission(principal, 'devices.facts.sensitive.read');
  return transactIn(
    deps.database,
    principal.organizationId,
  )(async (tx): Promise<Worked<{ readonly places: readonly Place[] }>> => {
    const device = await findDevice(tx, deviceId);
    if (!device) throw noSuchDevice();
    const look = {
      actor: principal,
      action: 'devices.read-private-facts',
      target: { kind: 'device', id: deviceId },
      ...(reason === undefined ? {} : { reason }),
    };
    const show = { classes: ['sensitive'], facts: ['location'], ownership: device.ownership, trail };
    if (device.ownership !== 'corporate' && !principal.permissions.has('devices.locate.personal')) {
      await recordAudit(tx, { ...look, outcome: 'refused', show });
      const message = `Where a device is may be seen of corporate devices; this one is ${device.ownership}.`;
      return { refusal: new DomainError('forbidden', message, { reason: 'personal-device' }) };
    }
    const places = [...(await reportedPlace(tx, deviceId)), ...(await locatedPlaces(deps, tx, deviceId))]
      .toSorted((a, b) => Date.parse(b.observedAt) - Date.parse(a.observedAt))
      .slice(0, trail ? longestTrail : 1);
    await recordAudit(tx, { ...look, outcome: 'done', show: { ...show, places: places.length } });
    return { answer: { places } };
  });
}

/** As a report states it. */
async function reportedPlace(tx: TenantTx, deviceId: string): Promise<readonly Place[]> {
  const facts = await loadFacts(tx, deviceId, ['device-information']);
  const number = (name: FactName) => {
    const value = facts.get(name)?.value;
    return typeof value === 'number' ? value : undefined;
  };
  const latitude = number('location.latitude');
  const longitude = number('location.longitude');
  const stated = facts.get('location.latitude');
  if (latitude === undefined || longitude === undefined || stated === undefined) return [];
  return [
    {
      latitude,
      longitude,
      accuracyMeters: number('location.accuracy-meters') ?? null,
      observedAt: new Date(stated.observedAt).toISOString(),
      source: stated.source,
    },
  ];
}

/** As commands brought it to light. */
async function locatedPlaces(deps: Deps, tx: TenantTx, deviceId: string): Promise<readonly Place[]> {
  const rows = await selectLocated(tx, deviceId, longestTrail);
  const places = await Promise.all(
    rows.map(async ({ command_id, sealed_result, finished_at }) => {
      if (sealed_result === null) return [];
      const opened = await deps.sealer.open(tx, 'commands.sealed_result', command_id, sealed_result);
      return placeOf(JSON.parse(opened.toString()) as Readonly<Record<string, unknown>>, finished_at);
    }),
  );
  return places.flat();
}

/** What a device said, read with care. */
function placeOf(
  { latitude, longitude, accuracyMetres, observedAt }: Readonly<Record<string, unknown>>,
  answeredAt: Date,
): readonly Place[] {
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return [];
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return [];
  const observed = typeof observedAt === 'number' ? Math.min(observedAt, answeredAt.getTime()) : Number.NaN;
  return [
    {
      latitude,
      longitude,
      accuracyMeters: typeof accuracyMetres === 'number' && accuracyMetres >= 0 ? accuracyMetres : null,
      observedAt: new Date(observed > 0 ? observed : answeredAt.getTime()).toISOString(),
      source: 'command',
    },
  ];
}
