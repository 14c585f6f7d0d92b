// Commands there and back: an administrator orders something of a group of computers, through the admin API; each computer
// asks over mutual TLS, is handed what waits for it, and answers each command with a request of its own. Every computer checks
// that it got all commands once and in the order in which they were queued.
import { Line } from './line.ts';

const host = 'host: localhost';

/** A computer of the fleet with its open connection. */
export interface Speaking {
  readonly deviceId: string;
  readonly line: Line;
}

export interface RoundTrips {
  readonly kind: 'commands';
  readonly target: string;
  readonly mainPort: number;
  readonly token: string;
  readonly devices: number;
  readonly perDevice: number;
  readonly concurrency: number;
  /** Devices in one call of the administrator; 1: each command is a call to the address of its device. */
  readonly group: number;
}

interface Administrator {
  readonly line: Line;
  readonly token: string;
}

interface Queued {
  readonly devices: readonly Speaking[];
  /** Ids by device, in order. */
  readonly commands: ReadonlyMap<string, readonly string[]>;
}

/** The next group is ordered while the one before is served. */
export async function sendCommands(
  computers: readonly Speaking[],
  ca: string,
  { mainPort, token, devices, perDevice, concurrency, group }: RoundTrips,
): Promise<{ seconds: number; driver: number }> {
  const administrators = Array.from({ length: group === 1 ? concurrency : 1 }, () => ({
    line: new Line({ port: mainPort, ca }),
    token,
  }));
  await Promise.all(administrators.map(({ line }) => line.open()));
  const chosen = computers.slice(0, devices);
  const began = performance.now();
  const cpu = process.cpuUsage();
  if (group === 1) {
    await everyOne(chosen, concurrency, async (device) => {
      const administrator = administrators.pop();
      if (administrator === undefined) throw new Error('more at once than there are administrators');
      const ids: string[] = [];
      for (let number = 1; number <= perDevice; number += 1) ids.push(await queueOne(administrator, device));
      administrators.push(administrator);
      await serve(device, ids);
    });
  } else {
    const [administrator] = administrators;
    if (administrator === undefined) throw new Error('there is no administrator');
    const groups = Array.from({ length: Math.ceil(chosen.length / group) }, (_, index) =>
      chosen.slice(index * group, (index + 1) * group),
    );
    let next = queueGroup(administrator, groups[0] ?? [], perDevice);
    for (let index = 0; index < groups.length; index += 1) {
      const queued = await next;
      const following = groups[index + 1];
      if (following !== undefined) next = queueGroup(administrator, following, perDevice);
      await everyOne(queued.devices, concurrency, (device) =>
        serve(device, queued.commands.get(device.deviceId) ?? []),
      );
    }
  }
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  for (const { line } of administrators) line.close();
  return { seconds, driver: user + system };
}

const order = { name: 'refresh-device', params: { scans: ['security'] } };

async function queueOne({ line, token }: Administrator, { deviceId }: Speaking): Promise<string> {
  const answer = await line.send(
    `POST /api/v1/devices/${deviceId}/commands HTTP/1.1\r\n${host}\r\nauthorization: Bearer ${token}`,
    JSON.stringify(order),
  );
  if (answer.status !== 201) throw new Error(`queue: ${answer.status} ${answer.body.slice(0, 300)}`);
  return (JSON.parse(answer.body) as { id: string }).id;
}

async function queueGroup(
  { line, token }: Administrator,
  devices: readonly Speaking[],
  perDevice: number,
): Promise<Queued> {
  const commands = new Map<string, string[]>();
  for (let number = 1; number <= perDevice; number += 1) {
    const answer = await line.send(
      `POST /api/v1/commands HTTP/1.1\r\n${host}\r\nauthorization: Bearer ${token}`,
      JSON.stringify({ deviceIds: devices.map(({ deviceId }) => deviceId), ...order }),
    );
    if (answer.status !== 200) throw new Error(`queue: ${answer.status} ${answer.body.slice(0, 300)}`);
    const { items } = JSON.parse(answer.body) as {
      items: { deviceId: string; command: { id: string } | null }[];
    };
    for (const { deviceId, command } of items) {
      if (command === null) throw new Error(`${deviceId} was refused: ${answer.body.slice(0, 300)}`);
      commands.set(deviceId, [...(commands.get(deviceId) ?? []), command.id]);
    }
  }
  return { devices, commands };
}

async function serve({ line }: Speaking, queued: readonly string[]): Promise<void> {
  const fetched = await line.send(`GET /agent/v1/commands?wait=0 HTTP/1.1\r\n${host}`);
  if (fetched.status !== 200) throw new Error(`fetch: ${fetched.status} ${fetched.body.slice(0, 300)}`);
  const { commands } = JSON.parse(fetched.body) as { commands: { id: string }[] };
  const ids = commands.map(({ id }) => id);
  if (ids.join() !== queued.join())
    throw new Error(`delivered out of order or not once: ${fetched.body.slice(0, 300)}`);
  for (const id of ids) {
    const answer = await line.send(
      `POST /agent/v1/commands/${id}/result?next=true HTTP/1.1\r\n${host}`,
      '{"state":"acknowledged","result":{}}',
    );
    if (answer.status !== 200) throw new Error(`answer: ${answer.status} ${answer.body.slice(0, 300)}`);
    if (answer.body !== '{"state":"acknowledged","commands":[]}')
      throw new Error(`delivered again: ${answer.body.slice(0, 300)}`);
  }
}

export async function everyOne<T>(
  items: readonly T[],
  atOnce: number,
  visit: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of rest) await visit(item);
    }),
  );
}
