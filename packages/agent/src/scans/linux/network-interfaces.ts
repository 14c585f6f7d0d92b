/** Every network interface with its address; the SSID in use where a radio is up (AGT-08, DLP decides if it is kept). */
import { interfaceCount } from '@gatehouse/core/facts/catalogue.ts';
import { exists, readLine, type System, valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';

interface Interface {
  readonly name: string;
  readonly mac: string;
  readonly kind: 'ethernet' | 'wifi' | 'bridge' | 'virtual' | 'loopback' | 'other';
  readonly up: boolean;
}

const folder = '/sys/class/net';
/** ARPHRD_* of if_arp.h. */
const ethernetType = '1';
const loopbackType = '772';
/** IFF_UP of if.h. */
const upFlag = 0x1;

export const networkInterfaces: Gatherer = {
  name: 'network interfaces',
  async gather({ system }, findings) {
    const names = await system.list(folder);
    if (names.state !== 'present') {
      return findings.unknown(
        'network.interfaces',
        names.state === 'absent' ? `there is no ${folder}` : names.why,
      );
    }
    const interfaces: Interface[] = [];
    // Hosts of containers have thousands of veth pairs: stop reading soon after the cap, keep the real adapters.
    for (const name of names.value.slice(0, 16 * interfaceCount)) {
      const found = await readInterface(system, name);
      if (found !== undefined) interfaces.push(found);
    }
    const order = ['ethernet', 'wifi', 'other', 'bridge', 'virtual', 'loopback'];
    interfaces.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.name < b.name ? -1 : 1));
    findings.set('network.interfaces', interfaces);

    const radio = interfaces.find(({ kind, up }) => kind === 'wifi' && up);
    if (radio !== undefined) findings.set('network.wifi-ssid', await connectedSsid(system, radio.name));
  },
};

async function readInterface(system: System, name: string): Promise<Interface | undefined> {
  const path = `${folder}/${name}`;
  const type = await readLine(system, `${path}/type`);
  // `bonding_masters` is a file among the links.
  if (type === undefined) return undefined;
  const flags = Number.parseInt((await readLine(system, `${path}/flags`)) ?? '0', 16);
  return {
    name,
    mac: (await readLine(system, `${path}/address`))?.toLowerCase() ?? '',
    kind: await kindOf(system, path, type),
    up: (flags & upFlag) !== 0,
  };
}

async function kindOf(system: System, path: string, type: string): Promise<Interface['kind']> {
  if (type === loopbackType) return 'loopback';
  const uevent = valueOf(await system.readText(`${path}/uevent`, { maximumBytes: 4096 })) ?? '';
  const deviceType = /^DEVTYPE=(.*)$/m.exec(uevent)?.[1];
  if (
    deviceType === 'wlan' ||
    (await exists(system, `${path}/wireless`)) ||
    (await exists(system, `${path}/phy80211`))
  ) {
    return 'wifi';
  }
  if (deviceType === 'bridge' || (await exists(system, `${path}/bridge`))) return 'bridge';
  if ((await system.realPath(path))?.startsWith('/sys/devices/virtual/') === true) return 'virtual';
  return type === ethernetType ? 'ethernet' : 'other';
}

async function connectedSsid(system: System, name: string): Promise<string | undefined> {
  for (const program of ['/usr/sbin/iw', '/sbin/iw', '/usr/bin/iw']) {
    const said = await system.run(program, ['dev', name, 'link'], {
      timeoutMs: 3_000,
      maximumBytes: 64 * 1024,
    });
    if (said.state === 'present') return parseIwLink(said.value);
  }
  return undefined;
}

/** `iw` writes bytes that are not printable ASCII as \xNN. */
export function parseIwLink(text: string): string | undefined {
  const written = /^\s*SSID: (.+)$/m.exec(text)?.[1];
  if (written === undefined) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < written.length; at += 1) {
    const escape = /^\\x([0-9a-f]{2})/i.exec(written.slice(at, at + 4))?.[1];
    if (escape === undefined) bytes.push(...Buffer.from(written[at] ?? ''));
    else {
      bytes.push(Number.parseInt(escape, 16));
      at += 3;
    }
  }
  return Buffer.from(bytes).toString('utf8');
}
