// A web server on this machine for tests of what goes out: with a certificate of its own authority, and a record of every
// connection and request that arrives.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { ensureLocalIdentity } from '../tls/local-authority.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface TestReceiver {
  readonly port: number;
  readonly trust: string;
  readonly requests: ReceivedRequest[];
  /** Every TCP connection, also one that never says anything. */
  readonly connections: () => number;
  close(): Promise<void>;
}

export type Answer = (request: ReceivedRequest, response: ServerResponse) => unknown;

/** Names and addresses that the certificate of a test receiver is for. */
export const receiverName = 'receiver.example';

/** @param tls false: what speaks plain HTTP there. */
export async function startTestReceiver(
  answer: Answer = (_request, response) => void response.writeHead(202).end(),
  { host = '127.0.0.1', port = 0, tls = true }: { host?: string; port?: number; tls?: boolean } = {},
): Promise<TestReceiver> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-receiver-'));
  const { root, leaf } = ensureLocalIdentity(
    directory,
    { dns: [receiverName, 'localhost'], ip: ['127.0.0.1', '::1'] },
    Date.now(),
  );
  rmSync(directory, { recursive: true });
  const trust = encodePem('CERTIFICATE', root.certificate.der);
  const requests: ReceivedRequest[] = [];
  let connections = 0;
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      requests.push(received);
      void answer(received, response);
    });
  };
  const server = tls
    ? createSecureServer(
        {
          cert: `${encodePem('CERTIFICATE', leaf.certificate.der)}${trust}`,
          key: leaf.key.export({ format: 'pem', type: 'pkcs8' }),
        },
        listener,
      )
    : createServer(listener);
  server.on('connection', () => (connections += 1));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    trust,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
