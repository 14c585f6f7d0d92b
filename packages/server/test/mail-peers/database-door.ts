// A PostgreSQL database for programs that know no sockets in the file system: the tests' own server listens on such a one only.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { openTestDatabase } from '@gatehouse/server/kernel/db/test-database.ts';
import type pg from 'pg';

export interface DatabaseDoor extends AsyncDisposable {
  /** postgresql://USER@127.0.0.1:PORT/DATABASE */
  readonly url: string;
  readonly client: pg.Client;
}

/** An empty database of its own, reached by TCP on the loopback address for as long as the door is open. */
export async function openDatabaseDoor(): Promise<DatabaseDoor> {
  const database = await openTestDatabase({ empty: true });
  const { host, port, user, database: name } = database.address.config;
  if (host?.startsWith('/') !== true) {
    await database[Symbol.asyncDispose]();
    throw new Error('the mail peers use the server that the tests start');
  }
  const open = new Set<Socket>();
  const door = createServer((outer) => {
    const inner = connect(`${host}/.s.PGSQL.${port}`);
    for (const [socket, other] of [
      [outer, inner],
      [inner, outer],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    outer.pipe(inner).pipe(outer);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const client = await database.superuser();
  await client.query('set search_path to public');
  return {
    url: `postgresql://${user}:none@127.0.0.1:${(door.address() as AddressInfo).port}/${name}`,
    client,
    async [Symbol.asyncDispose]() {
      door.close();
      for (const socket of open) socket.destroy();
      await database[Symbol.asyncDispose]();
    },
  };
}
