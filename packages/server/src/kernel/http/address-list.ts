// Lists of addresses and ranges that an operator writes: who may reach a surface at all.
import { BlockList, isIP } from 'node:net';

export interface AddressList {
  /** @param address of a client; IPv4 mapped into IPv6 counts as IPv4. */
  includes(address: string): boolean;
}

/** @throws Error naming the entry that is neither an address nor a range such as `10.0.0.0/8`. */
export function createAddressList(entries: readonly string[]): AddressList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const version = isIP(address);
    const bits = prefix === undefined ? undefined : Number(prefix);
    const widest = version === 4 ? 32 : 128;
    const good = bits === undefined || (/^\d{1,3}$/.test(prefix ?? '') && bits <= widest);
    if (version === 0 || rest.length > 0 || !good) throw new Error(`"${entry}" is no address or range`);
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, bits, family);
  }
  return {
    includes(address) {
      const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '').replace(/%.*$/, '');
      const version = isIP(plain);
      return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
    },
  };
}
