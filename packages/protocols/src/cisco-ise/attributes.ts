/**
 * The attributes of a device in a query answer: one row each for its wire name, the order of the answer, the version that brought it,
 * its type and the filter tokens that select it. Sections 5.3 and 6 of our notes on the API; spelling is Cisco's.
 */
import { DecodeError } from '../decode-error.ts';
import { element, findChild, textOf, type XmlElement } from '../xml/tree.ts';
import { readBoolean } from './documents.ts';
import { normalizeIdentifier } from './identifiers.ts';
import type { ApiVersion } from './versions.ts';

export interface Compliance {
  readonly status: boolean;
  readonly failure_reason?: string;
  readonly remediation?: string;
}

/** All are optional on the wire. */
export interface DeviceAttributes {
  readonly register_status?: boolean;
  readonly compliance?: Compliance;
  readonly disk_encryption_on?: boolean;
  readonly pin_lock_on?: boolean;
  readonly jail_broken?: boolean;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly imei?: string;
  readonly meid?: string;
  readonly udid?: string;
  readonly serial_number?: string;
  readonly os_version?: string;
  readonly phone_number?: string;
  /** Milliseconds since the epoch. */
  readonly lastCheckinTimeStamp?: number;
  readonly guid?: string;
  /** At most five are written; 12 upper-case hex digits each. */
  readonly macaddresses?: readonly string[];
}

export type AttributeName = keyof DeviceAttributes;

interface AttributeKind<T> {
  /** Undefined when there is nothing to write. */
  write(name: string, value: T): XmlElement | undefined;
  read(node: XmlElement): T;
}

const booleanKind: AttributeKind<boolean> = {
  write: (name, value) => element(name, String(value)),
  read: readBoolean,
};

const textKind: AttributeKind<string> = {
  write: (name, value) => (value === '' ? undefined : element(name, value)),
  read: textOf,
};

const millisecondsKind: AttributeKind<number> = {
  write: (name, value) => element(name, String(Math.floor(value))),
  read: (node) => {
    const text = textOf(node);
    if (!/^\d{1,15}$/.test(text))
      throw new DecodeError('not a time stamp in milliseconds', { path: node.name });
    return Number(text);
  },
};

const mostMacs = 5;

const macListKind: AttributeKind<readonly string[]> = {
  write: (name, value) =>
    value.length === 0 ? undefined : element(name, value.slice(0, mostMacs).join(',')),
  read: (node) =>
    textOf(node)
      .split(',')
      .filter((text) => text.trim() !== '')
      .map((text) => normalizeIdentifier('macaddress', text).value),
};

const complianceKind: AttributeKind<Compliance> = {
  write: (name, { status, failure_reason, remediation }) =>
    element(
      name,
      element('status', String(status)),
      ...(failure_reason === undefined ? [] : [element('failure_reason', failure_reason)]),
      ...(remediation === undefined ? [] : [element('remediation', remediation)]),
    ),
  read: (node) => {
    const status = findChild(node, 'status');
    if (status === undefined) throw new DecodeError('compliance without status', { path: node.name });
    const reason = findChild(node, 'failure_reason');
    const remediation = findChild(node, 'remediation');
    return {
      status: readBoolean(status),
      ...(reason === undefined ? {} : { failure_reason: textOf(reason) }),
      ...(remediation === undefined ? {} : { remediation: textOf(remediation) }),
    };
  },
};

interface AttributeRow<Name extends AttributeName = AttributeName> {
  readonly name: Name;
  readonly since: ApiVersion;
  readonly kind: AttributeKind<NonNullable<DeviceAttributes[Name]>>;
  /** In folded form: lower case, letters and digits only. */
  readonly tokens: readonly string[];
}

const row = <Name extends AttributeName>(
  name: Name,
  since: ApiVersion,
  kind: AttributeRow<Name>['kind'],
  ...moreTokens: readonly string[]
): AttributeRow<Name> => ({ name, since, kind, tokens: [foldToken(name), ...moreTokens] });

/** In the order of the answer. */
const attributeRows = [
  row('register_status', 1, booleanKind, 'registered'),
  row('compliance', 1, complianceKind, 'compliancestatus', 'compliantstatus'),
  row('disk_encryption_on', 1, booleanKind, 'diskencryption', 'diskencryptionstatus'),
  row('pin_lock_on', 1, booleanKind, 'pinlock', 'pinlockstatus'),
  row('jail_broken', 1, booleanKind, 'jailbrokenstatus'),
  row('manufacturer', 1, textKind),
  row('model', 1, textKind),
  row('imei', 1, textKind),
  row('meid', 2, textKind),
  row('udid', 2, textKind),
  row('serial_number', 1, textKind),
  row('os_version', 1, textKind),
  row('phone_number', 1, textKind),
  row('lastCheckinTimeStamp', 3, millisecondsKind, 'lastcheckin'),
  row('guid', 3, textKind),
  row('macaddresses', 3, macListKind, 'macaddress'),
] as const;

/** The names in wire order, with the version each appeared in. */
export const attributeVersions: ReadonlyMap<AttributeName, ApiVersion> = new Map(
  attributeRows.map(({ name, since }): [AttributeName, ApiVersion] => [name, since]),
);

export const attributesByToken: ReadonlyMap<string, AttributeName> = new Map(
  attributeRows.flatMap(({ name, tokens }) => tokens.map((token): [string, AttributeName] => [token, name])),
);

/** Cisco's own tables write `OS_version`, `Serial Number` and `compliance.status`. */
export function foldToken(token: string): string {
  return token.toLowerCase().replace(/[^a-z0-9]/g, '');
}

export type AttributeFilter = 'all' | ReadonlySet<AttributeName>;

export function encodeAttributes(
  attributes: DeviceAttributes,
  version: ApiVersion,
  filter: AttributeFilter,
): XmlElement {
  const children: XmlElement[] = [];
  for (const { name, since, kind } of attributeRows) {
    const value = attributes[name];
    if (value === undefined || since > version || (filter !== 'all' && !filter.has(name))) continue;
    // The row's name picks the value, so value and writer belong together; the compiler cannot follow that.
    const written = (kind as AttributeKind<unknown>).write(name, value);
    if (written !== undefined) children.push(written);
  }
  return element('attributes', ...children);
}

export function decodeAttributes(node: XmlElement): DeviceAttributes {
  const attributes: Record<string, unknown> = {};
  for (const { name, kind } of attributeRows) {
    const child = findChild(node, name);
    if (child !== undefined) attributes[name] = kind.read(child);
  }
  return attributes;
}
