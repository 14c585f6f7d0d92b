// nginx as what ours is compared with, a plain reverse proxy, and as the TLS proxy that stands in front of ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

export interface NginxOptions {
  readonly directory: string;
  /** PEM files */
  readonly certificate: string;
  readonly key: string;
  readonly port: number;
  /** http://127.0.0.1:PORT, or https:// with the file of what to trust. */
  readonly backend: { readonly url: string; readonly trust?: string };
  readonly workers: number;
  /** What is held must be passed on as it comes; nginx by itself collects first. */
  readonly buffering: boolean;
}

export interface Nginx {
  readonly pid: number;
  stop(): Promise<void>;
}

export async function startNginx({
  directory,
  certificate,
  key,
  port,
  backend,
  workers,
  buffering,
}: NginxOptions): Promise<Nginx> {
  mkdirSync(directory);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => {
    mkdirSync(join(directory, kind));
    return `${kind}_temp_path ${join(directory, kind)};`;
  });
  const { protocol, host } = new URL(backend.url);
  const config = join(directory, 'nginx.conf');
  writeFileSync(
    config,
    `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes ${workers};
pid ${directory}/pid;
error_log stderr error;
events { worker_connections 19000; }
http {
  ${temporary.join('\n  ')}
  access_log off;
  client_max_body_size 64m;
  keepalive_requests 1000000000;
  proxy_http_version 1.1;
  ${backend.trust === undefined ? '' : `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${backend.trust}; proxy_ssl_name localhost; proxy_ssl_server_name on;`}
  upstream mail { server ${host}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} ssl backlog=4096;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    location / {
      proxy_pass ${protocol}//mail;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_read_timeout 3700s;
      ${buffering ? '' : 'proxy_buffering off; proxy_request_buffering off;'}
    }
  }
}
`,
  );
  const child = spawn('nginx', ['-e', 'stderr', '-p', directory, '-c', config, '-g', 'daemon off;'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // where Debian keeps servers
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` },
  });
  await accepts(port, child);
  return {
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function accepts(port: number, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const socket = connect(port, '127.0.0.1');
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (connected) return;
    if (child.exitCode !== null) break;
    await wait(50);
  }
  throw new Error('nginx did not start');
}
