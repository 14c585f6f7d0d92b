// A real nginx or HAProxy in front of the composed server, with the configuration that the recipes give to operators: only
// addresses and file names are changed, and one door is closed that the server itself leaves open.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ComposedServer } from './composed-server.ts';
import { freePorts } from '../free-ports.ts';

export type ProxyName = 'nginx' | 'haproxy';

/** From where the proxies call: an address of this machine that no test client has. */
export const proxyAddress = '127.0.0.2';
/** The proxies answer 403 to it, so whoever reaches the server with it has gone round them. */
export const closedPath = '/setup/complete';

export interface RunningProxy extends AsyncDisposable {
  readonly ports: { readonly main: number; readonly device: number };
  output(): string;
}

export async function startProxy(name: ProxyName, server: ComposedServer): Promise<RunningProxy> {
  const directory = mkdtempSync(join(tmpdir(), `gatehouse-${name}-`));
  chmodSync(directory, 0o711);
  const file = (base: string, text: string) => {
    writeFileSync(join(directory, base), text, { mode: 0o600 });
    return join(directory, base);
  };
  const { cert, key } = server.identity;
  const certificate = file('mdm.crt', cert);
  const privateKey = file('mdm.key', key);
  const both = file('mdm.pem', cert.includes('PRIVATE KEY') ? cert : `${cert}\n${key}`);
  const trust = file('trust.pem', server.ca);
  const [main = 0, device = 0] = await freePorts(2);

  const nginx: readonly [string, string][] = [
    ['events {}', `events {}\npid ${directory}/pid;\nerror_log stderr;`],
    ['http {', `http {\n  proxy_bind ${proxyAddress};\n${temporaryPaths(directory)}`],
    ['/etc/nginx/mdm.crt', certificate],
    ['/etc/nginx/mdm.key', privateKey],
    ['/etc/nginx/gatehouse-trust.pem', trust],
    ['proxy_ssl_name mdm.example.org', 'proxy_ssl_name localhost'],
    ['192.0.2.10:8443', `127.0.0.1:${server.ports.main}`],
    ['192.0.2.10:8444', `127.0.0.1:${server.ports.device}`],
    ['listen 443 ssl;', `listen 127.0.0.1:${main} ssl;\n    location = ${closedPath} { return 403; }`],
    ['listen 8444 ssl;', `listen 127.0.0.1:${device} ssl;`],
  ];
  const haproxy: readonly [string, string][] = [
    ['bind :443', `http-request deny if { path ${closedPath} }\n  bind 127.0.0.1:${main}`],
    ['bind :8444', `bind 127.0.0.1:${device}`],
    ['/etc/haproxy/mdm.pem', both],
    ['/etc/haproxy/gatehouse-trust.pem', trust],
    ['str(mdm.example.org)', `str(localhost) source ${proxyAddress}`],
    ['192.0.2.10:8443', `127.0.0.1:${server.ports.main}`],
    ['192.0.2.10:8444', `127.0.0.1:${server.ports.device}`],
  ];
  const recipe = { nginx: 'nginx.conf', haproxy: 'haproxy.cfg' }[name];
  const source = new URL(`../../../../docs/recipes/proxy/${recipe}`, import.meta.url);
  let text = readFileSync(source, 'utf8');
  for (const [from, to] of name === 'nginx' ? nginx : haproxy) {
    if (!text.includes(from)) throw new Error(`${recipe} no longer says ${from}`);
    text = text.replaceAll(from, to);
  }
  const config = file(recipe, text);
  const program = {
    nginx: ['nginx', '-e', 'stderr', '-p', directory, '-c', config, '-g', 'daemon off;'],
    haproxy: ['haproxy', '-db', '-f', config],
  }[name];
  const child = spawn(program[0] ?? '', program.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    // where Debian keeps servers
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await Promise.all([main, device].map((port) => accepts(port, child, () => said)));
  return {
    ports: { main, device },
    output: () => said,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Debian's places are for the system's nginx. */
function temporaryPaths(directory: string): string {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => {
      mkdirSync(join(directory, kind));
      return `  ${kind}_temp_path ${join(directory, kind)};`;
    })
    .join('\n');
}

async function accepts(port: number, child: ChildProcess, said: () => string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const connected = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (connected) return;
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`the proxy did not start: ${said()}`);
    await wait(50);
  }
}
