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
  | { readonly kind: 'queue'; readonly target: string; readonly order: Order }
  /** For all that was queued last: that is delivered next. */
  | { readonly kind: 'sign-answers'; readonly target: string }
  /** Meanwhile the administrator orders something of other telephones, a call now and a call then. */
  | { readonly kind: 'deliver'; readonly target: string; readonly meanwhile?: Order };

/** Commands for a share of the telephones. */
export interface Order {
  readonly from: number;
  readonly count: number;
  readonly perDevice: number;
  /** Devices in one call of the administrator. */
  readonly group: number;
}

interface Opened {
  readonly phones: readonly Phone[];
  readonly lines: readonly Line[];
  readonly administrator: Line;
  readonly token: string;
  readonly polls: Map<Phone, Buffer>;
  enrolments: { readonly authenticate: Buffer; readonly token: Buffer }[];
  /** Ids in their order. */
  queued: Map<Phone, string[]>;
  signed: Map<Phone, readonly SignedAnswer[]>;
}

interface SignedAnswer {
  readonly id: string;
  readonly request: Buffer;
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
  // Who says nothing for a second after the handshake is left to Node's parser for good, which is not what is measured.
  if (!order.kind.startsWith('sign-')) {
    for (const line of [...opened.lines, opened.administrator]) await line.open();
  }
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
    signed: new Map(),
  });
}

async function doIt(opened: Opened, order: Exclude<PhoneWork, { kind: 'open' }>): Promise<void> {
  const { phones, lines } = opened;
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
      return poll(opened, phones.slice(order.from, order.from + order.count));
    case 'poll':
      return poll(
        opened,
        Array.from({ length: order.count }, (_, index) => phones[index % phones.length] as Phone),
      );
    case 'queue':
      for (const call of callsOf(opened, order.order)) await call();
      return;
    case 'sign-answers':
      opened.signed = new Map(
        [...opened.queued].map(([phone, ids]) => [
          phone,
          ids.map((id) => ({
            id,
            request: reportRequest(phone, { status: 'Acknowledged', commandUuid: id }),
          })),
        ]),
      );
      return;
    case 'deliver':
      return deliver(opened, order.meanwhile);
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

function poll({ lines, polls }: Opened, phones: readonly Phone[]): Promise<void> {
  return onLines(lines, phones, async (line, phone) => {
    await turn(line, phone, messageOf(polls, phone), []);
  });
}

/**
 * What the server asks of its own accord, of new telephones all sorts of things and of others now and then, is answered at once with
 * a no, which is an answer too.
 * @param awaited what the telephone has been ordered.
 * @returns the id of the command of those that it is given; undefined when there is nothing more.
 */
async function turn(
  line: Line,
  phone: Phone,
  request: Uint8Array,
  awaited: readonly SignedAnswer[],
): Promise<string | undefined> {
  let given = await ask(line, request);
  for (let turns = 0; given.length > 0; turns += 1) {
    if (turns > 100) throw new Error('there is no end to what is asked of a telephone');
    const { commandUuid } = decodeCommand(given);
    if (awaited.some(({ id }) => id === commandUuid)) return commandUuid;
    given = await ask(line, reportRequest(phone, { status: 'Error', commandUuid }));
  }
  return undefined;
}

/** Each telephone fetches and answers what is queued for it; the calls of the administrator are spread evenly over all that. */
async function deliver(opened: Opened, meanwhile: Order | undefined): Promise<void> {
  const { lines, polls } = opened;
  const signed = [...opened.signed];
  const calls = meanwhile === undefined ? [] : callsOf(opened, meanwhile);
  let served = 0;
  let called = 0;
  let calling = Promise.resolve();
  const keepPace = () => {
    for (; called < calls.length && called <= (calls.length * served) / signed.length; called += 1) {
      calling = calling.then(calls[called]);
    }
    // Its failure is heard below.
    calling.catch(() => undefined);
  };
  keepPace();
  await onLines(lines, signed, async (line, [phone, answers]) => {
    let request = messageOf(polls, phone);
    for (const answer of answers) {
      const given = await turn(line, phone, request, answers);
      if (given !== answer.id)
        throw new Error(`${answer.id} is delivered out of order or not at all: ${given}`);
      request = answer.request;
    }
    const more = await turn(line, phone, request, answers);
    if (more !== undefined) throw new Error(`delivered twice: ${more}`);
    served += 1;
    keepPace();
  });
  await calling;
}

/** A round for each command of a device: all devices get their first, then all their second. */
function callsOf(opened: Opened, { from, count, perDevice, group }: Order): (() => Promise<void>)[] {
  const chosen = new Map(opened.phones.slice(from, from + count).map((phone) => [phone.deviceId, phone]));
  const ids = [...chosen.keys()];
  const queued = new Map([...chosen.values()].map((phone): [Phone, string[]] => [phone, []]));
  opened.queued = queued;
  const { administrator, token } = opened;
  const order = async (deviceIds: readonly string[]) => {
    const answer = await administrator.send(
      `POST /api/v1/commands HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}`,
      JSON.stringify({ deviceIds, name: 'lock-device' }),
    );
    if (answer.status !== 200) throw new Error(`queue: ${answer.status} ${answer.body.slice(0, 300)}`);
    const { items } = JSON.parse(answer.body) as {
      items: { deviceId: string; command: { id: string } | null }[];
    };
    for (const { deviceId, command } of items) {
      const phone = chosen.get(deviceId);
      if (command === null || phone === undefined) throw new Error(`refused: ${answer.body.slice(0, 300)}`);
      queued.get(phone)?.push(command.id);
    }
  };
  return Array.from({ length: perDevice }, () =>
    Array.from(
      { length: Math.ceil(ids.length / group) },
      (_, index) => () => order(ids.slice(index * group, (index + 1) * group)),
    ),
  ).flat();
}
