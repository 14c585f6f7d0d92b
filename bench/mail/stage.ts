// Everything that takes part: the mail server, the gateway with its fleet, nginx as what it is compared with and as what stands before
// it, and the processes that play phones.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { ensureLocalIdentity } from '@gatehouse/server/kernel/tls/local-authority.ts';
import { type ServerUnderLoad, startServerUnderLoad } from '../agent/server-under-load.ts';
import { type Part, startPart } from '../nac/processes.ts';
import { type MailFleet, makeMailFleet } from './fleet.ts';
import { type Nginx, startNginx } from './nginx.ts';
import type { WireOptions } from './wire.ts';

export interface Stage {
  readonly server: ServerUnderLoad;
  readonly fleet: MailFleet;
  readonly backend: Part;
  readonly load: Part;
  readonly holders: Part;
  /** The plain reverse proxy. */
  readonly nginx: Nginx;
  readonly doors: {
    /** Itself, or nginx in front of it. */
    readonly gateway: Required<WireOptions>;
    readonly nginx: WireOptions;
    /** The mail server itself, without TLS. */
    readonly backend: WireOptions;
  };
}

export interface StageOptions {
  /** The benchmark's own, which the processes are started from. */
  readonly file: URL;
  readonly phones: number;
  /** The gateway has a listener of its own without TLS, for the nginx in front of it. */
  readonly plain: boolean;
}

export async function withStage(
  { file, phones, plain }: StageOptions,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-mail-'));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const part = (role: string): Part => {
    const started = startPart(file, role);
    stack.defer(() => started.stop());
    return started;
  };
  const [backend, load, holders] = [part('backend'), part('load'), part('holders')];
  const backendPort = await backend.ask<number>({ ask: 'start' });
  const [nginxPort = 0, frontPort = 0, plainPort = 0] = await freePorts(3);

  const server = await startServerUnderLoad('mail', {
    GATEHOUSE_OUTBOUND_ALLOW: '127.0.0.1',
    GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1',
    ...(plain
      ? {
          GATEHOUSE_MAIL_GATEWAY_LISTEN: `127.0.0.1:${plainPort}`,
          GATEHOUSE_MAIL_GATEWAY_PLAIN: 'yes',
          GATEHOUSE_MAIL_GATEWAY_URL: `https://localhost:${frontPort}`,
        }
      : {}),
  });
  stack.defer(() => server.stop());
  const identity = ensureLocalIdentity(directory, { dns: ['localhost'], ip: ['127.0.0.1'] }, Date.now());
  const ca = encodePem('CERTIFICATE', identity.root.certificate.der);
  const certificate = join(directory, 'proxy.crt');
  const key = join(directory, 'proxy.key');
  const trust = join(directory, 'gatehouse.crt');
  writeFileSync(certificate, encodePem('CERTIFICATE', identity.leaf.certificate.der));
  writeFileSync(key, identity.leaf.key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  const anchors = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(
    readFileSync(join(server.dataDirectory, 'tls', 'root.pem'), 'utf8'),
  )?.[0];
  if (anchors === undefined) throw new Error('the server has no authority of its own');
  writeFileSync(trust, anchors);
  const nginx = await startNginx({
    directory: join(directory, 'nginx'),
    certificate,
    key,
    port: nginxPort,
    backend: { url: `http://127.0.0.1:${backendPort}` },
    workers: 1,
    buffering: true,
  });
  stack.defer(() => nginx.stop());
  const front = await startNginx({
    directory: join(directory, 'front'),
    certificate,
    key,
    port: frontPort,
    backend: plain
      ? { url: `http://127.0.0.1:${plainPort}` }
      : { url: `https://127.0.0.1:${server.mainPort}`, trust },
    // So that none of them runs out of connections.
    workers: 2,
    buffering: false,
  });
  stack.defer(() => front.stop());
  const gateway = plain ? { port: frontPort, ca } : { port: server.mainPort, ca: anchors };
  const fleet = await makeMailFleet(server, phones, {
    backend: `http://127.0.0.1:${backendPort}/Microsoft-Server-ActiveSync`,
    gateway,
  });
  await work({
    server,
    fleet,
    backend,
    load,
    holders,
    nginx,
    doors: {
      gateway,
      nginx: { port: nginxPort, ca },
      backend: { port: backendPort },
    },
  });
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((each) => once(each.listen(0, '127.0.0.1'), 'listening')));
  const ports = servers.map((each) => (each.address() as AddressInfo).port);
  await Promise.all(servers.map((each) => once(each.close(), 'close')));
  return ports;
}
