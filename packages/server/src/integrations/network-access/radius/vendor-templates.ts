// How the devices of each maker are told that a session has to be authorized anew or to end, and by what they know which session is
// meant: data, one entry per maker. The words are those of the makers' manuals.
import {
  type Attribute,
  encodeAttribute,
  parseAttribute,
  type RawAttribute,
} from '@gatehouse/protocols/radius/index.ts';

interface Telling {
  readonly packet: 'CoA-Request' | 'Disconnect-Request';
  /** Beside those that name the session. */
  readonly attributes: readonly (readonly [name: string, value: string])[];
}

export interface VendorTemplate {
  readonly title: string;
  /** Where such devices listen. */
  readonly port: number;
  /**
   * Attributes that name the session, in sets: the first whose members are all known is sent, because most devices refuse a request
   * unless all it holds fits one session.
   */
  readonly identify: readonly (readonly string[])[];
  /** Absent: such devices can only end a session, after which the client comes back by itself. */
  readonly reauthenticate?: Telling;
  readonly disconnect: Telling;
}

/** Cisco's own name of a session: the part of Cisco-AVPair that is kept. */
export const auditSessionId = 'audit-session-id';

const disconnect: Telling = { packet: 'Disconnect-Request', attributes: [] };
const bySession = [
  ['Acct-Session-Id', 'Calling-Station-Id'],
  ['Acct-Session-Id'],
  ['Calling-Station-Id'],
  ['User-Name'],
];

export const vendorTemplates: Readonly<Record<string, VendorTemplate>> = {
  // Catalyst 2960-X security guide: by audit-session-id, Acct-Session-Id, Calling-Station-Id; all that are given must match.
  'cisco-ios': {
    title: 'Cisco IOS, IOS XE and wireless controllers',
    port: 1700,
    identify: [[auditSessionId, 'Calling-Station-Id'], ...bySession],
    reauthenticate: {
      packet: 'CoA-Request',
      attributes: [
        ['Cisco-AVPair', 'subscriber:command=reauthenticate'],
        ['Cisco-AVPair', 'subscriber:reauthenticate-type=last'],
      ],
    },
    disconnect,
  },
  // HPE: a session whose time is up and whose end action is a RADIUS request is authorized anew.
  aruba: {
    title: 'HPE Aruba',
    port: 3799,
    identify: bySession,
    reauthenticate: {
      packet: 'CoA-Request',
      attributes: [
        ['Session-Timeout', '1'],
        ['Termination-Action', 'RADIUS-Request'],
      ],
    },
    disconnect,
  },
  fortiswitch: {
    title: 'Fortinet FortiSwitch',
    port: 3799,
    identify: bySession,
    reauthenticate: {
      packet: 'CoA-Request',
      attributes: [['Fortinet-Host-Port-AVPair', 'action=reauth-port']],
    },
    disconnect,
  },
  'dell-os9': {
    title: 'Dell OS9',
    port: 3799,
    identify: bySession,
    reauthenticate: { packet: 'CoA-Request', attributes: [['Force10-AVPair', 'cmd=re-authenticate']] },
    disconnect: {
      packet: 'CoA-Request',
      attributes: [['Force10-AVPair', 'cmd=terminate-session']],
    },
  },
  // radius_das.c: User-Name, Acct-Session-Id, Calling-Station-Id and Chargeable-User-Identity; every client takes Disconnect
  hostapd: { title: 'hostapd and OpenWrt', port: 3799, identify: bySession, disconnect },
  generic: {
    title: 'Any device that takes Disconnect-Request (RFC 5176)',
    port: 3799,
    identify: bySession,
    disconnect,
  },
};

/** What is kept of a session: enough for every template. */
export const sessionAttributes = [
  'User-Name',
  'Calling-Station-Id',
  'Called-Station-Id',
  'Acct-Session-Id',
  'Acct-Multi-Session-Id',
  'Chargeable-User-Identity',
  'NAS-Port',
  'NAS-Port-Id',
  auditSessionId,
] as const;

export type SessionName = ReadonlyMap<string, string>;

export interface ComposedTelling {
  readonly name: Telling['packet'];
  readonly attributes: readonly RawAttribute[];
}

/** @returns undefined when nothing is known by which this maker's devices could find the session. */
export function composeTelling(
  template: VendorTemplate,
  tell: 'reauthenticate' | 'disconnect',
  session: SessionName,
): ComposedTelling | undefined {
  const set = template.identify.find((names) => names.every((name) => session.has(name)));
  if (set === undefined) return undefined;
  const { packet, attributes } =
    (tell === 'reauthenticate' ? template.reauthenticate : undefined) ?? template.disconnect;
  const named = set.map((name): Attribute => {
    const value = session.get(name) ?? '';
    return name === auditSessionId
      ? { name: 'Cisco-AVPair', value: `${auditSessionId}=${value}` }
      : { name, value };
  });
  const all = [...named, ...attributes.map(([name, value]) => parseAttribute(name, value))];
  return { name: packet, attributes: all.map(encodeAttribute) };
}
