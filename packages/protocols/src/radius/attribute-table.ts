/**
 * The attributes that network access control needs, one row each, read in both directions. What is not here keeps its number
 * and its bytes. Numbers: RFC 2865, 2866, 2868, 2869, 3162, 4372, 4675, 4849, 5176, 6911; vendors' own as their manuals give them.
 */
import { errorCauses } from './error-causes.ts';

export type AttributeKind =
  | 'text'
  | 'octets'
  /** Bytes that nobody should be shown: passwords and what proves them. */
  | 'secret'
  | 'integer'
  /** Seconds since the epoch. */
  | 'time'
  | 'ipv4'
  | 'ipv6'
  /** RFC 2868 section 3: one byte may say to which of several tunnels it belongs. */
  | 'tagged-integer'
  | 'tagged-text';

export interface AttributeRow {
  readonly name: string;
  readonly type: number;
  /** Its IANA enterprise number; absent for attributes of the standard. */
  readonly vendor?: number;
  readonly kind: AttributeKind;
  readonly values?: Readonly<Record<string, number>>;
}

const vendors = {
  cisco: 9,
  hp: 11,
  microsoft: 311,
  dell: 674,
  force10: 6027,
  fortinet: 12356,
  airespace: 14179,
  aruba: 14823,
  ruckus: 25053,
} as const;

type Row = readonly [
  type: number,
  name: string,
  kind: AttributeKind,
  values?: Readonly<Record<string, number>>,
];

const acctStatusTypes = {
  Start: 1,
  Stop: 2,
  'Interim-Update': 3,
  'Accounting-On': 7,
  'Accounting-Off': 8,
  Failed: 15,
};
const serviceTypes = { 'Login-User': 1, 'Framed-User': 2, 'Call-Check': 10, 'Authorize-Only': 17 };
const portTypes = { Virtual: 5, Ethernet: 15, 'Wireless-Other': 18, 'Wireless-802.11': 19 };
const terminateCauses = {
  'User-Request': 1,
  'Lost-Carrier': 2,
  'Idle-Timeout': 4,
  'Session-Timeout': 5,
  'Admin-Reset': 6,
  'Admin-Reboot': 7,
  'NAS-Request': 10,
  'NAS-Reboot': 11,
};

const standard: readonly Row[] = [
  [1, 'User-Name', 'text'],
  [2, 'User-Password', 'secret'],
  [3, 'CHAP-Password', 'secret'],
  [4, 'NAS-IP-Address', 'ipv4'],
  [5, 'NAS-Port', 'integer'],
  [6, 'Service-Type', 'integer', serviceTypes],
  [7, 'Framed-Protocol', 'integer'],
  [8, 'Framed-IP-Address', 'ipv4'],
  [9, 'Framed-IP-Netmask', 'ipv4'],
  [11, 'Filter-Id', 'text'],
  [12, 'Framed-MTU', 'integer'],
  [18, 'Reply-Message', 'text'],
  [24, 'State', 'octets'],
  [25, 'Class', 'octets'],
  [27, 'Session-Timeout', 'integer'],
  [28, 'Idle-Timeout', 'integer'],
  [29, 'Termination-Action', 'integer', { Default: 0, 'RADIUS-Request': 1 }],
  [30, 'Called-Station-Id', 'text'],
  [31, 'Calling-Station-Id', 'text'],
  [32, 'NAS-Identifier', 'text'],
  [33, 'Proxy-State', 'octets'],
  [40, 'Acct-Status-Type', 'integer', acctStatusTypes],
  [41, 'Acct-Delay-Time', 'integer'],
  [42, 'Acct-Input-Octets', 'integer'],
  [43, 'Acct-Output-Octets', 'integer'],
  [44, 'Acct-Session-Id', 'text'],
  [45, 'Acct-Authentic', 'integer', { RADIUS: 1, Local: 2, Remote: 3 }],
  [46, 'Acct-Session-Time', 'integer'],
  [47, 'Acct-Input-Packets', 'integer'],
  [48, 'Acct-Output-Packets', 'integer'],
  [49, 'Acct-Terminate-Cause', 'integer', terminateCauses],
  [50, 'Acct-Multi-Session-Id', 'text'],
  [55, 'Event-Timestamp', 'time'],
  [56, 'Egress-VLANID', 'integer'],
  [58, 'Egress-VLAN-Name', 'text'],
  [60, 'CHAP-Challenge', 'secret'],
  [61, 'NAS-Port-Type', 'integer', portTypes],
  [64, 'Tunnel-Type', 'tagged-integer', { VLAN: 13 }],
  [65, 'Tunnel-Medium-Type', 'tagged-integer', { 'IEEE-802': 6 }],
  [69, 'Tunnel-Password', 'secret'],
  [70, 'ARAP-Password', 'secret'],
  [77, 'Connect-Info', 'text'],
  [79, 'EAP-Message', 'secret'],
  [80, 'Message-Authenticator', 'octets'],
  [81, 'Tunnel-Private-Group-Id', 'tagged-text'],
  [85, 'Acct-Interim-Interval', 'integer'],
  [87, 'NAS-Port-Id', 'text'],
  [89, 'Chargeable-User-Identity', 'octets'],
  [92, 'NAS-Filter-Rule', 'text'],
  [95, 'NAS-IPv6-Address', 'ipv6'],
  [96, 'Framed-Interface-Id', 'octets'],
  [97, 'Framed-IPv6-Prefix', 'octets'],
  [
    101,
    'Error-Cause',
    'integer',
    Object.fromEntries(Object.entries(errorCauses).map(([name, [number]]) => [name, number])),
  ],
  [168, 'Framed-IPv6-Address', 'ipv6'],
];

