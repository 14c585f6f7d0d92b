/** The certificate extensions we issue and rely on (RFC 5280, section 4.2), one row each for both directions. */
import { childrenOf, contextTag, type DerValue, failure, nestedDer, tag } from '../der/read-der.ts';
import { readBitString, readBoolean, readOid, readSmallInteger } from '../der/read-values.ts';
import {
  boolean,
  explicit,
  implicitConstructed,
  implicitPrimitive,
  namedBits,
  octetString,
  oid,
  sequence,
  unsignedInteger,
} from '../der/write-der.ts';
import {
  decodeGeneralName,
  encodeAddressConstraint,
  encodeGeneralName,
  type GeneralName,
} from './general-names.ts';

/** In the order of the bits (section 4.2.1.3). */
const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof keyUsages)[number];

const extendedKeyUsages = [
  ['serverAuth', '1.3.6.1.5.5.7.3.1'],
  ['clientAuth', '1.3.6.1.5.5.7.3.2'],
  ['codeSigning', '1.3.6.1.5.5.7.3.3'],
  ['emailProtection', '1.3.6.1.5.5.7.3.4'],
  ['timeStamping', '1.3.6.1.5.5.7.3.8'],
  ['OCSPSigning', '1.3.6.1.5.5.7.3.9'],
  ['anyExtendedKeyUsage', '2.5.29.37.0'],
] as const;
export type ExtendedKeyUsage = (typeof extendedKeyUsages)[number][0];
const usageOids = new Map<string, string>(extendedKeyUsages);
const usageNames = new Map<string, string>(extendedKeyUsages.map(([name, identifier]) => [identifier, name]));

export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength?: number | undefined;
}

/** `ip` entries are `address/prefix`; a `dns` entry covers the name and everything under it, the empty one covers all. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

export interface Extensions {
  readonly basicConstraints?: BasicConstraints;
  readonly keyUsage?: readonly KeyUsage[];
  /** Names where known, otherwise OIDs. */
  readonly extendedKeyUsage?: readonly string[];
  readonly subjectAlternativeNames?: readonly GeneralName[];
  readonly nameConstraints?: NameConstraints;
  readonly subjectKeyIdentifier?: Uint8Array;
  readonly authorityKeyIdentifier?: Uint8Array;
}

export const extensionLimits = { extensions: 100, names: 200 } as const;

interface ExtensionRow<Name extends keyof Extensions> {
  readonly name: Name;
  readonly oid: string;
  /** Whether we mark it critical when issuing. */
  readonly critical: boolean;
  encode(value: NonNullable<Extensions[Name]>): Uint8Array;
  decode(value: DerValue): NonNullable<Extensions[Name]>;
}

const extension = <Name extends keyof Extensions>(extensionRow: ExtensionRow<Name>): ExtensionRow<Name> =>
  extensionRow;

