// A person orders something of the own device. Whose it is, what the organization lets people do to it, whether the password was
// shown, and whether the day's share is used: all of it is decided here, in the transaction that queues the command (POR-01, POR-02).
import type { MyActionAnswer, MyActionOrder, MyOrder } from '@gatehouse/contracts/my/devices.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import {
  graveDevices,
  graveWindowMs,
  type OwnAction,
  ownAction,
  ownActionOf,
  rightsOverOwn,
} from '@gatehouse/core/portal/own-actions.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { transactIn, type Worked } from '../../kernel/http/route.ts';
import { enqueue } from '../../kernel/jobs/jobs.ts';
import { recordAudit } from '../audit/index.ts';
import { queueInTransaction } from '../commands/index.ts';
import type { LockedDevice } from '../devices/index.ts';
import { readSettings } from '../organizations/index.ts';
import { tellOfDeedKind } from './tell-of-deed.ts';
import { findOwnDevice, lockOwnDevice } from './own-device.ts';
import { type Person, type PortalDeps, withRights } from './portal-deps.ts';
import { insertGraveDeed, lockGraveDevices, selectOpenOrders, selectOrder } from './queries.ts';

/**
 * An order that waits for the device already is the answer to the same order: nothing is queued, nor counted, twice.
 * @throws DomainError `not-found`; `forbidden` (`not-allowed-here`, `password-needed`); `too-many-requests` (`one-device-a-day`);
 * `conflict`, `unprocessable` as the queue
 */
export function orderOwnAction(
  deps: PortalDeps,
  person: Person,
  deviceId: string,
  action: OwnAction,
  order: MyActionOrder,
): Promise<MyActionAnswer> {
  const transact = transactIn(deps.database, person.principal.organizationId);
  return transact(async (tx): Promise<Worked<MyActionAnswer>> => {
    const device = await lockOwnDevice(tx, person, deviceId);
    const { portal } = await readSettings(tx);
    const { command, needsProof, grave } = ownAction(action);
    if (!portal.actions[action].includes(device.ownership)) {
      await recordRefusal(tx, person, device, action, 'not-allowed-here');
      return {
        refusal: new DomainError(
          'forbidden',
          'Your organization does not let people do this by themselves.',
          {
            reason: 'not-allowed-here',
          },
        ),
      };
    }
    if (needsProof && !person.proved) {
      return {
        refusal: new DomainError('forbidden', 'This takes your password again.', {
          reason: 'password-needed',
        }),
      };
    }
    const now = deps.clock.now();
    const open = await selectOpenOrders(tx, deviceId, new Date(now));
    const waiting = open.find(({ name }) => name === command);
    if (waiting !== undefined)
      return { answer: { outcome: 'waiting-already', commandId: waiting.command_id } };
    if (grave && (await isDayUsed(tx, person, deviceId, now))) {
      await recordRefusal(tx, person, device, action, 'one-device-a-day');
      return {
        refusal: new DomainError('too-many-requests', 'This can be done to one device a day.', {
          reason: 'one-device-a-day',
          retryAfterSeconds: 3_600,
        }),
      };
    }
    const [outcome] = await queueInTransaction(
      deps,
      tx,
      withRights(person, rightsOverOwn(portal, device.ownership)),
      { deviceIds: [deviceId], name: command, params: paramsOf(action, order) },
      { via: 'portal' },
    );
    if (outcome === undefined) throw new Error('the queue has lost a device');
    const held = 'refusal' in outcome && outcome.refusal.detail?.['approvalId'] !== undefined;
    if ('refusal' in outcome && !held) return { refusal: outcome.refusal };
    if (grave) await tellOf(tx, person, device, action);
    if ('command' in outcome) {
      const { id } = outcome.command;
      if (grave) {
        const deed = { commandId: id, userId: person.principal.id, deviceId, at: new Date(now) };
        await insertGraveDeed(tx, deed);
      }
      return { answer: { outcome: 'sent', commandId: id } };
    }
    return { answer: { outcome: 'held', commandId: null } };
  });
}

function paramsOf(action: OwnAction, { message, phoneNumber }: MyActionOrder): object {
  if (action !== 'mark-lost') return {};
  return {
    ...(message === undefined ? {} : { message }),
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
  };
}

async function isDayUsed(
  tx: TenantTx,
  { principal }: Person,
  deviceId: string,
  now: number,
): Promise<boolean> {
  const others = await lockGraveDevices(tx, principal.id, new Date(now - graveWindowMs));
  return others.filter((each) => each !== deviceId).length >= graveDevices;
}

/** Also of what is held: whoever did not ask for it wants to know at once. */
async function tellOf(
  tx: TenantTx,
  { principal }: Person,
  device: LockedDevice,
  action: OwnAction,
): Promise<void> {
  const { deviceId } = device;
  await enqueue(tx, {
    kind: tellOfDeedKind,
    key: `${principal.id}/${deviceId}/${action}`,
    payload: { userId: principal.id, deviceId, action },
  });
}

async function recordRefusal(
  tx: TenantTx,
  { principal }: Person,
  { deviceId, ownership }: LockedDevice,
  action: OwnAction,
  reason: string,
): Promise<void> {
  await recordAudit(tx, {
    actor: principal,
    via: 'portal',
    action: `devices.${ownAction(action).command}`,
    target: { kind: 'device', id: deviceId },
    outcome: 'refused',
    reason,
    show: { ownership },
  });
}

/** What has come of an order; where the device is, if the person asked that. @throws DomainError `not-found` */
export async function readOwnOrder(
  deps: PortalDeps,
  person: Person,
  deviceId: string,
  commandId: string,
): Promise<MyOrder> {
  const { principal } = person;
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    await findOwnDevice(tx, person, deviceId);
    const row = await selectOrder(tx, principal.id, deviceId, commandId);
    if (row === undefined) throw new DomainError('not-found', 'There is no such order.');
    const own = row.requested_by === `user:${principal.id}`;
    const sealed = own && row.name === 'locate-device' ? row.sealed_result : null;
    const opened = sealed && (await deps.sealer.open(tx, 'commands.sealed_result', commandId, sealed));
    if (opened !== null) {
      await recordAudit(tx, {
        actor: principal,
        via: 'portal',
        action: 'devices.read-private-facts',
        target: { kind: 'device', id: deviceId },
        outcome: 'done',
        show: { classes: ['sensitive'], facts: ['location'], commandId },
      });
    }
    return {
      id: row.command_id,
      action: ownActionOf(row.name) ?? null,
      state: row.state,
      finishedAt: row.finished_at?.toISOString() ?? null,
      place: opened === null ? null : placeIn(JSON.parse(opened.toString())),
    };
  });
}

function placeIn(result: Readonly<Record<string, unknown>>): MyOrder['place'] {
  const number = (name: string) => (typeof result[name] === 'number' ? result[name] : null);
  const [latitude, longitude] = [number('latitude'), number('longitude')];
  if (latitude === null || longitude === null) return null;
  return { latitude, longitude, accuracyMeters: number('accuracyMetres') };
}
