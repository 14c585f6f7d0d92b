// What telephones do to a server, from a process of its own, over few connections: enrol, poll, fetch commands and answer them. Every
// message is signed by its telephone, before the clock runs.
import { decodeCommand } from '@gatehouse/protocols/apple-mdm/index.ts';
import { Line } from '../agent/line.ts';
import { everyOne } from '../agent/round-trips.ts';
import { introduction, type Phone, reportRequest, tokenUpdate } from './phones.ts';

export type PhoneWork =
  | {
      readonly kind: 'open';
      readonly target: {
        readonly name: string;
        readonly port: number;
        readonly ca: string;
        readonly token: string;
        readonly phones: readonly Phone[];
        readonly connections: number;
      };
    }
  | {
      readonly kind: 'sign-enrolments';
      readonly target: string;
      readonly from: number;
      readonly count: number;
    }
  | { readonly kind: 'enrol'; readonly target: string }
  /** Takes whatever a new telephone is given, until nothing is left for it. */
  | { readonly kind: 'settle'; readonly target: string; readonly from: number; readonly count: number }
  | { readonly kind: 'poll'; readonly target: string; readonly count: number }
  | {
      readonly kind: 'queue';
      readonly target: string;
      readonly devices: number;
      readonly perDevice: number;
      readonly group: number;
    }
  | { readonly kind: 'sign-answers'; readonly target: string }
  | { readonly kind: 'deliver'; readonly target: string };

interface Opened {
  readonly phones: readonly Phone[];
  readonly lines: readonly Line[];
  readonly administrator: Line;
  readonly token: string;
  readonly polls: Map<Phone, Buffer>;
  enrolments: { readonly authenticate: Buffer; readonly token: Buffer }[];
  queued: Map<Phone, string[]>;
  answers: Map<Phone, Buffer[]>;
}

const targets = new Map<string, Opened>();

/** @returns what it took: seconds, and microseconds of CPU of this process. */
export async function workAsPhones(order: PhoneWork): Promise<{ seconds: number; driver: number }> {
  if (order.kind === 'open') {
    await open(order.target);
    return { seconds: 0, driver: 0 };
  }
  const opened = targets.get(order.target);
  if (opened === undefined) throw new Error(`${order.target} is not open`);
  for (const line of [...opened.lines, opened.administrator]) await line.open();
  const cpu = process.cpuUsage();
  const began = performance.now();
  await doIt(opened, order);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, driver: user + system };
}

async function open(target: Extract<PhoneWork, { kind: 'open' }>['target']): Promise<void> {
  const { port, ca, phones, token, connections } = target;
  targets.set(target.name, {
    phones,
    token,
    lines: Array.from({ length: connections }, () => new Line({ port, ca })),
    administrator: new Line({ port, ca }),
    polls: new Map(phones.map((phone) => [phone, reportRequest(phone, {})])),
    enrolments: [],
    queued: new Map(),
    answers: new Map(),
  });
}

async function doIt(opened: Opened, order: Exclude<PhoneWork, { kind: 'open' }>): Promise<void> {
  const { phones, lines, polls } = opened;
  switch (order.kind) {
    case 'sign-enrolments':
      opened.enrolments = phones.slice(order.from, order.from + order.count).map((phone) => ({
        authenticate: introduction(phone),
        token: tokenUpdate(phone),
      }));
      return;
    case 'enrol':
      return onLines(lines, opened.enrolments, async (line, { authenticate, token }) => {
        await nothing(line, authenticate);
        await nothing(line, token);
      });
    case 'settle':
      return onLines(lines, phones.slice(order.from, order.from + order.count), (line, phone) =>
        settle(line, phone, messageOf(polls, phone)),
      );
    case 'poll': {
      const turns = Array.from({ length: order.count }, (_, index) => phones[index % phones.length] as Phone);
      return onLines(lines, turns, (line, phone) => nothing(line, messageOf(polls, phone)));
    }
    case 'queue':
      return queue(opened, order);
    case 'sign-answers':
      opened.answers = new Map(
        [...opened.queued].map(([phone, ids]) => [
          phone,
          ids.map((commandUuid) => reportRequest(phone, { status: 'Acknowledged', commandUuid })),
        ]),
      );
      return;
    case 'deliver':
      return onLines(lines, [...opened.queued], async (line, [phone, ids]) => {
        let request = messageOf(polls, phone);
        const answers = opened.answers.get(phone) ?? [];
        for (const [index, id] of ids.entries()) {
          const given = await ask(line, request);
          if (given.length === 0 || decodeCommand(given).commandUuid !== id)
            throw new Error(`delivered out of order or not at all: ${given.toString().slice(0, 300)}`);
          request = answers[index] ?? request;
        }
        await nothing(line, request);
      });
    default:
      order satisfies never;
  }
}