const extensionRows = [
  extension({
    name: 'basicConstraints', // section 4.2.1.9
    oid: '2.5.29.19',
    critical: true,
    encode: ({ ca, pathLength }) => {
      const parts = ca ? [boolean(true)] : [];
      return sequence(...parts, ...(pathLength === undefined ? [] : [unsignedInteger(pathLength)]));
    },
    decode: (value) => {
      const fields = childrenOf(value);
      const flag = fields.optional(tag.boolean, 'cA');
      const pathLength = fields.optional(tag.integer, 'pathLenConstraint');
      fields.done();
      return {
        ca: flag !== undefined && readBoolean(flag),
        pathLength: pathLength === undefined ? undefined : readSmallInteger(pathLength),
      };
    },
  }),
  extension({
    name: 'keyUsage', // section 4.2.1.3
    oid: '2.5.29.15',
    critical: true,
    encode: (usages) => namedBits(usages.map((usage) => keyUsages.indexOf(usage))),
    decode: (value) => {
      const { bytes } = readBitString(value);
      return keyUsages.filter((_, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
    },
  }),
  extension({
    name: 'extendedKeyUsage', // section 4.2.1.12
    oid: '2.5.29.37',
    critical: false,
    encode: (usages) => sequence(...usages.map((usage) => oid(usageOids.get(usage) ?? usage))),
    decode: (value) =>
      readList(value, 'keyPurposeId', (purpose) => {
        const identifier = readOid(purpose);
        return usageNames.get(identifier) ?? identifier;
      }),
  }),
  extension({
    name: 'subjectAlternativeNames', // section 4.2.1.6
    oid: '2.5.29.17',
    critical: false,
    encode: (names) => sequence(...names.map(encodeGeneralName)),
    decode: (value) => readList(value, 'generalName', (name) => decodeGeneralName(name)),
  }),
  extension({
    name: 'nameConstraints', // section 4.2.1.10: critical is a MUST
    oid: '2.5.29.30',
    critical: true,
    encode: ({ permitted, excluded }) =>
      sequence(
        ...(permitted.length === 0 ? [] : [implicitConstructed(0, ...permitted.map(encodeSubtree))]),
        ...(excluded.length === 0 ? [] : [implicitConstructed(1, ...excluded.map(encodeSubtree))]),
      ),
    decode: (value) => {
      const fields = childrenOf(value);
      const permitted = fields.optional(contextTag(0, true), 'permittedSubtrees');
      const excluded = fields.optional(contextTag(1, true), 'excludedSubtrees');
      fields.done();
      return {
        permitted:
          permitted === undefined ? [] : readList(permitted, 'subtree', decodeSubtree, contextTag(0, true)),
        excluded:
          excluded === undefined ? [] : readList(excluded, 'subtree', decodeSubtree, contextTag(1, true)),
      };
    },
  }),
  extension({
    name: 'subjectKeyIdentifier', // section 4.2.1.2
    oid: '2.5.29.14',
    critical: false,
    encode: octetString,
    decode: (value) => {
      if (value.tag !== tag.octetString) throw failure(value, 'a key identifier is an octet string');
      return value.content;
    },
  }),
  extension({
    name: 'authorityKeyIdentifier', // section 4.2.1.1
    oid: '2.5.29.35',
    critical: false,
    encode: (identifier) => sequence(implicitPrimitive(0, identifier)),
    decode: (value) => {
      const fields = childrenOf(value);
      const identifier = fields.optional(contextTag(0, false), 'keyIdentifier');
      // The issuer and serial that may follow are another way to name the same certificate; the path check does not use them.
      while (!fields.atEnd) fields.next('authorityCert');
      return identifier?.content ?? new Uint8Array();
    },
  }),
] as const;

const rowsByOid = new Map(extensionRows.map((candidate) => [candidate.oid, candidate]));

function readList<T>(
  value: DerValue,
  name: string,
  read: (member: DerValue) => T,
  expected: number = tag.sequence,
): T[] {
  const members = childrenOf(value, expected);
  const list: T[] = [];
  while (!members.atEnd) {
    if (list.length >= extensionLimits.names)
      throw failure(value, `more than ${extensionLimits.names} members`, 'too-large');
    list.push(read(members.next(name)));
  }
  return list;
}

function encodeSubtree(name: GeneralName): Uint8Array {
  return sequence(name.kind === 'ip' ? encodeAddressConstraint(name.value) : encodeGeneralName(name));
}

function decodeSubtree(value: DerValue): GeneralName {
  const fields = childrenOf(value);
  const name = decodeGeneralName(fields.next('base'), true);
  // minimum and maximum: only their defaults are allowed in this profile.
  fields.done();
  return name;
}

export function encodeExtension(identifier: string, critical: boolean, content: Uint8Array): Uint8Array {
  return sequence(oid(identifier), ...(critical ? [boolean(true)] : []), octetString(content));
}

/** The `[3] EXPLICIT Extensions` of a certificate; absent entries are left out. */
export function encodeExtensions(extensions: Extensions): Uint8Array {
  const encoded = extensionRows.flatMap((candidate) => {
    // The row's name picks the value, so value and encoder always belong together; the compiler cannot follow that.
    const { name, oid: identifier, critical, encode } = candidate as ExtensionRow<keyof Extensions>;
    const value = extensions[name];
    return value === undefined ? [] : [encodeExtension(identifier, critical, encode(value))];
  });
  return explicit(3, sequence(...encoded));
}

export interface DecodedExtensions {
  readonly known: Extensions;
  /** OIDs of extensions marked critical that this code does not process: such a certificate must be refused (section 4.2). */
  readonly unknownCritical: readonly string[];
}

/** From the SEQUENCE OF Extension. */
export function decodeExtensions(value: DerValue): DecodedExtensions {
  const list = childrenOf(value);
  const known: Record<string, unknown> = Object.create(null);
  const unknownCritical: string[] = [];
  const seen = new Set<string>();
  while (!list.atEnd) {
    const item = list.expect(tag.sequence, 'extension');
    const fields = childrenOf(item);
    const identifier = readOid(fields.next('extnID'));
    const criticalFlag = fields.optional(tag.boolean, 'critical');
    const content = fields.expect(tag.octetString, 'extnValue');
    fields.done();
    if (seen.has(identifier)) throw failure(item, `extension ${identifier} appears twice`);
    if (seen.size >= extensionLimits.extensions) {
      throw failure(item, `more than ${extensionLimits.extensions} extensions`, 'too-large');
    }
    seen.add(identifier);
    const found = rowsByOid.get(identifier);
    if (found === undefined) {
      if (criticalFlag !== undefined && readBoolean(criticalFlag)) unknownCritical.push(identifier);
      continue;
    }
    const inner = nestedDer(content);
    known[found.name] = found.decode(inner.next(found.name));
    inner.done();
  }
  return { known: { ...known }, unknownCritical };
}
