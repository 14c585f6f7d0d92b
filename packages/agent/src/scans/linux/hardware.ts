/**
 * Who made the machine and which one it is: DMI tables on PCs, the device tree on ARM boards. Makers leave place-holders
 * in DMI fields; those are no facts, and as serial numbers they would make a thousand devices look like one.
 */
import { createHash } from 'node:crypto';
import { exists, readLine, type System, valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';

const dmi = '/sys/class/dmi/id';

// biome-ignore format: a list of words reads better packed
const placeHolders = new Set([
  '', '0', '00000000', '0123456789', '1234567890', '123456789', 'default string', 'empty', 'invalid', 'n/a', 'na', 'none',
  'not applicable', 'not available', 'not specified', 'null', 'o.e.m.', 'oem', 'system manufacturer', 'system product name',
  'system serial number', 'system version', 'to be filled by o.e.m.', 'to be filled by o.e.m', 'type1productconfigid',
  'undefined', 'unknown', 'xxxxxxxx',
]);

/** The value, unless it is what a maker writes who has nothing to say. */
export function meaningful(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const trimmed = value.trim();
  if (placeHolders.has(trimmed.toLowerCase())) return undefined;
  return /^([0x. -])\1*$/i.test(trimmed) ? undefined : trimmed;
}

export const hardware: Gatherer = {
  name: 'hardware',
  async gather({ system }, findings) {
    const field = async (name: string) => meaningful(await readLine(system, `${dmi}/${name}`));
    const tree = async (name: string) =>
      meaningful(
        valueOf(await system.readText(`/proc/device-tree/${name}`, { maximumBytes: 4096 }))?.replaceAll(
          '\0',
          '',
        ),
      );

    findings.set('device.manufacturer', (await field('sys_vendor')) ?? (await field('board_vendor')));
    findings.set(
      'device.model',
      (await field('product_name')) ?? (await field('board_name')) ?? (await tree('model')),
    );
    findings.set(
      'device.serial-number',
      (await field('product_serial')) ??
        (await field('chassis_serial')) ??
        (await field('board_serial')) ??
        (await tree('serial-number')),
    );
    findings.set('device.hardware-uuid', await hardwareUuid(system));
    findings.set('device.virtual-machine', await isVirtualMachine(system));

    const cpuinfo = valueOf(
      await system.readText('/proc/cpuinfo', { maximumBytes: 8 * 1024 * 1024, cut: true }),
    );
    if (cpuinfo !== undefined) {
      const { model, count } = parseCpuinfo(cpuinfo);
      findings.set('hardware.cpu', model);
      findings.set('hardware.cpu-count', count === 0 ? undefined : count);
    }
    const meminfo = valueOf(await system.readText('/proc/meminfo'));
    findings.set('hardware.memory-bytes', meminfo === undefined ? undefined : parseMemoryBytes(meminfo));
  },
};

export function parseCpuinfo(text: string): { model: string | undefined; count: number } {
  let model: string | undefined;
  let count = 0;
  for (const line of text.split('\n')) {
    const at = line.indexOf(':');
    if (at < 0) continue;
    const name = line.slice(0, at).trim();
    const value = line.slice(at + 1).trim();
    if (name === 'processor') count += 1;
    if (
      model === undefined &&
      value !== '' &&
      (name === 'model name' || name === 'Model' || name === 'cpu model')
    ) {
      model = value;
    }
  }
  return { model, count };
}

export function parseMemoryBytes(meminfo: string): number | undefined {
  const kibibytes = /^MemTotal:\s+([0-9]{1,12}) kB$/m.exec(meminfo)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/**
 * The board's UUID; only root may read it. Without one, a UUID made from the machine id: stable for this installation,
 * and the id itself, which other software treats as confidential (machine-id(5)), is not given away.
 */
async function hardwareUuid(system: System): Promise<string | undefined> {
  const uuid = (await readLine(system, `${dmi}/product_uuid`))?.toLowerCase();
  if (
    uuid !== undefined &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid) &&
    !/^([0f])\1{7}-/.test(uuid)
  ) {
    return uuid;
  }
  const machineId = await readLine(system, '/etc/machine-id');
  if (machineId === undefined || !/^[0-9a-f]{32}$/.test(machineId)) return undefined;
  const digest = createHash('sha256').update('gatehouse hardware uuid\0').update(machineId).digest('hex');
  const variant = ((Number.parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}

const virtualVendors =
  /qemu|kvm|vmware|virtualbox|innotek|xen|bochs|parallels|bhyve|amazon ec2|google compute engine|openstack|digitalocean|hetzner|nutanix|ovirt|rhev|microsoft corporation virtual machine|alibaba cloud|firecracker|cloud hypervisor/i;

/** A container is not a virtual machine: what it runs on decides. */
async function isVirtualMachine(system: System): Promise<boolean> {
  const names: string[] = [];
  for (const name of ['sys_vendor', 'product_name', 'board_vendor', 'bios_vendor']) {
    names.push((await readLine(system, `${dmi}/${name}`)) ?? '');
  }
  if (virtualVendors.test(names.join(' '))) return true;
  if (await exists(system, '/proc/xen/capabilities')) return true;
  if ((await readLine(system, '/sys/hypervisor/type')) !== undefined) return true;
  const compatible = valueOf(
    await system.readText('/proc/device-tree/hypervisor/compatible', { maximumBytes: 4096 }),
  );
  if (compatible !== undefined) return true;
  const cpuinfo = valueOf(await system.readText('/proc/cpuinfo', { maximumBytes: 64 * 1024, cut: true }));
  // Hyper-V's root partition and WSL also set the flag; a desktop's host under Hyper-V is Windows, so this stays right.
  return cpuinfo !== undefined && /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo);
}
