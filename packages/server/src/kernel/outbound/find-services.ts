// Where the DNS says that a domain’s Autodiscover is (RFC 2782). What it names is still no more than a suggestion: it goes through the
// guarded way out like any other address.
import { Resolver } from 'node:dns/promises';

export interface Service {
  readonly host: string;
  readonly port: number;
}

export type FindServices = (domain: string) => Promise<readonly Service[]>;

export function findAutodiscoverByDns(): FindServices {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return async (domain) => {
    try {
      const found = await resolver.resolveSrv(`_autodiscover._tcp.${domain}`);
      return found
        .toSorted((one, other) => one.priority - other.priority)
        .filter(({ name }) => /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(name))
        .slice(0, 4)
        .map(({ name, port }) => ({ host: name.toLowerCase(), port }));
    } catch {
      return [];
    }
  };
}
