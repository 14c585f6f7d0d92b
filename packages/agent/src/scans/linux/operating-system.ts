/** Operating system facts from os-release(5) and the kernel; host name and boot id. */
import { readLine, valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';
import { parseAssignments } from './assignments.ts';

export const operatingSystem: Gatherer = {
  name: 'operating system',
  async gather({ system, agentVersion }, findings) {
    findings.set('os.family', 'linux');
    findings.set('agent.version', agentVersion);
    const text =
      valueOf(await system.readText('/etc/os-release')) ??
      valueOf(await system.readText('/usr/lib/os-release'));
    if (text === undefined) findings.unknown('os.name', 'there is no os-release file');
    else {
      const release = parseAssignments(text);
      findings.set('os.name', release.get('NAME') ?? 'Linux');
      findings.set(
        'os.version',
        (await pointRelease(system, release.get('ID'))) ?? release.get('VERSION_ID'),
      );
      findings.set('os.build', release.get('BUILD_ID') ?? release.get('VERSION'));
    }
    findings.set('os.kernel', await readLine(system, '/proc/sys/kernel/osrelease'));
    findings.set('device.host-name', await readLine(system, '/proc/sys/kernel/hostname'));
    findings.set('agent.boot-id', await readLine(system, '/proc/sys/kernel/random/boot_id'));
  },
};

/** Debian's VERSION_ID is only `12`; the point release, which security fixes come with, stands in its own file. */
async function pointRelease(
  system: Parameters<Gatherer['gather']>[0]['system'],
  distribution: string | undefined,
): Promise<string | undefined> {
  if (distribution !== 'debian') return undefined;
  const version = await readLine(system, '/etc/debian_version');
  return version !== undefined && /^[0-9]+\.[0-9]+$/.test(version) ? version : undefined;
}
