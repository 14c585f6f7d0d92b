/** Subject and issuer names (RFC 5280, section 4.1.2.4). */
import { childrenOf, type DerValue, failure, tag } from '../der/read-der.ts';
import { readOid, readText } from '../der/read-values.ts';
import { encodeValue, oid, printableString, sequence, setOf, utf8String } from '../der/write-der.ts';

/** What we put into names we issue, in this order from the outside in. */
export interface DistinguishedName {
  readonly country?: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
  readonly commonName?: string;
}

export interface ParsedName {
  /** Exact bytes: names are equal when these are. */
  readonly der: Uint8Array;
  readonly commonName: string | undefined;
  /** In the order of the certificate; `type` is the short name or else the OID. */
  readonly attributes: readonly { readonly type: string; readonly value: string }[];
  /** RFC 4514 string form, for people and for the certificate scan. */
  readonly text: string;
}

const attributeTypes = [
  { type: 'C', oid: '2.5.4.6', field: 'country' },
  { type: 'ST', oid: '2.5.4.8', field: undefined },
  { type: 'L', oid: '2.5.4.7', field: undefined },
  { type: 'O', oid: '2.5.4.10', field: 'organization' },
  { type: 'OU', oid: '2.5.4.11', field: 'organizationalUnit' },
  { type: 'CN', oid: '2.5.4.3', field: 'commonName' },
  { type: 'serialNumber', oid: '2.5.4.5', field: undefined },
  { type: 'DC', oid: '0.9.2342.19200300.100.1.25', field: undefined },
  { type: 'UID', oid: '0.9.2342.19200300.100.1.1', field: undefined },
  { type: 'emailAddress', oid: '1.2.840.113549.1.9.1', field: undefined },
] as const;

const shortNames = new Map<string, string>(attributeTypes.map((row) => [row.oid, row.type]));

const nameLimits = { relativeNames: 32, valueCharacters: 1024 } as const;

export function encodeName(name: DistinguishedName): Uint8Array {
  const sets = attributeTypes.flatMap((row) => {
    const value = row.field === undefined ? undefined : name[row.field];
    if (value === undefined) return [];
    const text = row.type === 'C' ? printableString(value) : utf8String(value);
    return [setOf(sequence(oid(row.oid), text))];
  });
  return encodeValue(tag.sequence, ...sets);
}

export function decodeName(value: DerValue): ParsedName {
  const relativeNames = childrenOf(value);
  const attributes: { type: string; value: string }[] = [];
  while (!relativeNames.atEnd) {
    const members = childrenOf(relativeNames.next('relativeDistinguishedName'), tag.set);
    if (members.atEnd) throw failure(value, 'an empty relative distinguished name');
    while (!members.atEnd) {
      const pair = childrenOf(members.next('attribute'));
      const type = readOid(pair.next('type'));
      const text = readText(pair.next('value'));
      pair.done();
      if (text.length > nameLimits.valueCharacters)
        throw failure(value, 'name attribute too long', 'too-large');
      if (attributes.length >= nameLimits.relativeNames)
        throw failure(value, 'too many name attributes', 'too-large');
      attributes.push({ type: shortNames.get(type) ?? type, value: text });
    }
  }
  return {
    der: value.raw,
    commonName: attributes.findLast((attribute) => attribute.type === 'CN')?.value,
    attributes,
    text: attributes
      .toReversed()
      .map(({ type, value: text }) => `${type}=${escapeValue(text)}`)
      .join(','),
  };
}

/** RFC 4514, section 2.4; control characters too, so that a name cannot drive a terminal. */
function escapeValue(text: string): string {
  return (
    text
      .replace(/[",+;<>\\]/g, (character) => `\\${character}`)
      .replace(/^[# ]| $/g, (character) => `\\${character}`)
      // oxlint-disable-next-line no-control-regex -- control characters are exactly what is looked for
      .replace(/[\u0000-\u001f\u007f]/g, (character) => `\\${Buffer.from(character).toString('hex')}`)
  );
}