function messageOf(messages: ReadonlyMap<Phone, Buffer>, phone: Phone): Buffer {
  const message = messages.get(phone);
  if (message === undefined) throw new Error('nothing was signed for this telephone');
  return message;
}

/** One item after the other on each line, all lines at once. */
function onLines<T>(
  lines: readonly Line[],
  items: readonly T[],
  visit: (line: Line, item: T) => Promise<void>,
): Promise<void> {
  const free = [...lines];
  return everyOne(items, lines.length, async (item) => {
    const line = free.pop();
    if (line === undefined) throw new Error('more at once than there are lines');
    await visit(line, item);
    free.push(line);
  });
}

async function ask(line: Line, request: Uint8Array): Promise<Buffer> {
  const { status, body } = await line.sendBytes(request);
  if (status !== 200) throw new Error(`${status} ${body.slice(0, 300)}`);
  return Buffer.from(body);
}

/** A fast command, or a fast refusal, is no result. */
async function nothing(line: Line, request: Uint8Array): Promise<void> {
  const given = await ask(line, request);
  if (given.length > 0) throw new Error(`something waits: ${given.toString().slice(0, 300)}`);
}

/** New telephones are asked all sorts of things. These say no to everything, which is an answer too. */
async function settle(line: Line, phone: Phone, poll: Buffer): Promise<void> {
  let given = await ask(line, poll);
  for (let turns = 0; given.length > 0; turns += 1) {
    if (turns > 100) throw new Error('there is no end to what is asked of a new telephone');
    const { commandUuid } = decodeCommand(given);
    given = await ask(line, reportRequest(phone, { status: 'Error', commandUuid }));
  }
}

/** A round for each command of a device: all devices get their first, then all their second. */
async function queue(
  opened: Opened,
  { devices, perDevice, group }: Extract<PhoneWork, { kind: 'queue' }>,
): Promise<void> {
  const { administrator, token } = opened;
  const chosen = new Map(opened.phones.slice(0, devices).map((phone) => [phone.deviceId, phone]));
  const ids = [...chosen.keys()];
  opened.queued = new Map([...chosen.values()].map((phone) => [phone, []]));
  for (let number = 1; number <= perDevice; number += 1) {
    for (let from = 0; from < ids.length; from += group) {
      const answer = await administrator.send(
        `POST /api/v1/commands HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}`,
        JSON.stringify({ deviceIds: ids.slice(from, from + group), name: 'lock-device' }),
      );
      if (answer.status !== 200) throw new Error(`queue: ${answer.status} ${answer.body.slice(0, 300)}`);
      const { items } = JSON.parse(answer.body) as {
        items: { deviceId: string; command: { id: string } | null }[];
      };
      for (const { deviceId, command } of items) {
        const phone = chosen.get(deviceId);
        if (command === null || phone === undefined) throw new Error(`refused: ${answer.body.slice(0, 300)}`);
        opened.queued.get(phone)?.push(command.id);
      }
    }
  }
}
