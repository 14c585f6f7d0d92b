// A device that is shut out for a reason that one can follow: a policy over a group, a fact, a moment when it turned.
import type { SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { openWebWorld, type WebWorld } from './web-world.ts';

export interface DeviceWorld extends WebWorld {
  readonly agent: SimulatedAgent;
  readonly deviceId: string;
  readonly deviceName: string;
  readonly policyId: string;
  readonly groupId: string;
  /** A page of the device: `why`. */
  page(tab: string, id?: string): string;
}

export async function openDeviceWorld(devices = 2): Promise<DeviceWorld> {
  const world = await openWebWorld({ devices });
  const [agent] = world.devices;
  if (agent === undefined) throw new Error('the world has no device');
  const deviceId = agent.memory.identity?.deviceId ?? '';
  // An account that is a moment old destroys nothing and approves nothing (ADM-06): these are two days old.
  const superuser = await world.server.db.superuser();
  await superuser.query(`update administrators set empowered_at = now() - interval '2 days'`);
  const { items } = await world.operate<{ items: { id: string }[] }>('GET', '/users');
  const group = await world.operate<{ id: string }>('POST', '/groups', { name: 'Sales' });
  await world.operate('PUT', `/groups/${group.id}/members/${items[0]?.id}`);
  const policy = await world.operate<{ id: string }>('POST', '/policies', {
    name: 'Laptops',
    settings: { 'passcode.required': true, 'passcode.grace-minutes': 0 },
  });
  await world.operate('POST', '/assignments', {
    item: { kind: 'policy', id: policy.id },
    target: { kind: 'group', id: group.id },
  });
  await agent.report();
  await agent.report();
  for (const account of agent.computer.accounts) account.hasPassword = false;
  await agent.report();
  const device = await world.operate<{ name: string }>('GET', `/devices/${deviceId}`);
  return Object.assign(world, {
    agent,
    deviceId,
    deviceName: device.name,
    policyId: policy.id,
    groupId: group.id,
    page: (tab: string, id = deviceId) => world.url(`/console/devices/${id}/${tab}`),
  });
}
