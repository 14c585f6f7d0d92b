// What the fleet does to a server, from a process of its own: idle check-ins, idle polls, and commands there and back.
import { Line } from './line.ts';
import type { Speaker } from './fleet.ts';
import { everyOne, type RoundTrips, sendCommands } from './round-trips.ts';

export interface Target {
  readonly name: string;
  readonly port: number;
  readonly ca: string;
  readonly speakers: readonly Speaker[];
  readonly policyVersion: string;
}

export type Work =
  | { readonly kind: 'open'; readonly target: Target }
  /** Before measuring: every line is open, and stays so for a minute. */
  | { readonly kind: 'get-ready'; readonly target: string }
  | {
      readonly kind: 'requests';
      readonly target: string;
      readonly what: 'check-in' | 'poll';
      readonly count: number;
      readonly concurrency: number;
    }
  | RoundTrips;

interface Computer {
  readonly deviceId: string;
  readonly line: Line;
  counter: number;
}

interface Opened {
  readonly target: Target;
  readonly computers: readonly Computer[];
}

const host = 'host: localhost';
const targets = new Map<string, Opened>();

/** @returns what it took: seconds, and microseconds of CPU of the driver itself where it counts them. */
export async function work(order: Work): Promise<{ seconds: number; driver?: number }> {
  if (order.kind === 'open') {
    const { target } = order;
    const computers = target.speakers.map(({ deviceId, key, chain }) => ({
      deviceId,
      line: new Line({ port: target.port, ca: target.ca, key, cert: chain }),
      counter: 1,
    }));
    targets.set(target.name, { target, computers });
    return { seconds: 0 };
  }
  const opened = targets.get(order.target);
  if (opened === undefined) throw new Error(`${order.target} is not open`);
  if (order.kind === 'get-ready') {
    await everyOne(opened.computers, 16, getReady);
    return { seconds: 0 };
  }
  return order.kind === 'requests'
    ? sendRequests(opened, order)
    : sendCommands(opened.computers, opened.target.ca, order);
}

/** A server soon closes a connection over which nothing has been asked yet, and later those that are silent. */
async function getReady({ line }: Computer): Promise<void> {
  const poll = `GET /agent/v1/commands?wait=0 HTTP/1.1\r\n${host}`;
  await line.open();
  await line.send(poll).catch(async () => {
    await line.open();
    await line.send(poll);
  });
}

/** Each in turn, so that no computer asks more often than a server allows one, and none asks twice at once. */
async function sendRequests(
  { computers, target }: Opened,
  { what, count, concurrency }: Extract<Work, { kind: 'requests' }>,
): Promise<{ seconds: number }> {
  const began = performance.now();
  let left = count;
  const one = async (computer: Computer): Promise<void> => {
    const answer =
      what === 'poll'
        ? await computer.line.send(`GET /agent/v1/commands?wait=0 HTTP/1.1\r\n${host}`)
        : await computer.line.send(
            `POST /agent/v1/check-in HTTP/1.1\r\n${host}`,
            JSON.stringify({
              counter: (computer.counter += 1),
              bootId: 'bench',
              sentAt: Date.now(),
              scans: [],
              acknowledgedPolicyVersion: target.policyVersion,
            }),
          );
    // A fast refusal is no result.
    if (answer.status !== 200) throw new Error(`${what}: ${answer.status} ${answer.body.slice(0, 300)}`);
  };
  await Promise.all(
    Array.from({ length: concurrency }, async (_, first) => {
      for (let at = first; left > 0; at = at + concurrency < computers.length ? at + concurrency : first) {
        left -= 1;
        const computer = computers[at];
        if (computer !== undefined) await one(computer);
      }
    }),
  );
  return { seconds: (performance.now() - began) / 1_000 };
}
