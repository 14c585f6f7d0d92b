// Statements of the ISE interface. Each reads the account that asks and the devices it asks for in one round trip, so the
// account's state and role are those of this moment (ADM-15) and cost no round trip of their own. A device comes as one JSON
// array: starting a statement with thirty result columns costs the database and the driver more than finding the rows.
// Nothing here writes.
import type { Database } from '../../../kernel/db/database.ts';
import { type TenantStatement, tenantStatement } from '../../../kernel/db/sql.ts';

/** What decides whether the account may ask. */
export interface Standing {
  /** A built-in role; what a custom one permits is read apart, see {@link readAccount}. */
  readonly role: string;
  readonly state: 'invited' | 'active' | 'disabled';
  readonly password_version: number;
}

/** The account as the administrators module judges it. */
export interface AccountRow extends Standing {
  readonly administrator_id: string;
  readonly email: string;
  readonly display_name: string;
  readonly empowered_at: Date;
  readonly role_permissions: string[] | null;
  readonly role_empowered_at: Date | null;
}

/** What the one stored decision says of a device, and the facts that the network asks for. */
export interface Posture {
  readonly deviceId: string;
  /** The order of lists. */
  readonly number: string;
  readonly access: 'allow' | 'quarantine' | 'deny';
  readonly failureReason: string | null;
  readonly remediation: string | null;
  readonly diskEncrypted: boolean | null;
  readonly passcodeSet: boolean | null;
  readonly compromised: boolean | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly imei: string | null;
  readonly meid: string | null;
  readonly udid: string | null;
  readonly serialNumber: string | null;
  readonly osVersion: string | null;
  readonly phoneNumber: string | null;
  readonly guid: string;
  readonly macs: readonly string[];
  /** ms since the epoch */
  readonly lastCheckInAt: number | null;
}

/** The columns of a device in the order of {@link toPosture}. */
const posture = `p.device_id, p.device_no::text, p.access_network, p.failure_reason, p.remediation, p.disk_encrypted,
  p.passcode_set, p.compromised, p.manufacturer, p.model, p.imei, p.meid, p.udid, p.serial_number, p.os_version,
  p.phone_number, p.guid, p.macs, trunc(date_part('epoch', c.last_check_in_at) * 1000)`;

type PostureColumns = [
  deviceId: string,
  number: string,
  access: Posture['access'],
  failureReason: string | null,
  remediation: string | null,
  diskEncrypted: boolean | null,
  passcodeSet: boolean | null,
  compromised: boolean | null,
  manufacturer: string | null,
  model: string | null,
  imei: string | null,
  meid: string | null,
  udid: string | null,
  serialNumber: string | null,
  osVersion: string | null,
  phoneNumber: string | null,
  guid: string,
  macs: string[],
  lastCheckInAt: number | null,
];

function toPosture(columns: PostureColumns): Posture {
  return {
    deviceId: columns[0],
    number: columns[1],
    access: columns[2],
    failureReason: columns[3],
    remediation: columns[4],
    diskEncrypted: columns[5],
    passcodeSet: columns[6],
    compromised: columns[7],
    manufacturer: columns[8],
    model: columns[9],
    imei: columns[10],
    meid: columns[11],
    udid: columns[12],
    serialNumber: columns[13],
    osVersion: columns[14],
    phoneNumber: columns[15],
    guid: columns[16],
    macs: columns[17],
    lastCheckInAt: columns[18],
  };
}

const standing = 'a.role, a.state, a.password_version';
const contact = 'left join device_contacts c on c.organization_id = t.org and c.device_id = p.device_id';

/** `$3` kinds and `$4` values, pair by pair: any number of questions of one account in one statement. */
const selectByIdentifiers = tenantStatement(
  'ise-devices-by-identifiers',
  `select ${standing}, d.place, d.device
   from administrators a
   left join lateral (
     select asked.place::int as place, json_build_array(${posture}) as device
     from unnest($3::text[], $4::text[]) with ordinality as asked (kind, value, place)
     join device_identifiers i on i.organization_id = t.org and i.kind = asked.kind and i.value = asked.value
     join device_posture p on p.organization_id = t.org and p.device_id = i.device_id and p.registered
     ${contact}
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2`,
);

/** A person is known by user name or e-mail address, as ISE may have learnt either. */
const selectByUser = tenantStatement(
  'ise-devices-by-user',
  `select ${standing}, d.place, d.device
   from administrators a
   left join lateral (
     select p.device_no as place, json_build_array(${posture}) as device
     from device_posture p ${contact}
     where p.organization_id = t.org and p.registered and p.device_no > $3 and (not $5 or cardinality(p.macs) > 0)
       and p.user_name_key = any (array(
         select lower($6::text)
         union select u.user_name_key from users u where u.organization_id = t.org and u.email_key = lower($6)))
     order by p.device_no limit $4
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2
   order by d.place`,
);

