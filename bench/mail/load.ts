// What phones do to a proxy, from a process of its own: the same requests through whichever door, one after the other on each
// connection.
import { Wire, type WireOptions } from './wire.ts';

export interface Load {
  readonly door: WireOptions;
  readonly connections: number;
  readonly seconds: number;
  /** Whole requests as text, base64: messages between processes carry no bytes. Connections take turns with them. */
  readonly requests: readonly string[];
  /** Requests a second, evenly spread; absent: as many as go. */
  readonly perSecond?: number;
}

export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  readonly bytes: number;
  /** ms */
  readonly p50: number;
  readonly p99: number;
}

export async function runLoad({ door, connections, seconds, requests, perSecond }: Load): Promise<Measured> {
  const bytes = requests.map((text) => Buffer.from(text, 'base64'));
  const wires = Array.from({ length: connections }, () => new Wire(door));
  for (let from = 0; from < wires.length; from += 32)
    await Promise.all(wires.slice(from, from + 32).map((wire) => wire.open()));
  const times: number[] = [];
  let received = 0;
  const began = performance.now();
  const until = began + seconds * 1_000;
  await Promise.all(
    wires.map(async (wire, place) => {
      for (let round = 0; ; round += 1) {
        const turn = round * connections + place;
        if (perSecond !== undefined) {
          const due = began + (turn * 1_000) / perSecond;
          const early = due - performance.now();
          if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        }
        const sent = performance.now();
        if (sent >= until) return;
        const answer = await wire.send(bytes[turn % bytes.length] ?? Buffer.alloc(0));
        // A fast refusal is no result.
        if (answer.status !== 200) throw new Error(`answered ${answer.head}`);
        times.push(performance.now() - sent);
        received += answer.bytes;
      }
    }),
  );
  const took = (performance.now() - began) / 1_000;
  for (const wire of wires) wire.close();
  times.sort((a, b) => a - b);
  const at = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { requests: times.length, seconds: took, bytes: received, p50: at(0.5), p99: at(0.99) };
}
