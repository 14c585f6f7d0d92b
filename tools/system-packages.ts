/** Programs that the tests need beyond Node, and how a Debian or Ubuntu machine gets them. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

interface SystemPackage {
  readonly name: string;
  readonly why: string;
  readonly present: () => boolean;
  /** Not every system has it as a package; without it, the tests that need it are skipped, and say so. */
  readonly optional?: true;
}

export const systemPackages: readonly SystemPackage[] = [
  {
    name: 'openssl',
    why: 'a second opinion on our certificates and requests',
    present: () => onPath('openssl'),
  },
  {
    name: 'util-linux',
    why: 'setpriv and flock, which the embedded database is started and guarded with',
    present: () => onPath('setpriv') && onPath('flock'),
  },
  { name: 'procps', why: 'ps, to watch the processes a test started', present: () => onPath('ps') },
  { name: 'curl', why: 'a client that is not ours, for the HTTP surfaces', present: () => onPath('curl') },
  {
    name: 'nginx',
    why: 'a proxy that reads requests its own way, before ours, and passes device certificates on',
    present: () => onPath('nginx'),
  },
  { name: 'haproxy', why: 'the same with another reading', present: () => onPath('haproxy') },
  {
    name: 'scep',
    why: 'micromdm’s SCEP client, which Apple servers are tried with',
    present: () => onPath('scepclient'),
  },
  {
    name: 'certmonger',
    why: 'its SCEP client, which reads our answers its own way',
    present: () => existsSync('/usr/lib/certmonger/scep-submit'),
  },
  {
    name: 'strongswan-pki',
    why: 'its SCEP client, which insists on much',
    present: () => onPath('pki'),
  },
  {
    name: 'libstrongswan-extra-plugins',
    why: 'the HTTP client of strongSwan',
    present: () => hasStrongSwanPlugin('curl'),
  },
  {
    name: 'libstrongswan-standard-plugins',
    why: 'OpenSSL for the HTTP client of strongSwan',
    present: () => hasStrongSwanPlugin('openssl'),
  },
  {
    name: 'freeradius',
    why: 'a RADIUS server that asks about devices, and a network device that is told of changes',
    present: () => onPath('freeradius'),
  },
  {
    name: 'freeradius-rest',
    why: 'its module that asks over HTTP',
    present: () => existsSync('/usr/lib/freeradius/rlm_rest.so'),
  },
  {
    name: 'freeradius-utils',
    why: 'radclient, which sends and checks RADIUS packets its own way',
    present: () => onPath('radclient'),
  },
  {
    name: 'eapoltest',
    why: 'eapol_test, a supplicant that shows a client certificate to a RADIUS server',
    present: () => onPath('eapol_test'),
    optional: true,
  },
  {
    name: 'libwbxml2-utils',
    why: 'wbxml2xml and xml2wbxml, a second opinion on our mail protocol',
    present: () => onPath('wbxml2xml') && onPath('xml2wbxml'),
  },
  {
    name: 'chromium',
    why: 'a real browser, for the page that the server renders',
    present: () =>
      ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'].some((name) => onPath(name)),
    optional: true,
  },
  {
    name: 'python3-aiosmtpd',
    why: 'a mail server that is not ours, which the invitations are sent to',
    present: () => existsSync('/usr/lib/python3/dist-packages/aiosmtpd'),
  },
  {
    name: 'sogo',
    why: 'a mail server that is not ours, which phones reach through the mail gateway',
    present: () => onPath('sogod'),
  },
  {
    name: 'sogo-activesync',
    why: 'its Exchange ActiveSync',
    present: () => existsSync('/usr/lib/GNUstep/SOGo/ActiveSync.SOGo'),
  },
  { name: 'dovecot-imapd', why: 'the mailboxes behind it', present: () => onPath('dovecot') },
  { name: 'memcached', why: 'what it keeps its sessions in', present: () => onPath('memcached') },
  {
    name: 'postgresql',
    why: 'an external PostgreSQL of another version than the embedded one',
    present: () => existsSync('/usr/lib/postgresql') && readdirSync('/usr/lib/postgresql').length > 0,
  },
];

function onPath(program: string): boolean {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories.some((directory) => existsSync(join(directory, program)));
}

function hasStrongSwanPlugin(name: string): boolean {
  return existsSync(`/usr/lib/ipsec/plugins/libstrongswan-${name}.so`);
}

/** Installs what is missing, or says what to install. @returns whether everything that must be is there now */
export function provideSystemPackages(): boolean {
  const missing = systemPackages.filter((item) => !item.present());
  const needed = missing.filter(({ optional }) => optional !== true);
  if (missing.length === 0) return true;
  const reasons = missing.map((item) => `  ${item.name}: ${item.why}`).join('\n');
  if (!onPath('apt-get')) {
    console.error(
      `The tests want programs that this machine lacks. Install what your system calls:\n${reasons}`,
    );
    return needed.length === 0;
  }
  if (process.getuid?.() !== 0) {
    const names = missing.map((item) => item.name).join(' ');
    console.error(
      `The tests want packages that this machine lacks:\n${reasons}\nInstall them with:\n\n  sudo apt-get install -y ${names}\n`,
    );
    return needed.length === 0;
  }
  withoutStartingServices(() => {
    install(needed.map((item) => item.name));
    // one by one: what this system does not have must not take the others with it
    for (const item of missing) if (item.optional === true) install([item.name]);
  });
  const still = missing.filter((item) => !item.present());
  if (still.length > 0)
    console.error(`apt-get could not install: ${still.map((item) => item.name).join(' ')}`);
  return still.every(({ optional }) => optional === true);
}

function install(names: readonly string[]): void {
  if (names.length === 0) return;
  console.error(`Installing system packages: ${names.join(' ')} …`);
  if (apt('install', '-y', '--no-install-recommends', ...names)) return;
  // the lists of a fresh machine are empty or old
  apt('update', '-qq');
  apt('install', '-y', '--no-install-recommends', ...names);
}

function apt(...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', ['-q', ...args], { env, encoding: 'utf8' });
  if (status !== 0 && args[0] === 'install')
    console.error((stdout + stderr).split('\n').slice(-6).join('\n'));
  return status === 0;
}

/** Debian starts a server as it installs it; we want its programs only. */
function withoutStartingServices(work: () => void): void {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) {
    work();
    return;
  }
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    rmSync(policy, { force: true });
  }
}
