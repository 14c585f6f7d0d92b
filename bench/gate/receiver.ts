// Receives signals for a benchmark: takes every token at once and notes when which device was told of. Signatures are looked at by
// tests; here they would only cost the machine that is measured.
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { encodePem } from '@gatehouse/protocols/x509/index.ts';
import { ensureLocalIdentity } from '@gatehouse/server/kernel/tls/local-authority.ts';

export interface SignalReceiver {
  readonly url: string;
  /** PEM of what its certificate is from. */
  readonly trust: string;
  close(): void;
}

export async function startSignalReceiver(
  directory: string,
  told: (deviceId: string, status: string) => void,
): Promise<SignalReceiver> {
  const { root, leaf } = ensureLocalIdentity(
    directory,
    { dns: ['localhost'], ip: ['127.0.0.1'] },
    Date.now(),
  );
  const trust = encodePem('CERTIFICATE', root.certificate.der);
  const server = createServer(
    {
      cert: `${encodePem('CERTIFICATE', leaf.certificate.der)}${trust}`,
      key: leaf.key.export({ format: 'pem', type: 'pkcs8' }),
    },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const part = Buffer.concat(chunks).toString().split('.')[1] ?? '';
        const { sub_id, events } = JSON.parse(Buffer.from(part, 'base64url').toString()) as {
          sub_id: { device?: { sub: string } };
          events: Record<string, { current_status?: string }>;
        };
        const [event] = Object.values(events);
        if (sub_id.device !== undefined) told(sub_id.device.sub, event?.current_status ?? '');
        response.writeHead(202).end();
      });
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    trust,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