// Pages walk along device_no after `$3`, at most `$4` rows. A device that changes meanwhile keeps its number, so the run
// neither repeats nor skips one. `$5`: leave out devices without a hardware address, because they cannot be named by one.

const selectShut = tenantStatement(
  'ise-devices-shut',
  `select ${standing}, d.place, d.device
   from administrators a
   left join lateral (
     select p.device_no as place, json_build_array(${posture}) as device
     from device_posture p ${contact}
     where p.organization_id = t.org and p.registered and p.access_network <> 'allow' and p.device_no > $3
       and (not $5 or cardinality(p.macs) > 0)
     order by p.device_no limit $4
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2
   order by d.place`,
);

const selectOpen = tenantStatement(
  'ise-devices-open',
  `select ${standing}, d.place, d.device
   from administrators a
   left join lateral (
     select p.device_no as place, json_build_array(${posture}) as device
     from device_posture p ${contact}
     where p.organization_id = t.org and p.registered and p.access_network = 'allow' and p.device_no > $3
       and (not $5 or cardinality(p.macs) > 0)
     order by p.device_no limit $4
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2
   order by d.place`,
);

const selectRegistered = tenantStatement(
  'ise-devices-registered',
  `select ${standing}, d.place, d.device
   from administrators a
   left join lateral (
     select p.device_no as place, json_build_array(${posture}) as device
     from device_posture p ${contact}
     where p.organization_id = t.org and p.registered and p.device_no > $3 and (not $5 or cardinality(p.macs) > 0)
     order by p.device_no limit $4
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2
   order by d.place`,
);

const selectAccount = tenantStatement(
  'ise-account',
  `select a.administrator_id, a.email, a.display_name, a.role, a.state, a.empowered_at, a.password_version,
     r.permissions as role_permissions, r.empowered_at as role_empowered_at
   from administrators a
   left join roles r on r.organization_id = t.org
     and r.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end
   where a.organization_id = t.org and a.administrator_id = $2`,
);

type Reader = Pick<Database, 'tenantQuery'>;

/** Who asks: the account as it was when its password was checked. */
export interface Asker {
  readonly organizationId: string;
  readonly administratorId: string;
}

/** What a statement read: the account, unless it is gone, and the devices. */
export interface Reading {
  readonly account: Standing | undefined;
  readonly devices: readonly Posture[];
}

/** The left join answers an account without devices with one row whose device is null. */
interface Row extends Standing {
  readonly place: number | null;
  readonly device: PostureColumns | null;
}

/** All that decides about the account, the rights of a custom role included. */
export async function readAccount(database: Reader, asker: Asker): Promise<AccountRow | undefined> {
  const rows = await database.tenantQuery<AccountRow>(asker.organizationId, selectAccount, [
    asker.administratorId,
  ]);
  return rows[0];
}

/** @returns for each identifier the devices that claim it, in the order of the identifiers. */
export async function readByIdentifiers(
  database: Reader,
  asker: Asker,
  kinds: readonly string[],
  values: readonly string[],
): Promise<{ readonly account: Standing | undefined; readonly found: readonly (readonly Posture[])[] }> {
  const rows = await database.tenantQuery<Row>(asker.organizationId, selectByIdentifiers, [
    asker.administratorId,
    kinds,
    values,
  ]);
  const found: Posture[][] = kinds.map(() => []);
  for (const { place, device } of rows) {
    if (place !== null && device !== null) found[place - 1]?.push(toPosture(device));
  }
  return { account: rows[0], found };
}

async function readList(
  database: Reader,
  asker: Asker,
  statement: TenantStatement,
  values: readonly unknown[],
): Promise<Reading> {
  const rows = await database.tenantQuery<Row>(asker.organizationId, statement, [
    asker.administratorId,
    ...values,
  ]);
  return {
    account: rows[0],
    devices: rows.flatMap(({ device }) => (device === null ? [] : [toPosture(device)])),
  };
}

export interface PageRequest {
  /** The number of the last device of the page before; 0 for the first page. */
  readonly after: string;
  readonly limit: number;
  readonly onlyWithMac: boolean;
}

export function readByUser(
  database: Reader,
  asker: Asker,
  userName: string,
  page: PageRequest,
): Promise<Reading> {
  return readList(database, asker, selectByUser, [page.after, page.limit, page.onlyWithMac, userName]);
}

/** Which devices a list holds: those the network admits, those it does not, or all under management. */
export type Selection = 'open' | 'shut' | 'registered';

const selections: Record<Selection, TenantStatement> = {
  open: selectOpen,
  shut: selectShut,
  registered: selectRegistered,
};

export function readPage(
  database: Reader,
  asker: Asker,
  selection: Selection,
  page: PageRequest,
): Promise<Reading> {
  return readList(database, asker, selections[selection], [page.after, page.limit, page.onlyWithMac]);
}
