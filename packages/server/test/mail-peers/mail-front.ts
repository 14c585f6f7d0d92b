// nginx before a mail server, as mail servers are run: TLS, and the one address that phones know. SOGo has its ActiveSync elsewhere.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { ensureLocalIdentity } from '@gatehouse/server/kernel/tls/local-authority.ts';
import { freePorts } from '../free-ports.ts';
import { PeerProcess } from './peer-process.ts';

export interface MailFront extends AsyncDisposable {
  /** https://127.0.0.1:PORT, without a path. */
  readonly url: string;
  /** PEM of the authority that its certificate is from. */
  readonly trust: string;
  /** One line for each request that came: address, request line, status. */
  requests(): readonly string[];
}

/** @param backend where ActiveSync is served, with its path */
export async function startMailFront(backend: string): Promise<MailFront> {
  await using started = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-mail-front-'));
  started.defer(() => rmSync(directory, { recursive: true, force: true }));
  const { root, leaf } = ensureLocalIdentity(
    directory,
    { dns: ['localhost'], ip: ['127.0.0.1'] },
    Date.now(),
  );
  const trust = encodePem('CERTIFICATE', root.certificate.der);
  const certificate = join(directory, 'front.crt');
  const key = join(directory, 'front.key');
  writeFileSync(certificate, encodePem('CERTIFICATE', leaf.certificate.der));
  writeFileSync(key, leaf.key.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  const [port = 0] = await freePorts(1);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => {
    mkdirSync(join(directory, kind));
    return `${kind}_temp_path ${join(directory, kind)};`;
  });
  const lines = join(directory, 'requests');
  const config = join(directory, 'nginx.conf');
  writeFileSync(
    config,
    `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${directory}/pid;
error_log stderr;
events { worker_connections 256; }
http {
  ${temporary.join('\n  ')}
  log_format lines '$remote_addr "$request" $status $request_time $connection $connection_requests';
  access_log ${lines} lines;
  client_max_body_size 64m;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    location = /Microsoft-Server-ActiveSync {
      proxy_pass ${backend};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      # What SOGo builds addresses of.
      proxy_set_header x-webobjects-server-protocol HTTP/1.0;
      proxy_set_header x-webobjects-server-name $host;
      proxy_set_header x-webobjects-server-url $scheme://$http_host;
      proxy_set_header x-webobjects-server-port $server_port;
      proxy_read_timeout 3700s;
      proxy_buffering off;
    }
    location / { return 404; }
  }
}
`,
  );
  const nginx = started.use(
    PeerProcess.start(['nginx', '-e', 'stderr', '-p', directory, '-c', config, '-g', 'daemon off;']),
  );
  await nginx.listensOn(port);
  const own = started.move();
  return {
    url: `https://127.0.0.1:${port}`,
    trust,
    requests: () => readFileSync(lines, 'utf8').split('\n').filter(Boolean),
    [Symbol.asyncDispose]: () => own.disposeAsync(),
  };
}
