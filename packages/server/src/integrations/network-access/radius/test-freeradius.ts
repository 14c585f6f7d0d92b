// FreeRADIUS for tests: as a server that asks us, from the very files that docs/freeradius/ gives to administrators; and as a network
// device that is told of changes.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const docs = fileURLToPath(new URL('../../../../../../docs/freeradius/', import.meta.url));

export const secret = 'quaver-plinth-ocelot-tumbril-0042';
export const hasEapolTest = ['/usr/bin/eapol_test', '/usr/sbin/eapol_test'].some((path) => existsSync(path));

/** UDP ports that nobody has at this moment. */
async function freeUdpPorts(count: number): Promise<number[]> {
  const sockets = Array.from({ length: count }, () => createSocket('udp4'));
  const ports: number[] = [];
  for (const socket of sockets) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    ports.push((socket.address() as AddressInfo).port);
  }
  await Promise.all(sockets.map((socket) => once(socket.close(), 'close')));
  return ports;
}

/** An authority, and certificates of it: `ca.pem`, and for each name `NAME.pem` and `NAME.key`. */
export async function makeCertificates(
  directory: string,
  names: Readonly<Record<string, { readonly commonName: string; readonly altName?: string }>>,
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const options = { cwd: directory };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await run(
    'openssl',
    ['req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test CA', '-days', '2'],
    options,
  );
  for (const [name, { commonName, altName }] of Object.entries(names)) {
    await run(
      'openssl',
      ['req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${commonName}`],
      options,
    );
    writeFileSync(join(directory, `${name}.ext`), altName === undefined ? '' : `subjectAltName=${altName}\n`);
    await run(
      'openssl',
      [
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-out',
        `${name}.pem`,
        '-days',
        '2',
        '-extfile',
        `${name}.ext`,
      ],
      options,
    );
  }
}

/** What a distribution brings along, as small as can be. */
const base = (directory: string) => `
prefix = /usr
libdir = /usr/lib/freeradius
raddbdir = ${directory}
confdir = \${raddbdir}
run_dir = \${raddbdir}
db_dir = \${raddbdir}
pidfile = \${run_dir}/radiusd.pid
max_request_time = 5
proxy_requests = no
log {
	destination = stdout
}
security {
	allow_core_dumps = no
	max_attributes = 200
	reject_delay = 0
	status_server = no
}
thread pool {
	start_servers = 2
	max_servers = 8
	min_spare_servers = 1
	max_spare_servers = 4
}
client test {
	ipaddr = 127.0.0.0/8
	secret = ${secret}
}
`;
const always = `
	always ok {
		rcode = ok
	}
	always reject {
		rcode = reject
	}
`;

export interface FreeRadius extends AsyncDisposable {
  readonly log: () => string;
}

async function startFreeRadius(directory: string): Promise<FreeRadius> {
  const child = spawn('freeradius', ['-f', '-xx', '-l', 'stdout', '-d', directory], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const ended = once(child, 'exit');
  const deadline = Date.now() + 20_000;
  while (!log.includes('Ready to process requests')) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`FreeRADIUS does not start:\n${log.slice(-3_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    log: () => log,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export interface AskingServer extends FreeRadius {
  readonly authPort: number;
  readonly acctPort: number;
}

/** The server that asks us: the files of docs/freeradius/ with the values of this test, and a user with a password. */
export async function startAskingServer(
  directory: string,
  values: {
    readonly url: string;
    readonly certificates: string;
    readonly user: string;
    readonly password: string;
    readonly passwordOfAda: string;
  },
): Promise<AskingServer> {
  cpSync(docs, directory, { recursive: true });
  const [authPort = 0, acctPort = 0] = await freeUdpPorts(2);
  const settings: Readonly<Record<string, string | number>> = {
    gatehouse_url: `"${values.url}"`,
    gatehouse_ca: `"${join(values.certificates, 'ca.pem')}"`,
    gatehouse_user: `"${values.user}"`,
    gatehouse_password: `"${values.password}"`,
    gatehouse_address: '"127.0.0.1"',
    gatehouse_auth_port: authPort,
    gatehouse_acct_port: acctPort,
  };
  const file = join(directory, 'gatehouse.conf');
  const text = readFileSync(file, 'utf8').replaceAll(/^(gatehouse_\w+) = .*$/gm, (line, name: string) => {
    if (!(name in settings)) throw new Error(`${line} has no value here`);
    return `${name} = ${settings[name]}`;
  });
  writeFileSync(file, text);
  writeFileSync(join(directory, 'users'), `ada Cleartext-Password := "${values.passwordOfAda}"\n`);
  writeFileSync(
    join(directory, 'radiusd.conf'),
    `${base(directory)}
$INCLUDE gatehouse.conf
modules {
	$INCLUDE mods-gatehouse
${always}
	pap {
	}
	files {
		usersfile = \${raddbdir}/users
	}
	eap {
		default_eap_type = tls
		timer_expire = 60
		max_sessions = 64
		tls-config tls-common {
			private_key_file = ${join(values.certificates, 'radius.key')}
			certificate_file = ${join(values.certificates, 'radius.pem')}
			ca_file = ${join(values.certificates, 'ca.pem')}
			tls_min_version = "1.2"
			tls_max_version = "1.2"
		}
		tls {
			tls = tls-common
		}
	}
}
$INCLUDE site-gatehouse
`,
  );
  return { ...(await startFreeRadius(directory)), authPort, acctPort };
}

export interface NasStandIn extends FreeRadius {
  readonly port: number;
}

/** A network device that is told of changes. @param answer what its policy says of each */
export async function startNasStandIn(
  directory: string,
  host: string,
  answer: 'ack' | 'session-gone',
): Promise<NasStandIn> {
  mkdirSync(directory, { recursive: true });
  const [port = 0] = await freeUdpPorts(1);
  const refuse = `
		update reply {
			Error-Cause := Session-Context-Not-Found
		}
		reject`;
  writeFileSync(
    join(directory, 'radiusd.conf'),
    `${base(directory)}
modules {
${always}
}
server nas {
	listen {
		type = coa
		ipaddr = ${host}
		port = ${port}
	}
	recv-coa {${answer === 'ack' ? '\n\t\tok' : refuse}
	}
	send-coa {
		ok
	}
}
`,
  );
  return { ...(await startFreeRadius(directory)), port };
}

export interface RadclientAnswer {
  readonly received: string | undefined;
  readonly text: string;
}

/** Sends what a network device would, and waits two seconds for the answer. */
export async function radclient(
  port: number,
  kind: 'auth' | 'acct' | 'coa' | 'disconnect',
  attributes: string,
  options: { readonly host?: string; readonly key?: string } = {},
): Promise<RadclientAnswer> {
  const child = spawn(
    'radclient',
    ['-x', '-r', '1', '-t', '2', `${options.host ?? '127.0.0.1'}:${port}`, kind, options.key ?? secret],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  child.stderr.setEncoding('utf8').on('data', (more: string) => (text += more));
  child.stdin.end(attributes);
  await once(child, 'close');
  const answer = text.slice(Math.max(text.indexOf('Received '), 0));
  return { received: /^Received (\S+)/m.exec(text)?.[1], text: text.includes('Received ') ? answer : '' };
}

/** A supplicant with a client certificate. @returns whether it was let in */
export async function eapTls(
  directory: string,
  server: { readonly authPort: number },
  client: { readonly mac: string; readonly certificates: string; readonly name: string },
): Promise<boolean> {
  const file = join(directory, `${client.name}.conf`);
  const at = (name: string) => join(client.certificates, name);
  writeFileSync(
    file,
    `network={\n key_mgmt=WPA-EAP\n eap=TLS\n identity="host/${client.name}"\n ca_cert="${at('ca.pem')}"\n client_cert="${at(`${client.name}.pem`)}"\n private_key="${at(`${client.name}.key`)}"\n}\n`,
  );
  const args = [
    '-c',
    file,
    '-a',
    '127.0.0.1',
    '-p',
    String(server.authPort),
    '-s',
    secret,
    '-r',
    '0',
    '-t',
    '10',
    '-M',
    client.mac,
  ];
  const { stdout } = await run('eapol_test', args).catch((error: { stdout?: string }) => ({
    stdout: error.stdout ?? '',
  }));
  return /^SUCCESS$/m.test(stdout);
}
