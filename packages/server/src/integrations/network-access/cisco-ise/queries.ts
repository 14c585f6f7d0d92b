// Statements of the ISE interface. Each reads the account that asks and the devices it asks for in one round trip, so the
// account's state and role are those of this moment (ADM-15) and cost no round trip of their own. Nothing here writes.
import type { Database } from '../../../kernel/db/database.ts';
import { type TenantStatement, tenantStatement } from '../../../kernel/db/sql.ts';

/** The account as it stands now: what the administrators module judges, and the version of its password. */
export interface AccountRow {
  readonly administrator_id: string;
  readonly email: string;
  readonly display_name: string;
  readonly role: string;
  readonly state: 'invited' | 'active' | 'disabled';
  readonly empowered_at: Date;
  readonly role_permissions: string[] | null;
  readonly role_empowered_at: Date | null;
  readonly password_version: number;
}

/** What the one stored decision says of a device, and the facts that the network asks for. */
export interface PostureRow {
  readonly device_id: string;
  readonly device_no: string;
  readonly access_network: 'allow' | 'quarantine' | 'deny';
  readonly failure_reason: string | null;
  readonly remediation: string | null;
  readonly disk_encrypted: boolean | null;
  readonly passcode_set: boolean | null;
  readonly compromised: boolean | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly imei: string | null;
  readonly meid: string | null;
  readonly udid: string | null;
  readonly serial_number: string | null;
  readonly os_version: string | null;
  readonly phone_number: string | null;
  readonly guid: string;
  readonly host_name: string | null;
  readonly macs: readonly string[];
  /** Milliseconds since the epoch, as text. */
  readonly seen_ms: string | null;
}

export interface IdentifiedRow extends PostureRow {
  readonly asked_kind: string;
  readonly asked_value: string;
}

/** The account's row, and, when it has devices in it, theirs. */
type WithAccount<Row> = AccountRow & { readonly [K in keyof Row]: Row[K] | null };

const account = `a.administrator_id, a.email, a.display_name, a.role, a.state, a.empowered_at, a.password_version,
  r.permissions as role_permissions, r.empowered_at as role_empowered_at`;

const role = `left join roles r on r.organization_id = t.org
  and r.role_id = case when a.role like 'custom:%' then substr(a.role, 8)::uuid end`;

const posture = `p.device_id, p.device_no, p.access_network, p.failure_reason, p.remediation, p.disk_encrypted,
  p.passcode_set, p.compromised, p.manufacturer, p.model, p.imei, p.meid, p.udid, p.serial_number, p.os_version,
  p.phone_number, p.guid, p.host_name, p.macs,
  (date_part('epoch', c.last_check_in_at) * 1000)::bigint::text as seen_ms`;

const contact = `left join device_contacts c on c.organization_id = t.org and c.device_id = p.device_id`;

const selectAccount = tenantStatement(
  'ise-account',
  `select ${account} from administrators a ${role} where a.organization_id = t.org and a.administrator_id = $2`,
);

/** `$3` kinds and `$4` values, pair by pair: any number of questions of one account in one statement. */
const selectByIdentifiers = tenantStatement(
  'ise-devices-by-identifiers',
  `select ${account}, d.*
   from administrators a ${role}
   left join lateral (
     select asked.kind as asked_kind, asked.value as asked_value, ${posture}
     from unnest($3::text[], $4::text[]) as asked (kind, value)
     join device_identifiers i on i.organization_id = t.org and i.kind = asked.kind and i.value = asked.value
     join device_posture p on p.organization_id = t.org and p.device_id = i.device_id and p.registered
     ${contact}
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2`,
);

/** A person is known by user name or e-mail address, as ISE may have learnt either. */
const selectByUser = tenantStatement(
  'ise-devices-by-user',
  `select ${account}, d.*
   from administrators a ${role}
   left join lateral (
     select ${posture}
     from device_posture p ${contact}
     where p.organization_id = t.org and p.registered and p.device_no > $3 and (not $5 or cardinality(p.macs) > 0)
       and p.user_name_key = any (array(
         select lower($6::text)
         union select u.user_name_key from users u where u.organization_id = t.org and u.email_key = lower($6)))
     order by p.device_no limit $4
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2
   order by d.device_no`,
);

// Pages walk along device_no after `$3`, at most `$4` rows. A device that changes meanwhile keeps its number, so the run
// neither repeats nor skips one. `$5`: leave out devices without a hardware address, because they cannot be named by one.

const selectShut = tenantStatement(
  'ise-devices-shut',
  `select ${account}, d.*
   from administrators a ${role}
   left join lateral (
     select ${posture}
     from device_posture p ${contact}
     where p.organization_id = t.org and p.registered and p.access_network <> 'allow' and p.device_no > $3
       and (not $5 or cardinality(p.macs) > 0)
     order by p.device_no limit $4
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2
   order by d.device_no`,
);

const selectOpen = tenantStatement(
  'ise-devices-open',
  `select ${account}, d.*
   from administrators a ${role}
   left join lateral (
     select ${posture}
     from device_posture p ${contact}
     where p.organization_id = t.org and p.registered and p.access_network = 'allow' and p.device_no > $3
       and (not $5 or cardinality(p.macs) > 0)
     order by p.device_no limit $4
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2
   order by d.device_no`,
);

const selectRegistered = tenantStatement(
  'ise-devices-registered',
  `select ${account}, d.*
   from administrators a ${role}
   left join lateral (
     select ${posture}
     from device_posture p ${contact}
     where p.organization_id = t.org and p.registered and p.device_no > $3 and (not $5 or cardinality(p.macs) > 0)
     order by p.device_no limit $4
   ) d on true
   where a.organization_id = t.org and a.administrator_id = $2
   order by d.device_no`,
);

/** What a statement read: the account, unless it is gone, and the devices. */
export interface Reading<Row> {
  readonly account: AccountRow | undefined;
  readonly devices: readonly Row[];
}

type Reader = Pick<Database, 'tenantQuery'>;

/** Who asks: the account as it was when its password was checked. */
export interface Asker {
  readonly organizationId: string;
  readonly administratorId: string;
}

async function read<Row extends PostureRow>(
  database: Reader,
  asker: Asker,
  statement: TenantStatement,
  values: readonly unknown[],
): Promise<Reading<Row>> {
  const rows = await database.tenantQuery<WithAccount<Row>>(asker.organizationId, statement, [
    asker.administratorId,
    ...values,
  ]);
  // The left join answers an account without devices with one row of nulls.
  const devices = rows.filter((row) => row.device_id !== null) as unknown as Row[];
  return { account: rows[0], devices };
}

export async function readAccount(database: Reader, asker: Asker): Promise<AccountRow | undefined> {
  const rows = await database.tenantQuery<AccountRow>(asker.organizationId, selectAccount, [
    asker.administratorId,
  ]);
  return rows[0];
}

export function readByIdentifiers(
  database: Reader,
  asker: Asker,
  kinds: readonly string[],
  values: readonly string[],
): Promise<Reading<IdentifiedRow>> {
  return read(database, asker, selectByIdentifiers, [kinds, values]);
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
): Promise<Reading<PostureRow>> {
  return read(database, asker, selectByUser, [page.after, page.limit, page.onlyWithMac, userName]);
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
): Promise<Reading<PostureRow>> {
  return read(database, asker, selections[selection], [page.after, page.limit, page.onlyWithMac]);
}