const ofVendors: Readonly<Record<keyof typeof vendors, readonly Row[]>> = {
  cisco: [[1, 'Cisco-AVPair', 'text']],
  hp: [
    [23, 'HP-Port-Bounce-Host', 'integer'],
    [24, 'HP-Captive-Portal-URL', 'text'],
    [25, 'HP-User-Role', 'text'],
  ],
  microsoft: [
    [1, 'MS-CHAP-Response', 'secret'],
    [11, 'MS-CHAP-Challenge', 'secret'],
    [16, 'MS-MPPE-Send-Key', 'secret'],
    [17, 'MS-MPPE-Recv-Key', 'secret'],
    [25, 'MS-CHAP2-Response', 'secret'],
  ],
  dell: [[1, 'DellEMC-AVpair', 'text']],
  force10: [[1, 'Force10-AVPair', 'text']],
  fortinet: [
    [1, 'Fortinet-Group-Name', 'text'],
    [42, 'Fortinet-Host-Port-AVPair', 'text'],
  ],
  airespace: [
    [5, 'Airespace-Interface-Name', 'text'],
    [6, 'Airespace-ACL-Name', 'text'],
  ],
  aruba: [
    [1, 'Aruba-User-Role', 'text'],
    [2, 'Aruba-User-Vlan', 'integer'],
    [9, 'Aruba-Named-User-Vlan', 'text'],
  ],
  ruckus: [[1, 'Ruckus-User-Groups', 'text']],
};

function rowOf([type, name, kind, values]: Row, vendor?: number): AttributeRow {
  return {
    name,
    type,
    kind,
    ...(vendor === undefined ? {} : { vendor }),
    ...(values === undefined ? {} : { values }),
  };
}

export const attributeTable: readonly AttributeRow[] = [
  ...standard.map((row) => rowOf(row)),
  ...Object.entries(ofVendors).flatMap(([vendor, rows]) =>
    rows.map((row) => rowOf(row, vendors[vendor as keyof typeof vendors])),
  ),
];

const byName = new Map(attributeTable.map((row) => [row.name, row]));
const byNumber = new Map(attributeTable.map((row) => [`${row.vendor ?? ''}/${row.type}`, row]));

export function attributeNamed(name: string): AttributeRow | undefined {
  return byName.get(name);
}

export function attributeNumbered(type: number, vendor?: number): AttributeRow | undefined {
  return byNumber.get(`${vendor ?? ''}/${type}`);
}

/** The word for a value, where the attribute has words: 2 of Acct-Status-Type is `Stop`. */
export function valueName(name: string, value: number): string | undefined {
  const values = byName.get(name)?.values ?? {};
  return Object.keys(values).find((word) => values[word] === value);
}
