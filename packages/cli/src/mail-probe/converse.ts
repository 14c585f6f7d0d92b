// Conversations of the probe on this machine's own network: names by its resolver, no address forbidden, because whoever runs this may reach whatever
// he reaches.
import { lookup, resolveSrv } from 'node:dns/promises';
import { isIP } from 'node:net';
import { converse, conversationLimits } from '@gatehouse/clients/conversation/index.ts';
import type { Converse, Service } from '@gatehouse/protocols/mail-probe/index.ts';

export interface ProbeNetwork {
  /** Where to connect instead of where the name leads; the name is still what the other side is told. */
  readonly address?: string | undefined;
  /** How long the whole of one conversation may take. */
  readonly totalMs?: number | undefined;
}

export function conversations({ address, totalMs = conversationLimits.totalMs }: ProbeNetwork): Converse {
  const known = new Map<string, Promise<string | undefined>>();
  const find = (host: string) => {
    const found =
      known.get(host) ??
      (isIP(host) !== 0
        ? Promise.resolve(host)
        : lookup(host).then(
            (each) => each.address,
            () => undefined,
          ));
    known.set(host, found);
    return found;
  };
  const limits = {
    ...conversationLimits,
    connectMs: Math.min(conversationLimits.connectMs, totalMs),
    totalMs,
  };
  return async ({ host, port, tls }, send, enough) => {
    const at = address ?? (await find(host));
    if (at === undefined) return { heard: 'no-address' };
    return await converse(
      { address: at, port, ...(tls ? { tls: { name: host } } : {}), send, enough },
      limits,
    );
  };
}

/** Where the DNS says that a domain's Autodiscover is. */
export async function findServices(domain: string): Promise<readonly Service[]> {
  try {
    const found = await resolveSrv(`_autodiscover._tcp.${domain}`);
    return found.map(({ name, port }) => ({ host: name.toLowerCase(), port }));
  } catch {
    return [];
  }
}
