// Phones with mail in the database: one provisions over the real protocol and is linked to an enrolled device by an administrator;
// its rows are the pattern for all others, each with a user of its own and an enrolled device whose decision counts.
import { connectAs } from '@gatehouse/server/kernel/db/address.ts';
import { MailPhone } from '@gatehouse/simulators/activesync/index.ts';
import { connectLocalApi } from '@gatehouse/simulators/operator/local-api.ts';
import pg from 'pg';
import { makeFleet } from '../agent/fleet.ts';
import type { ServerUnderLoad } from '../agent/server-under-load.ts';

export interface MailFleet {
  readonly policyKey: number;
}

export interface MailFleetOptions {
  /** The mail server's address, with its path. */
  readonly backend: string;
  readonly gateway: { readonly port: number; readonly ca: string | undefined };
}

/** Of the n-th phone, from 1 on. */
export const mailDeviceId = (n: number): string => `01930003-0000-7000-8000-${hex(n)}`;
export const enrolledDeviceId = (n: number): string => `01930001-0000-7000-8000-${hex(n)}`;
const hex = (n: number) => n.toString(16).padStart(12, '0');

const userIdSql = `('01930002-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
const mailDeviceIdSql = `('01930003-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
const deviceIdSql = `('01930001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;

export async function makeMailFleet(
  server: ServerUnderLoad,
  phones: number,
  { backend, gateway }: MailFleetOptions,
): Promise<MailFleet> {
  const fleet = await makeFleet(server, phones, 0);
  const api = connectLocalApi(server.dataDirectory, 'bench');
  try {
    await api.request('PATCH', '/mail-settings', { strangers: 'allow', maximumDevices: 100 });
    const { id } = await api.request<{ id: string }>('POST', '/mail-servers', { name: 'mail', url: backend });
    await api.request('POST', `/mail-servers/${id}/assignments`, { targetKind: 'organization' });
    const account = { user: 'ann@bench.example', password: 'any', email: 'ann@bench.example' };
    const pattern = new MailPhone({
      make: 'gmail',
      account,
      server: `https://localhost:${gateway.port}`,
      anchors: gateway.ca === undefined ? [] : [gateway.ca],
      seed: 'bench',
    });
    if ((await pattern.connect()) !== 'ready')
      throw new Error(`the pattern gets no mail: ${pattern.because}`);
    pattern.close();
    const [found] = await api.list<{ id: string }>('/mail-devices');
    if (found === undefined) throw new Error('the pattern is not known');
    await api.request('POST', `/mail-devices/${found.id}/link`, { deviceId: enrolledDeviceId(1) });
    await copyRows(server, fleet.organizationId, found.id, phones);
    return { policyKey: pattern.client.policyKey };
  } finally {
    await api.close();
  }
}

async function copyRows(
  server: ServerUnderLoad,
  organizationId: string,
  pattern: string,
  phones: number,
): Promise<void> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  await client.query('set search_path to gh; set statement_timeout to 0');
  await client.query(
    `insert into users (organization_id, user_id, email, user_name, display_name)
     select $1, ${userIdSql}, 'user-' || n || '@bench.example', 'user-' || n, 'User ' || n
     from generate_series(1, $2::int) n`,
    [organizationId, phones],
  );
  const differing: Readonly<Record<string, string>> = {
    mail_device_id: mailDeviceIdSql,
    account_key: `'user:' || ${userIdSql}`,
    user_id: userIdSql,
    login: `'user-' || n || '@bench.example'`,
    device_key: `convert_to('phone' || n, 'UTF8')`,
    device_key_text: `'phone' || n`,
    device_id: deviceIdSql,
  };
  for (const table of ['mail_devices', 'mail_device_traffic']) {
    const { rows } = await client.query<{ name: string }>(
      `select attname as name from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''`,
      [`gh.${table}`],
    );
    const columns = rows.map(({ name }) => name);
    await client.query(
      `insert into ${table} (${columns.join(', ')})
       select ${columns.map((name) => differing[name] ?? `p.${name}`).join(', ')}
       from generate_series(1, $3::int) n, ${table} p where p.organization_id = $1 and p.mail_device_id = $2`,
      [organizationId, pattern, phones],
    );
  }
  await client.query('vacuum analyze');
  await client.query('checkpoint');
  await client.end();
}
