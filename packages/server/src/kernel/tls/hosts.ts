// The names by which a server certificate must be valid.
import { isIP } from 'node:net';

export interface Hosts {
  readonly dns: readonly string[];
  readonly ip: readonly string[];
}

const loopback = ['localhost', '127.0.0.1', '::1'];

/** The given addresses' hosts and the machine's own loopback names, each once. */
export function hostsOf(addresses: readonly URL[]): Hosts {
  const names = new Set([
    ...addresses.map((address) => address.hostname.replace(/^\[|\]$/g, '').toLowerCase()),
    ...loopback,
  ]);
  const dns: string[] = [];
  const ip: string[] = [];
  for (const name of names) (isIP(name) === 0 ? dns : ip).push(name);
  return { dns, ip };
}
