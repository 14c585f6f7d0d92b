// Which addresses a tenant may have this server speak to: those of the public internet, and of its own operator's network only
// what the operator has listed (HOOK-01). Told by number, so that the spelling of an address does not matter.
import { BlockList, isIPv4, isIPv6 } from 'node:net';
import type { AddressList } from '../http/address-list.ts';

/** RFC 6890 and the IANA registry of special purposes: what is not a single host of the public internet. */
const specialIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Within 2000::/3, which is all that is given out; outside of it nothing is public. */
const specialIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const listOf = (ranges: readonly string[], family: 'ipv4' | 'ipv6') => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
};
const forbidden4 = listOf(specialIpv4, 'ipv4');
const forbidden6 = listOf(specialIpv6, 'ipv6');
const given6 = listOf(['2000::/3'], 'ipv6');

/** An IPv6 address as eight groups. */
function groupsOf(address: string): number[] {
  // The URL parser writes every spelling the same way, and IPv4 endings as groups.
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const read = (part: string | undefined) =>
    part === undefined || part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [read(head), read(tail)];
  return tail === undefined
    ? first
    : [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

/** The IPv4 address that an IPv6 address stands for: mapped (::ffff:0:0/96) or behind NAT64 (64:ff9b::/96). */
function embeddedIpv4(groups: readonly number[]): string | undefined {
  const prefix = groups.slice(0, 6).map((group) => group.toString(16));
  const known = ['0:0:0:0:0:ffff', '64:ff9b:0:0:0:0'];
  if (!known.includes(prefix.join(':'))) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** @param address as a resolver gives it, or as it stands in a URL without brackets. */
export function mayConnect(address: string, allowed: AddressList): boolean {
  if (isIPv4(address)) return !forbidden4.check(address) || allowed.includes(address);
  // A zone names an interface of this machine.
  if (!isIPv6(address) || address.includes('%')) return false;
  const embedded = embeddedIpv4(groupsOf(address));
  if (embedded !== undefined) return mayConnect(embedded, allowed);
  if (given6.check(address, 'ipv6') && !forbidden6.check(address, 'ipv6')) return true;
  return allowed.includes(address);
}
