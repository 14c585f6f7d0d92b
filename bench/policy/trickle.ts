// Devices that go on reporting while the fleet is re-evaluated: a fixed number of check-ins a second, each of the next computer,
// however long the ones before take. What matters is how long the slow ones waited.
import { setTimeout as wait } from 'node:timers/promises';
import type { Speaker } from '../agent/fleet.ts';
import { Line } from '../agent/line.ts';

export type TrickleOrder =
  | {
      readonly kind: 'start';
      readonly port: number;
      readonly ca: string;
      readonly speakers: readonly Speaker[];
      readonly perSecond: number;
    }
  | { readonly kind: 'take' }
  | { readonly kind: 'stop' };

export interface Waits {
  readonly count: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

interface Computer {
  readonly line: Line;
  counter: number;
  busy: boolean;
}

let waits: number[] = [];
let running: { stopping: boolean; readonly done: Promise<void> } | undefined;

/** @returns how long check-ins took since it was last asked. */
export async function trickle(order: TrickleOrder): Promise<Waits> {
  if (order.kind === 'start') {
    const computers = order.speakers.map(({ key, chain }) => ({
      line: new Line({ port: order.port, ca: order.ca, key, cert: chain }),
      counter: 1,
      busy: false,
    }));
    for (const { line } of computers) await line.open();
    const state = { stopping: false };
    running = Object.assign(state, { done: checkInInTurn(computers, order.perSecond, state) });
  }
  if (order.kind === 'stop' && running !== undefined) {
    running.stopping = true;
    await running.done;
  }
  const taken = waits.toSorted((a, b) => a - b);
  waits = [];
  const at = (share: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * share))] ?? 0;
  return { count: taken.length, p50: at(0.5), p99: at(0.99), longest: taken.at(-1) ?? 0 };
}

async function checkInInTurn(
  computers: readonly Computer[],
  perSecond: number,
  state: { stopping: boolean },
): Promise<void> {
  const began = performance.now();
  for (let sent = 0; !state.stopping; sent += 1) {
    const due = began + (sent * 1_000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await wait(early);
    const computer = computers[sent % computers.length];
    // One that still waits for its last answer does not ask again: it counts when it has its answer.
    if (computer !== undefined && !computer.busy) void checkIn(computer);
  }
}

/** Something new each time, so that each goes the long way: locked, recorded, evaluated. */
async function checkIn(computer: Computer): Promise<void> {
  computer.busy = true;
  computer.counter += 1;
  const began = performance.now();
  const facts = { 'device.host-name': `bench-${computer.counter}`, 'os.version': '13.1' };
  try {
    const answer = await computer.line.send(
      'POST /agent/v1/check-in HTTP/1.1\r\nhost: localhost',
      JSON.stringify({
        counter: computer.counter,
        bootId: 'bench',
        sentAt: Date.now(),
        scans: [{ scan: 'device-information', observedAt: Date.now(), facts }],
        acknowledgedPolicyVersion: '0000000000000000',
      }),
    );
    if (answer.status !== 200) throw new Error(`check-in: ${answer.status} ${answer.body.slice(0, 300)}`);
    waits.push(performance.now() - began);
  } catch (error) {
    console.error(`policy: ${String(error)}`);
    await computer.line.open();
  } finally {
    computer.busy = false;
  }
}
