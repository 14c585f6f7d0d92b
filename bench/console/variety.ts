// A fleet of all sorts: platforms, systems, owners, serial numbers, standings and times of contact differ, as SQL over the number
// `n` of each copy. A tenth is nobody’s, an eighth does not comply, twelve of a hundred are personal.
import { connectAs } from '@gatehouse/server/kernel/db/address.ts';
import pg from 'pg';
import type { Fleet, Variety } from '../agent/fleet.ts';
import type { ServerUnderLoad } from '../agent/server-under-load.ts';

const pick = (values: readonly string[], by = 'n') =>
  `(array[${values.map((value) => `'${value}'`).join(', ')}])[1 + ${by} % ${values.length}]`;

const platform = pick(['ios', 'ios', 'macos', 'windows', 'linux', 'android']);
const osVersion = pick(['17.2', '17.10', '18.0', '26.1', '16.7.2'], '(n / 6)');
const firstNames = ['Anna', 'Kim', 'Zoë', 'Max', 'Søren', 'Ivan', 'Lea', 'Yusuf', 'Carla', 'Edgar', 'Olga'];
const model = pick(['iPhone 16', 'iPad Air', 'MacBook Air', 'ThinkPad T14', 'XPS 13', 'Pixel 9']);
const macOf = (pattern: string) => `'A0B1' || right(${pattern}, 2) || upper(lpad(to_hex(n), 6, '0'))`;
const serial = `'SER' || lpad(n::text, 6, '0')`;
const status = `case when n % 8 = 0 then 'not-compliant' when n % 31 = 0 then 'in-grace' when n % 37 = 0 then 'unknown' end`;

/** The first verdict of the pattern is another one in some; those rows are what rules count. */
const evaluation = `case when ${status} is null then p.evaluation
  else jsonb_set(p.evaluation, '{verdicts,0,status}', to_jsonb(${status})) end`;

export const variety: Variety = {
  devices: {
    platform,
    name: `${pick(firstNames)} || ' – ' || ${model} || ' ' || n`,
    ownership: `case when n % 25 < 3 then 'personal' else 'corporate' end`,
    asset_number: `case when n % 3 = 0 then 'A-' || n end`,
    created_at: `now() - n * interval '1 minute'`,
  },
  device_contacts: {
    last_check_in_at: `case when n % 50 = 0 then null else now() - (n % 97) * (n % 89) * interval '211 seconds' end`,
  },
  device_identifiers: {
    value: `case p.kind when 'mac' then ${macOf('p.value')} when 'serial' then ${serial} else p.value || '-' || n end`,
  },
  device_facts: {
    facts: `case p.scan when 'device-information' then p.facts || jsonb_build_object('os.version', ${osVersion})
      when 'security' then p.facts || jsonb_build_object('storage.encrypted', n % 3 <> 0) else p.facts end`,
  },
  device_posture: {
    evaluation,
    standing: `case ${status} when 'not-compliant' then 'bad' when 'in-grace' then 'grace' when 'unknown' then 'unknown' else p.standing end`,
    failing: `case when ${status} is null then p.failing
      else array[coalesce(p.evaluation #>> '{verdicts,0,id}', p.evaluation #>> '{verdicts,0,rule}')] end`,
    compliant: `coalesce(${status}, '') <> 'not-compliant'`,
    access_network: `case when n % 8 = 0 then 'quarantine' else p.access_network end`,
    access_mail: `case when n % 16 = 0 then 'deny' else p.access_mail end`,
    access_changed_at: `now() - (n % 1009) * interval '13 minutes'`,
    os_version: osVersion,
    model,
    serial_number: serial,
    macs: `array(select ${macOf('mac')} from unnest(p.macs) as mac)`,
  },
};

/** Three devices each belong to somebody. */
export async function giveOwners(
  server: ServerUnderLoad,
  { organizationId }: Fleet,
  devices: number,
): Promise<void> {
  const client = new pg.Client(connectAs(server.address, 'login'));
  await client.connect();
  await client.query('set search_path to gh; set statement_timeout to 0');
  const people = Math.max(1, Math.floor(devices / 3));
  await client.query(
    `insert into users (organization_id, user_id, email, user_name, display_name)
     select $1, gen_random_uuid(), 'person' || n || '@bench.example', 'person' || n, ${pick(firstNames, '(n / 7)')} || ' Weber ' || n
     from generate_series(1, $2::int) n`,
    [organizationId, people],
  );
  await client.query('analyze users');
  await client.query(
    `update devices d set user_id = case when d.device_no % 10 = 0 then null else u.user_id end
     from users u where u.organization_id = $1 and u.user_name = 'person' || (1 + d.device_no % $2::int) and d.organization_id = $1`,
    [organizationId, people],
  );
  await client.query('vacuum full devices');
  await client.query('vacuum analyze');
  await client.query('checkpoint');
  await client.end();
}
