// Addresses of network devices, which an organization gives us to send to: public ones, and of the operator's own network those
// that the operator has listed, as for every receiver (HOOK-01).
import { isIP } from 'node:net';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { AddressList } from '../../kernel/http/address-list.ts';
import { mayConnect } from '../../kernel/outbound/forbidden-addresses.ts';

/** One spelling per address. @throws DomainError `invalid-input` */
export function gateAddress(text: string, allowed: AddressList): string {
  const address = plainAddress(text);
  if (address === undefined)
    throw new DomainError('invalid-input', 'The address is no IPv4 or IPv6 address', { reason: 'address' });
  if (!mayConnect(address, allowed)) {
    throw new DomainError(
      'invalid-input',
      'Nothing is sent to this address unless the operator lists it among those that may be reached',
      { reason: 'address-not-allowed' },
    );
  }
  return address;
}

/** The same for what comes from elsewhere; undefined for what is no address. */
export function plainAddress(text: string): string | undefined {
  const version = isIP(text);
  if (version === 0 || text.includes('%')) return undefined;
  return version === 4 ? text : new URL(`http://[${text}]`).hostname.slice(1, -1);
}
