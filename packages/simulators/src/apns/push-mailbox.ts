/**
 * What APNs knows of devices: tokens per topic, tokens that died, and for a device that is away at most one waiting push per
 * topic, until it expires.
 */

export interface PushedDevice {
  readonly token: Uint8Array;
  readonly topic: string;
  /** What a device that is awake is told; the magic is its own to check. */
  readonly deliver?: ((magic: string) => void) | undefined;
}

interface Known extends PushedDevice {
  awake: boolean;
  waiting: { readonly magic: string; readonly expiresAt: number } | undefined;
}

export type TokenState =
  | { readonly state: 'known' }
  | { readonly state: 'unknown' | 'other-topic' }
  | { readonly state: 'unregistered'; readonly since: number };

export class PushMailbox {
  readonly #devices = new Map<string, Known>();
  readonly #dead = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  register(device: PushedDevice): void {
    const key = hex(device.token);
    this.#dead.delete(key);
    this.#devices.set(key, { ...device, awake: true, waiting: undefined });
  }

  unregister(token: Uint8Array, since: number = this.#now()): void {
    this.#devices.delete(hex(token));
    this.#dead.set(hex(token), since);
  }

  sleep(token: Uint8Array): void {
    const device = this.#devices.get(hex(token));
    if (device) device.awake = false;
  }

  /** It gets what waited, unless that has expired. */
  wake(token: Uint8Array): void {
    const device = this.#devices.get(hex(token));
    if (!device) return;
    device.awake = true;
    const { waiting } = device;
    device.waiting = undefined;
    if (waiting && waiting.expiresAt > this.#now()) device.deliver?.(waiting.magic);
  }

  look(token: string, topic: string): TokenState {
    const since = this.#dead.get(token);
    if (since !== undefined) return { state: 'unregistered', since };
    const device = this.#devices.get(token);
    if (!device) return { state: 'unknown' };
    return { state: device.topic === topic ? 'known' : 'other-topic' };
  }

  /** @param expiresAt ms; 0: not kept. A later push takes the place of the one that waits. */
  deliver(token: string, magic: string, expiresAt: number): void {
    const device = this.#devices.get(token);
    if (!device) return;
    if (device.awake) device.deliver?.(magic);
    else if (expiresAt > this.#now()) device.waiting = { magic, expiresAt };
  }
}

const hex = (token: Uint8Array): string => Buffer.from(token).toString('hex');
