/**
 * One UDP socket and what is under way on it. An identifier belongs to one request per NAS and source port (RFC 5176 section
 * 2.3); what does not come from the NAS that was asked, or bears an identifier that is not under way, reaches nobody.
 */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { headersOf } from './headers.ts';

export type Answered = (bytes: Uint8Array) => void;

export class RadiusSocket {
  readonly #socket: Socket;
  readonly #ready: Promise<void>;
  /** By NAS, then by identifier. */
  readonly #underWay = new Map<string, Map<number, Answered>>();
  #closed = false;

  /** @param from the address to send from, as the NAS knows us; any, when absent. */
  constructor(family: 'udp4' | 'udp6', from: string | undefined) {
    this.#socket = createSocket(family);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#ready = promise;
    this.#ready.catch(() => undefined);
    this.#socket.once('error', reject);
    this.#socket.on('error', () => undefined);
    this.#socket.on('message', (bytes, { address, port }) => {
      const header = headersOf(bytes);
      if (header === undefined) return;
      this.#underWay.get(placeOf(address, port))?.get(header.identifier)?.(bytes);
    });
    this.#socket.bind({ port: 0, ...(from === undefined ? {} : { address: from }) }, () => resolve());
  }

  /** Requests under way to this NAS. */
  load(address: string, port: number): number {
    return this.#underWay.get(placeOf(address, port))?.size ?? 0;
  }

  /**
   * Takes an identifier that no request to this NAS has.
   * @param start where to look first; by chance, so that a stranger does not know it.
   * @returns undefined when all 256 are under way.
   */
  claim(address: string, port: number, start: number, answered: Answered): number | undefined {
    const place = placeOf(address, port);
    const taken = this.#underWay.get(place) ?? new Map<number, Answered>();
    for (let step = 0; step < 256; step += 1) {
      const identifier = (start + step) % 256;
      if (taken.has(identifier)) continue;
      this.#underWay.set(place, taken.set(identifier, answered));
      return identifier;
    }
    return undefined;
  }

  release(address: string, port: number, identifier: number): void {
    const place = placeOf(address, port);
    const taken = this.#underWay.get(place);
    taken?.delete(identifier);
    if (taken?.size === 0) this.#underWay.delete(place);
  }

  async send(bytes: Uint8Array, address: string, port: number): Promise<void> {
    await this.#ready;
    await new Promise<void>((resolve, reject) =>
      this.#socket.send(bytes, port, address, (error) => (error ? reject(error) : resolve())),
    );
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // A socket that is still being bound cannot be closed.
    void this.#ready.catch(() => undefined).then(() => this.#socket.close());
  }
}

export function familyOf(address: string): 'udp4' | 'udp6' {
  return isIPv6(address) ? 'udp6' : 'udp4';
}

/** One spelling per address: the system writes IPv6 its own way. */
function placeOf(address: string, port: number): string {
  const plain = address.includes(':') ? new URL(`http://[${address.split('%')[0]}]`).hostname : address;
  return `${plain} ${port}`;
}
