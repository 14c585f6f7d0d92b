/**
 * Profiles (SCN-03): what Gatehouse put in force, and what anything else configures this machine: dconf key files,
 * sudo and polkit rules, saved networks, configuration systems and other management agents (POL-08). Names only; what is
 * in the files, passwords of networks above all, is not read.
 */
import { type System, valueOf } from '../../system/system.ts';
import type { Gatherer } from '../scan-context.ts';

interface Folder {
  readonly path: string;
  readonly kind: string;
  readonly accepts: (name: string) => boolean;
}

const folders: readonly Folder[] = [
  { path: '/etc/sudoers.d', kind: 'sudo-rule', accepts: (name) => name !== 'README' && !/[.~]/.test(name) },
  { path: '/etc/polkit-1/rules.d', kind: 'polkit-rule', accepts: (name) => name.endsWith('.rules') },
  {
    path: '/etc/NetworkManager/system-connections',
    kind: 'network',
    accepts: (name) => !name.startsWith('.'),
  },
  { path: '/etc/wireguard', kind: 'vpn', accepts: (name) => name.endsWith('.conf') },
  { path: '/etc/security/pwquality.conf.d', kind: 'passcode', accepts: (name) => name.endsWith('.conf') },
  {
    path: '/etc/opt/chrome/policies/managed',
    kind: 'browser-policy',
    accepts: (name) => name.endsWith('.json'),
  },
  { path: '/etc/firefox/policies', kind: 'browser-policy', accepts: (name) => name === 'policies.json' },
];

/** A file or folder whose presence shows that the system is installed. */
const managers: readonly (readonly [path: string, name: string, kind: string])[] = [
  ['/etc/puppetlabs/puppet/puppet.conf', 'Puppet', 'configuration-system'],
  ['/etc/puppet/puppet.conf', 'Puppet', 'configuration-system'],
  ['/etc/chef/client.rb', 'Chef', 'configuration-system'],
  ['/etc/salt/minion', 'Salt', 'configuration-system'],
  ['/var/cfengine/policy_server.dat', 'CFEngine', 'configuration-system'],
  ['/etc/ansible/facts.d', 'Ansible', 'configuration-system'],
  ['/etc/cloud/cloud.cfg', 'cloud-init', 'configuration-system'],
  ['/opt/microsoft/intune', 'Microsoft Intune', 'management-agent'],
  ['/opt/microsoft/mdatp', 'Microsoft Defender', 'management-agent'],
  ['/opt/jc', 'JumpCloud', 'management-agent'],
  ['/opt/orbit', 'Fleet', 'management-agent'],
  ['/etc/osquery/osquery.conf', 'osquery', 'management-agent'],
  ['/etc/landscape/client.conf', 'Landscape', 'management-agent'],
  ['/var/ossec/etc/ossec.conf', 'Wazuh', 'management-agent'],
  ['/opt/CrowdStrike', 'CrowdStrike Falcon', 'management-agent'],
  ['/opt/kandji', 'Kandji', 'management-agent'],
  ['/etc/sssd/sssd.conf', 'SSSD', 'directory'],
  ['/etc/rhsm/facts', 'Red Hat Subscription Manager', 'management-agent'],
];

export const profiles: Gatherer = {
  name: 'profiles',
  async gather({ system, managed }, findings) {
    const found = managed.profiles.map(({ id, name, kind }) => ({
      id,
      name,
      kind,
      managed: true,
      source: 'gatehouse',
    }));
    const add = (path: string, name: string, kind: string) => {
      if (!managed.paths.has(path))
        found.push({ id: path, name, kind, managed: false, source: sourceOf(path) });
    };
    for (const { path, kind, accepts } of folders) {
      const names = await system.list(path);
      if (names.state === 'unreadable') findings.note(path, names.why);
      for (const name of (valueOf(names) ?? []).slice(0, 1_000))
        if (accepts(name)) add(`${path}/${name}`, name, kind);
    }
    for (const [path, name] of await dconfKeyfiles(system)) add(path, name, 'dconf');
    for (const [path, name, kind] of managers) {
      if ((await system.status(path)).state === 'present') add(path, name, kind);
    }
    findings.set('profiles.installed', found);
  },
};

async function dconfKeyfiles(system: System): Promise<readonly (readonly [path: string, name: string])[]> {
  const files: (readonly [string, string])[] = [];
  for (const database of (valueOf(await system.list('/etc/dconf/db')) ?? []).slice(0, 100)) {
    if (!database.endsWith('.d')) continue;
    const folder = `/etc/dconf/db/${database}`;
    for (const name of (valueOf(await system.list(folder)) ?? []).slice(0, 200)) {
      if (name !== 'locks') files.push([`${folder}/${name}`, `${database.slice(0, -2)}/${name}`]);
    }
  }
  return files;
}

function sourceOf(path: string): string {
  return path.startsWith('/etc/') ? 'system' : 'installed';
}
