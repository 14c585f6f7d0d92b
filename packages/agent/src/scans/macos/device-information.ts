/** SCN-01 on macOS, from system_profiler, sw_vers, sysctl, ioreg and pmset. Not yet tried on a real Mac. */
import { type System, valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';
import { askSystemProfiler, isItem, type ProfilerItem, stringField } from './system-profiler.ts';

interface NetworkInterface {
  readonly name: string;
  readonly mac: string;
  readonly kind: 'ethernet' | 'wifi' | 'bridge' | 'other';
  readonly up: boolean;
}

export const macDeviceInformation: Gatherer = {
  name: 'device information',
  async gather({ system, agentVersion }, findings) {
    findings.set('os.family', 'macos');
    findings.set('agent.version', agentVersion);
    const line = async (program: string, args: readonly string[]) =>
      valueOf(await system.run(program, args, { timeoutMs: 5_000, maximumBytes: 64 * 1024 }))?.trim() ||
      undefined;

    findings.set('os.name', await line('/usr/bin/sw_vers', ['-productName']));
    findings.set('os.version', await line('/usr/bin/sw_vers', ['-productVersion']));
    findings.set('os.build', await line('/usr/bin/sw_vers', ['-buildVersion']));
    findings.set('os.kernel', await line('/usr/sbin/sysctl', ['-n', 'kern.osrelease']));
    findings.set('agent.boot-id', await line('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']));
    findings.set('device.host-name', await line('/usr/sbin/sysctl', ['-n', 'kern.hostname']));
    findings.set(
      'device.virtual-machine',
      booleanOf(await line('/usr/sbin/sysctl', ['-n', 'kern.hv_vmm_present'])),
    );
    findings.set('hardware.cpu', await line('/usr/sbin/sysctl', ['-n', 'machdep.cpu.brand_string']));
    findings.set('hardware.cpu-count', integerOf(await line('/usr/sbin/sysctl', ['-n', 'hw.logicalcpu'])));
    findings.set('hardware.memory-bytes', integerOf(await line('/usr/sbin/sysctl', ['-n', 'hw.memsize'])));

    const profile = await askSystemProfiler(system, ['SPHardwareDataType', 'SPNetworkDataType']);
    const hardware = profile.get('SPHardwareDataType')?.[0];
    findings.set('device.manufacturer', 'Apple');
    findings.set('device.model', stringField(hardware, 'machine_model'));
    findings.set('device.serial-number', stringField(hardware, 'serial_number'));
    findings.set('device.hardware-uuid', stringField(hardware, 'platform_UUID')?.toLowerCase());
    findings.set('device.udid', stringField(hardware, 'provisioning_UDID'));
    const interfaces = (profile.get('SPNetworkDataType') ?? []).flatMap(macInterface);
    if (interfaces.length > 0) findings.set('network.interfaces', interfaces);

    await battery(system, findings);
  },
};

/** An item of SPNetworkDataType; services without an Ethernet address are tunnels. */
export function macInterface(item: ProfilerItem): readonly NetworkInterface[] {
  const name = stringField(item, 'interface');
  const ethernet = item['Ethernet'];
  const mac = isItem(ethernet) ? stringField(ethernet, 'MAC Address') : undefined;
  if (name === undefined || mac === undefined) return [];
  const hardware = stringField(item, 'hardware');
  const kind =
    hardware === 'AirPort'
      ? 'wifi'
      : name.startsWith('bridge')
        ? 'bridge'
        : hardware === 'Ethernet'
          ? 'ethernet'
          : 'other';
  const addresses = item['ip_address'];
  return [{ name, mac: mac.toLowerCase(), kind, up: Array.isArray(addresses) && addresses.length > 0 }];
}

/** ` -InternalBattery-0 (id=…)	87%; discharging; 4:12 remaining present: true` */
export function parsePmset(text: string): { present: boolean; percent?: number; charging?: boolean } {
  const match = /InternalBattery[^\t]*\t([0-9]{1,3})%; ([a-z ]+);/i.exec(text);
  if (match === null) return { present: false };
  const [, percent = '0', state = ''] = match;
  return { present: true, percent: Number(percent), charging: state.trim() === 'charging' };
}

async function battery(system: System, findings: Parameters<Gatherer['gather']>[1]): Promise<void> {
  const said = await system.run('/usr/bin/pmset', ['-g', 'batt'], {
    timeoutMs: 5_000,
    maximumBytes: 64 * 1024,
  });
  if (said.state !== 'present') return;
  const { present, percent, charging } = parsePmset(said.value);
  findings.set('battery.present', present);
  findings.set('battery.level-percent', percent);
  findings.set('battery.charging', charging);
}

function integerOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function booleanOf(text: string | undefined): boolean | undefined {
  return text === '1' ? true : text === '0' ? false : undefined;
}
