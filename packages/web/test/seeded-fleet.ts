// A fleet as rows: what a page of many devices looks like and how fast it is needs no device that speaks. Rows are made as the
// server’s own would be, by the columns that pages read.
import { setTimeout as wait } from 'node:timers/promises';
import type { WebWorld } from './web-world.ts';

export interface SeededFleet {
  readonly organizationId: string;
}

/**
 * Users and devices of all platforms and standings, by number: device 7 is called `device 7`, has the serial number `SER000007` and
 * the address A0B1C2000007.
 */
export async function seedFleet(world: WebWorld, count: number): Promise<SeededFleet> {
  const client = await world.server.db.superuser();
  const { rows } = await client.query<{ organization_id: string }>(
    `select organization_id from gh.organizations where slug = 'acme'`,
  );
  const organizationId = rows[0]?.organization_id ?? '';
  await client.query('set search_path to gh; set statement_timeout to 0');
  // What a new organization sets off looks at every device once, and would judge these by facts that they have not.
  for (let busy = true; busy; ) {
    const { rows: jobs } = await client.query<{ busy: boolean }>(
      `select exists (select 1 from jobs where organization_id = $1 and state in ('ready', 'running') and run_at <= now()) as busy`,
      [organizationId],
    );
    busy = jobs[0]?.busy === true;
    if (busy) await wait(50);
  }
  const idOf = `('01930002-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
  const userOf = `('01930003-0000-7000-8000-' || lpad(to_hex(n % greatest(1, $2::int / 3)), 12, '0'))::uuid`;
  await client.query(
    `insert into users (organization_id, user_id, email, user_name, display_name)
     select $1, ${userOf.replace('n %', '(n) %')}, 'person' || n || '@acme.example', 'person' || n,
       (array['Anna Weber', 'Kim Novák', 'Zoë O’Neill', 'Max Roth'])[1 + n % 4] || ' ' || n
     from generate_series(0, greatest(0, $2::int / 3 - 1)) n on conflict do nothing`,
    [organizationId, count],
  );
  await client.query(
    `insert into devices (organization_id, device_id, user_id, platform, ownership, state, name, created_at, registered_at)
     select $1, ${idOf}, ${userOf}, (array['ios', 'ios', 'linux', 'macos', 'windows', 'android'])[1 + n % 6],
       (array['corporate', 'corporate', 'personal'])[1 + n % 3], 'registered', 'device ' || n, now() - n * interval '1 minute', now()
     from generate_series(1, $2::int) n`,
    [organizationId, count],
  );
  await client.query(
    `insert into device_contacts (organization_id, device_id, last_check_in_at)
     select $1, ${idOf}, case when n % 50 = 0 then null else now() - (n % 17) * (n % 17) * interval '90 minutes' end
     from generate_series(1, $2::int) n`,
    [organizationId, count],
  );
  await client.query(
    `insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail, access_vpn,
       access_apps, access_content, failure_reason, evaluation, policy_version, evaluated_at, model, os_version, serial_number, guid, macs,
       standing, failing)
     select $1, d.device_id, d.device_no, true, n % 7 <> 0, case when n % 7 = 0 then 'quarantine' else 'allow' end,
       case when n % 14 = 0 then 'deny' else 'allow' end, 'allow', 'allow', 'allow',
       case when n % 7 = 0 then 'A passcode is not set.' end,
       jsonb_build_object('verdicts', jsonb_build_array(
         jsonb_build_object('rule', 'passcode', 'status', case when n % 7 = 0 then 'not-compliant' else 'compliant' end),
         jsonb_build_object('rule', 'encryption', 'status', case n % 11 when 0 then 'in-grace' when 1 then 'unknown' else 'compliant' end))),
       'v1', now(), (array['iPhone 16', 'ThinkPad T14', 'MacBook Air'])[1 + n % 3], (array['17.2', '17.10', '18.0', '26.1'])[1 + n % 4],
       'SER' || lpad(n::text, 6, '0'), d.device_id::text, array['A0B1C2' || lpad(to_hex(n), 6, '0')],
       case when n % 7 = 0 then 'bad' when n % 11 = 1 then 'unknown' when n % 11 = 0 then 'grace' else 'ok' end,
       case when n % 7 = 0 then array['passcode'] else '{}' end || case when n % 11 < 2 then array['encryption'] else '{}' end
     from generate_series(1, $2::int) n join devices d on d.organization_id = $1 and d.device_id = ${idOf}`,
    [organizationId, count],
  );
  await client.query(
    `insert into device_identifiers (organization_id, kind, value, device_id)
     select $1::uuid, 'serial', 'SER' || lpad(n::text, 6, '0'), ${idOf} from generate_series(1, $2::int) n
     union all select $1::uuid, 'mac', 'A0B1C2' || upper(lpad(to_hex(n), 6, '0')), ${idOf} from generate_series(1, $2::int) n`,
    [organizationId, count],
  );
  await client.query(
    `insert into device_facts (organization_id, device_id, scan, source, facts, observed_at)
     select $1::uuid, ${idOf}, 'security', 'agent', jsonb_build_object('storage.encrypted', n % 3 <> 0, 'passcode.set', n % 7 <> 0), now()
     from generate_series(1, $2::int) n
     union all select $1::uuid, ${idOf}, 'device-information', 'agent',
       jsonb_build_object('os.version', (array['17.2', '17.10', '18.0', '26.1'])[1 + n % 4]), now() from generate_series(1, $2::int) n`,
    [organizationId, count],
  );
  await client.query('analyze');
  await client.end();
  return { organizationId };
}
