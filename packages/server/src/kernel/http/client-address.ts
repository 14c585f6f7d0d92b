// Who a client is behind proxies of the operator: the right-most hop that is no such proxy (HTTP-04). For what does not come
// through the framework, which reads it the same way.
import type { AddressList } from './address-list.ts';

/**
 * @param peer the address of the connection.
 * @param forwardedFor the header X-Forwarded-For as it came.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
  proxies: AddressList | undefined,
): string {
  let address = peer ?? '';
  if (forwardedFor === undefined || proxies === undefined || forwardedFor.length > 1_000) return address;
  const hops = forwardedFor.split(',');
  while (hops.length > 0 && proxies.includes(address)) {
    const hop = hops.pop()?.trim() ?? '';
    if (hop === '') break;
    address = hop;
  }
  return address;
}
