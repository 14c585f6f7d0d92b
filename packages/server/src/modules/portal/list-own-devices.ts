// The person's devices as the portal shows them: how each stands and why, what mends it, and what may be done to it.
import type { MyDevice, MyDeviceDetail } from '@gatehouse/contracts/my/devices.ts';
import { type CommandName, parseCommand } from '@gatehouse/core/commands/catalogue.ts';
import type { FactName } from '@gatehouse/core/facts/catalogue.ts';
import { type OwnAction, ownAction, ownActions } from '@gatehouse/core/portal/own-actions.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { explainDevice } from '../compliance/index.ts';
import { type Device, findDevice, loadFacts, noSuchDevice } from '../devices/index.ts';
import { readSettings } from '../organizations/index.ts';
import { findOwnDevice } from './own-device.ts';
import { type Person, type PortalDeps, withRights } from './portal-deps.ts';
import { type OwnDeviceRow, selectOpenOrders, selectOwnDevices } from './queries.ts';
import { standOf } from './standing.ts';

/** Newest first. */
export async function listOwnDevices(deps: PortalDeps, person: Person): Promise<MyDevice[]> {
  const { principal } = person;
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectOwnDevices(tx, principal.id),
    { readOnly: true },
  );
  const devices: MyDevice[] = [];
  for (const row of rows) devices.push(await summarize(deps, person, row));
  return devices;
}

const explaining = new Set(['devices.explain'] as const);

/** Explained without what concerns a person: the reasons are the same, and nothing is looked at that would be on record. */
async function summarize(deps: PortalDeps, person: Person, row: OwnDeviceRow): Promise<MyDevice> {
  const { rules, userIsTold, gates } = await explainDevice(
    deps,
    withRights(person, explaining),
    row.device_id,
    { language: person.language },
  );
  const barred = row.state === 'blocked' || gates.network.reasons.some(({ code }) => code === 'blocked');
  return {
    id: row.device_id,
    name: row.name,
    platform: row.platform,
    model: row.model,
    osVersion: row.os_version,
    ownership: row.ownership,
    state: row.state,
    access: { network: row.access_network, mail: row.access_mail, vpn: row.access_vpn },
    ...mutable(standOf(row.state, barred, userIsTold, rules, person.language)),
    lastContactAt: row.last_check_in_at?.toISOString() ?? null,
  };
}

const mutable = ({ problems, ...stand }: ReturnType<typeof standOf>) => ({
  ...stand,
  problems: problems.map((problem) => ({ ...problem })),
});

/** @throws DomainError `not-found` */
export async function readOwnDevice(
  deps: PortalDeps,
  person: Person,
  deviceId: string,
): Promise<MyDeviceDetail> {
  const { row, facts, actions, registeredAt } = await deps.database.withTenant(
    person.principal.organizationId,
    async (tx) => {
      const own = await findOwnDevice(tx, person, deviceId);
      const device = await findDevice(tx, deviceId);
      if (device === undefined) throw noSuchDevice();
      const known = await loadFacts(tx, deviceId, ['device-information', 'security']);
      return {
        row: own,
        facts: known,
        registeredAt: own.registered_at,
        actions: await actionsOf(deps, tx, device, known.get('management.lost-mode')?.value === true),
      };
    },
    { readOnly: true },
  );
  const text = (fact: FactName): string | null => {
    const value = facts.get(fact)?.value;
    return typeof value === 'string' ? value : null;
  };
  const yes = (fact: FactName): boolean | null => {
    const value = facts.get(fact)?.value;
    return typeof value === 'boolean' ? value : null;
  };
  const reports = [...facts.values()].map(({ observedAt }) => observedAt);
  return {
    ...(await summarize(deps, person, row)),
    helpCode: row.device_id.slice(0, 13),
    details: {
      serialNumber: row.serial_number,
      assetNumber: row.asset_number,
      carrier: text('cellular.carrier'),
      agentVersion: text('agent.version'),
      passcodeSet: yes('passcode.set'),
      encrypted: yes('storage.encrypted'),
      managed: row.state === 'registered',
      wipeSupported: actions.some(({ action, because }) => action === 'erase' && because !== 'not-supported'),
      lastReportAt: reports.length === 0 ? null : new Date(Math.max(...reports)).toISOString(),
      registeredAt: registeredAt?.toISOString() ?? null,
    },
    actions,
  };
}

/** What a command needs so that a platform can say whether it knows it. */
const sample: Partial<Record<CommandName, object>> = { 'enable-lost-mode': { message: 'x' } };

async function actionsOf(
  deps: PortalDeps,
  tx: TenantTx,
  device: Device,
  lost: boolean,
): Promise<MyDeviceDetail['actions']> {
  const { portal } = await readSettings(tx);
  const open = await selectOpenOrders(tx, device.deviceId, new Date(deps.clock.now()));
  const listed: MyDeviceDetail['actions'] = [];
  for (const action of ownActions) {
    const { command, needsProof } = ownAction(action);
    const because = !portal.actions[action].includes(device.ownership)
      ? 'not-allowed'
      : !(await isSupported(deps, tx, device, command))
        ? 'not-supported'
        : isTimely(action, device, lost)
          ? null
          : 'not-now';
    const waiting = open.find(({ name }) => name === command)?.command_id ?? null;
    listed.push({ action, possible: because === null, because, needsProof, waiting });
  }
  return listed;
}

async function isSupported(
  deps: PortalDeps,
  tx: TenantTx,
  device: Device,
  name: CommandName,
): Promise<boolean> {
  const command = parseCommand(name, sample[name] ?? {});
  const refusals = await deps.support?.(tx, { command, channel: '', devices: [device] });
  return refusals?.has(device.deviceId) !== true;
}

function isTimely(action: OwnAction, { state }: Device, lost: boolean): boolean {
  if (state !== 'registered' && state !== 'wiping') return false;
  if (action === 'mark-lost') return !lost;
  return action === 'sound' || action === 'mark-found' ? lost : true;
}
