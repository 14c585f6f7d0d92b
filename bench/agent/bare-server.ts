// What our numbers are compared with: a Fastify route behind the same TLS listener, asking for the same certificates, that does
// one update by primary key and nothing else: no check of the certificate, no tenant isolation, no validation.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connectAs, type DatabaseAddress } from '@gatehouse/server/kernel/db/address.ts';
import fastify from 'fastify';
import pg from 'pg';

export interface BareOptions {
  readonly address: DatabaseAddress;
  readonly dataDirectory: string;
  readonly organizationId: string;
  /** The devices take turns. */
  readonly deviceIds: readonly string[];
}

export async function startBareServer({
  address,
  dataDirectory,
  organizationId,
  deviceIds,
}: BareOptions): Promise<number> {
  const pool = new pg.Pool({ ...connectAs(address, 'login'), max: 12, pipeline: true });
  const identity = readFileSync(`${dataDirectory}/tls/server.pem`, 'utf8');
  const server = fastify({
    serverFactory: (handler) =>
      createServer(
        {
          key: identity,
          cert: identity,
          minVersion: 'TLSv1.2',
          ciphers:
            'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20',
          ALPNProtocols: ['http/1.1'],
          requestCert: true,
          rejectUnauthorized: false,
          keepAliveTimeout: 65_000,
        },
        handler,
      ),
  });
  const statement = {
    name: 'bare',
    text: 'update gh.device_contacts set last_check_in_at = now() where organization_id = $1 and device_id = $2',
  };
  let next = 0;
  server.post('/agent/v1/check-in', async () => {
    next = (next + 1) % deviceIds.length;
    await pool.query({ ...statement, values: [organizationId, deviceIds[next]] });
    return { serverTime: Date.now(), commands: [], nextCheckInSeconds: 14_400 };
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
}
