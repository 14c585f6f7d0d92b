// What ISE learns first: where the API is and what it can do. Everything else it asks below the path that is told here.
import { type ApiVersion, encodeDiscovery } from '@gatehouse/protocols/cisco-ise/index.ts';
import { queryMaxSize } from './answer-query.ts';
import { apiPath } from './calls.ts';

/** Our certificates for Wi-Fi name the same vendor, so that one literal serves in ISE's policies. */
const vendor = 'Gatehouse';

export interface DiscoveryFacts {
  readonly version: ApiVersion;
  /** The instance in the address that ISE used. */
  readonly instance: string | undefined;
  /** The tenant of the account. */
  readonly slug: string;
  readonly publicUrl: URL;
  readonly productVersion: string;
  /** Whether this account may send messages. */
  readonly messaging: boolean;
}

export function answerDiscovery(facts: DiscoveryFacts): Uint8Array {
  return encodeDiscovery({
    version: facts.version,
    apiPath: apiPath(facts.instance, facts.version),
    redirectUrl: new URL(`/enroll/${facts.slug}`, facts.publicUrl).href,
    queryMaxSize,
    messagingSupport: facts.messaging,
    vendor,
    productName: 'Gatehouse',
    productVersion: facts.productVersion,
  });
}
