// The two servers that are compared, each in a process of its own with a pool of the same size on the same database: ours
// with everything it does for a question, and a bare Fastify route that does one primary-key lookup and nothing else.
import type { AddressInfo } from 'node:net';
import { type DatabaseAddress, connectAs } from '@gatehouse/server/kernel/db/address.ts';
import { systemClock } from '@gatehouse/server/kernel/clock.ts';
import { openDatabase } from '@gatehouse/server/kernel/db/database.ts';
import { createHttpServer } from '@gatehouse/server/kernel/http/server.ts';
import { silentLog } from '@gatehouse/server/kernel/log.ts';
import { createPasswords } from '@gatehouse/server/modules/administrators/index.ts';
import { openCiscoIse } from '@gatehouse/server/integrations/network-access/cisco-ise/index.ts';
import { registerIseSurface, renderUnroutedIse } from '@gatehouse/server/surfaces/ise.ts';
import fastify from 'fastify';
import pg from 'pg';
import { organizationId } from './fleet.ts';

const poolSize = 12;

export async function startOurs(address: DatabaseAddress): Promise<number> {
  const server = createHttpServer({
    log: silentLog,
    hosts: new Set(['127.0.0.1']),
    renderUnrouted: renderUnroutedIse,
  });
  registerIseSurface(
    server,
    openCiscoIse({
      database: await openDatabase(address, { poolSize }),
      passwords: createPasswords(),
      clock: systemClock,
      publicUrl: new URL('https://mdm.example'),
      productVersion: '0',
      pagingKey: Buffer.alloc(32, 1),
      queue: () => Promise.reject(new Error('nothing is ordered here')),
      mayFullWipe: async () => false,
    }),
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
}

/** The same facts, found by primary key, answered as JSON; no account, no tenant isolation. */
export async function startBare(address: DatabaseAddress): Promise<number> {
  const pool = new pg.Pool({ ...connectAs(address, 'login'), max: poolSize, pipeline: true });
  const server = fastify();
  const statement = {
    name: 'bare',
    text: `select p.device_id, p.access_network, p.failure_reason, p.remediation, p.disk_encrypted, p.passcode_set, p.compromised,
       p.manufacturer, p.model, p.imei, p.meid, p.udid, p.serial_number, p.os_version, p.phone_number, p.guid
     from gh.device_posture p where p.organization_id = $1 and p.device_id = $2`,
  };
  server.get<{ Params: { id: string } }>('/devices/:id', (request) =>
    pool
      .query({ ...statement, values: [organizationId, request.params.id] })
      .then(({ rows }) => rows[0] as unknown),
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
}
