// Phones that wait for mail, in a process of their own: each holds one Ping open over one connection, and notes when it ends.
import { Wire, type WireOptions } from './wire.ts';

export interface Holding {
  readonly door: WireOptions;
  /** One for each phone, whole, base64. */
  readonly requests: readonly string[];
}

/** `at` is ms since the epoch, with fractions. */
export interface Ended {
  readonly at: number;
  readonly status: number;
}

export class Holders {
  #wires: Wire[] = [];
  #ended = new Map<number, Ended>();

  /** @returns when all connections are open and all requests are on their way */
  async hold({ door, requests }: Holding): Promise<number> {
    const from = this.#wires.length;
    // Those that are released end, too; nobody asks any more.
    const ended = this.#ended;
    this.#wires = [...this.#wires, ...requests.map(() => new Wire(door))];
    for (let place = 0; place < requests.length; place += 64) {
      await Promise.all(
        requests.slice(place, place + 64).map(async (request, offset) => {
          const index = from + place + offset;
          const wire = this.#wires[index];
          await wire?.open();
          void wire?.send(Buffer.from(request, 'base64')).then(
            ({ status }) => ended.set(index, { at: now(), status }),
            () => ended.set(index, { at: now(), status: 0 }),
          );
        }),
      );
    }
    return this.#wires.length;
  }

  ended(index: number): Ended | undefined {
    return this.#ended.get(index);
  }

  get endedCount(): number {
    return this.#ended.size;
  }

  release(): void {
    for (const wire of this.#wires) wire.close();
    this.#wires = [];
    this.#ended = new Map();
  }
}

/** The same for all processes of this machine. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
