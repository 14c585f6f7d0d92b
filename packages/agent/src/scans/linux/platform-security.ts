/** Secure boot, location services, and how many assigned profiles are not in force. */
import { exists, readLine, type System, valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';

const efiVariables = '/sys/firmware/efi/efivars';
/** The global-variable GUID of the UEFI specification, section 3.3. */
const globalVariable = '8be4df61-93ca-11d2-aa0d-00e098032b8c';

export const platformSecurity: Gatherer = {
  name: 'platform security',
  async gather({ system, managed }, findings) {
    findings.set('profiles.pending', managed.pendingProfiles);
    findings.set('location.services', await locationServices(system));
    if (!(await exists(system, '/sys/firmware/efi'))) return findings.set('security.secure-boot', false);
    const secureBoot = await efiFlag(system, 'SecureBoot');
    const setupMode = await efiFlag(system, 'SetupMode');
    if (secureBoot === undefined) findings.unknown('security.secure-boot', `${efiVariables} cannot be read`);
    // In set-up mode anybody may enrol keys, so the signatures prove nothing.
    else findings.set('security.secure-boot', secureBoot && setupMode !== true);
  },
};

/** Four bytes of attributes, then the value. */
async function efiFlag(system: System, name: string): Promise<boolean | undefined> {
  const bytes = valueOf(
    await system.readBytes(`${efiVariables}/${name}-${globalVariable}`, { maximumBytes: 16 }),
  );
  return bytes?.length === 5 ? bytes[4] === 1 : undefined;
}

/** GeoClue is how Linux programs ask where they are; its absence or a masked unit means nobody can ask. */
async function locationServices(system: System): Promise<boolean> {
  const installed = await exists(
    system,
    '/usr/share/dbus-1/system-services/org.freedesktop.GeoClue2.service',
  );
  if (!installed) return false;
  if ((await system.realPath('/etc/systemd/system/geoclue.service')) === '/dev/null') return false;
  return (await readLine(system, '/etc/systemd/system/geoclue.service')) !== '/dev/null';
}
