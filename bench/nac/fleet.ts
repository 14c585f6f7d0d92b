// An organization with its network account and a fleet, written straight into the tables: what is measured is reading.
import type pg from 'pg';

export const organizationId = '01930000-0000-7000-8000-000000000001';
export const account = { userName: 'ise@bench.example', password: 'nine-tails-in-the-bench-2026' };

/** The id of device `n`, from 1; also its GUID. */
export const deviceId = (n: number): string => `01930001-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The first hardware address of device `n`. */
export const macOf = (n: number): string =>
  (0x02_00_00_00_00_00 + n * 7919).toString(16).toUpperCase().padStart(12, '0');

/** One device in ten is out of compliance. Each has two hardware addresses, a serial number, a name and a GUID. */
export async function seedFleet(client: pg.Client, devices: number, passwordHash: string): Promise<void> {
  const id = `('01930001-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;
  const mac = (offset: number) =>
    `lpad(upper(to_hex(2199023255552 + n::bigint * 7919 + ${offset})), 12, '0')`;
  const from = 'from generate_series(1, $2::int) n';
  const given = [organizationId, devices];
  await client.query(
    `insert into organizations (organization_id, slug, name) values ($1, 'bench', 'Bench')`,
    [organizationId],
  );
  await client.query(
    `insert into administrators (organization_id, administrator_id, email, role, state, password_hash, password_version)
     values ($1, '01930000-0000-7000-8000-00000000000a', $2, 'nac-service', 'active', $3, 1)`,
    [organizationId, account.userName, passwordHash],
  );
  await client.query(
    `insert into users (organization_id, user_id, email, user_name)
     select $1, gen_random_uuid(), 'user-' || n || '@bench.example', 'user-' || n ${from}`,
    given,
  );
  await client.query(
    `insert into devices (organization_id, device_id, platform, ownership, state, name)
     select $1, ${id}, 'linux', 'corporate', 'registered', 'laptop-' || n ${from}`,
    given,
  );
  await client.query(
    `insert into device_contacts (organization_id, device_id, last_check_in_at)
     select $1, ${id}, now() - n * interval '1 second' ${from}`,
    given,
  );
  for (const [kind, value] of [
    ['mac', mac(0)],
    ['mac', mac(1)],
    ['serial', `'SN' || n`],
    ['host-name', `'laptop-' || n`],
    ['guid', `${id}::text`],
  ] as const) {
    await client.query(
      `insert into device_identifiers (organization_id, kind, value, device_id) select $1, '${kind}', ${value}, ${id} ${from}`,
      given,
    );
  }
  await client.query(
    `insert into device_posture (organization_id, device_id, device_no, registered, compliant, access_network, access_mail,
       access_vpn, failure_reason, remediation, evaluation, policy_version, evaluated_at, user_name, disk_encrypted,
       passcode_set, compromised, manufacturer, model, serial_number, os_version, guid, host_name, macs)
     select $1, d.device_id, d.device_no, true, n % 10 <> 0, case when n % 10 = 0 then 'deny' else 'allow' end, 'allow', 'allow',
       case when n % 10 = 0 then 'The storage is not encrypted.' end, case when n % 10 = 0 then 'Encrypt the storage.' end,
       '{"verdicts": []}', 'v1', now(), 'user-' || n, n % 10 <> 0, true, false, 'Dell Inc.', 'Latitude 7420', 'SN' || n,
       'Ubuntu 24.04.1 LTS', d.device_id::text, 'laptop-' || n, array[${mac(0)}, ${mac(1)}]
     from generate_series(1, $2::int) n join devices d on d.organization_id = $1 and d.device_id = ${id}`,
    given,
  );
  await client.query('vacuum analyze');
}
