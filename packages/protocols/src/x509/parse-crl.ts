/** A typed view of a certificate revocation list (RFC 5280, section 5). Reading one says nothing about trusting it. */
import { createHash } from 'node:crypto';
import {
  childrenOf,
  contextTag,
  type DerValue,
  failure,
  nestedDer,
  readDer,
  requireTag,
  tag,
} from '../der/read-der.ts';
import {
  readBitStringBytes,
  readBoolean,
  readOid,
  readSmallInteger,
  readTime,
  readUnsigned,
} from '../der/read-values.ts';
import { decodeSignatureAlgorithm, isSignatureValid, type SignatureAlgorithm } from './algorithms.ts';
import { decodeName, type ParsedName } from './distinguished-names.ts';
import { extensionLimits } from './extensions.ts';
import { type Certificate, certificateLimits, publicKeyOf } from './parse-certificate.ts';

export const crlLimits = { bytes: 1024 * 1024, entries: 20_000 } as const;

/** Section 5.3.1; number 7 is not used. */
const reasons: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'key-compromise',
  2: 'ca-compromise',
  3: 'affiliation-changed',
  4: 'superseded',
  5: 'cessation-of-operation',
  6: 'certificate-hold',
  8: 'remove-from-crl',
  9: 'privilege-withdrawn',
  10: 'aa-compromise',
};

export interface CrlEntry {
  /** Hex, as in `Certificate.serial`. */
  readonly serial: string;
  /** Milliseconds since the epoch. */
  readonly revokedAt: number;
  readonly reason?: string;
}

export interface Crl {
  /** SHA-256 of the whole list, lower-case hex. */
  readonly fingerprint: string;
  readonly issuer: ParsedName;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Of the CRL number extension, in hex; absent in lists of version 1. */
  readonly number: string | undefined;
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  readonly revoked: readonly CrlEntry[];
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly unknownCriticalExtensions: readonly string[];
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

export function parseCrl(der: Uint8Array): Crl {
  const outer = readDer(der, 'certificateList', crlLimits.bytes);
  const parts = childrenOf(outer);
  const toBeSigned = parts.expect(tag.sequence, 'tbsCertList');
  const algorithmValue = parts.expect(tag.sequence, 'signatureAlgorithm');
  const signatureAlgorithm = decodeSignatureAlgorithm(algorithmValue);
  const signature = readBitStringBytes(parts.next('signatureValue'));
  parts.done();

  const fields = childrenOf(toBeSigned);
  const version = fields.optional(tag.integer, 'version');
  if (version !== undefined && readSmallInteger(version) !== 1)
    throw failure(version, 'version of the list is unknown');
  const innerAlgorithm = fields.expect(tag.sequence, 'signature');
  if (Buffer.compare(innerAlgorithm.raw, algorithmValue.raw) !== 0)
    throw failure(innerAlgorithm, 'the two signature algorithms differ');
  const issuer = decodeName(fields.expect(tag.sequence, 'issuer'));
  const thisUpdate = readTime(fields.next('thisUpdate'));
  const next =
    fields.optional(tag.utcTime, 'nextUpdate') ?? fields.optional(tag.generalizedTime, 'nextUpdate');
  const list = fields.optional(tag.sequence, 'revokedCertificates');
  const wrapper = fields.optional(contextTag(0, true), 'crlExtensions');
  fields.done();
  if (wrapper !== undefined && version === undefined) throw failure(wrapper, 'extensions need version 2');

  const extensions = readExtensions(wrapper);
  const keyIdentifier = extensions.get('2.5.29.35');
  const number = extensions.get('2.5.29.20');
  return {
    fingerprint: createHash('sha256').update(outer.raw).digest('hex'),
    issuer,
    thisUpdate,
    nextUpdate: next === undefined ? undefined : readTime(next),
    number: number && Buffer.from(readUnsigned(number.value)).toString('hex'),
    authorityKeyIdentifier: keyIdentifier && readKeyIdentifier(keyIdentifier.value),
    revoked: list === undefined ? [] : readEntries(list),
    signatureAlgorithm,
    unknownCriticalExtensions: unknownCritical(extensions, ['2.5.29.35', '2.5.29.20']),
    toBeSigned: toBeSigned.raw,
    signature,
  };
}

/** Whether `issuer`'s key made the signature; says nothing of names and dates. */
export function isCrlSignedBy(crl: Crl, issuer: Certificate): boolean {
  try {
    return isSignatureValid(crl.signatureAlgorithm, publicKeyOf(issuer), crl.toBeSigned, crl.signature);
  } catch {
    return false;
  }
}

function readEntries(list: DerValue): CrlEntry[] {
  const members = childrenOf(list);
  const entries: CrlEntry[] = [];
  while (!members.atEnd) {
    if (entries.length >= crlLimits.entries)
      throw failure(list, `more than ${crlLimits.entries} entries`, 'too-large');
    entries.push(readEntry(members.expect(tag.sequence, 'entry')));
  }
  return entries;
}

function readEntry(entry: DerValue): CrlEntry {
  const fields = childrenOf(entry);
  const serialValue = fields.next('userCertificate');
  const serial = readUnsigned(serialValue);
  if (serial.length > certificateLimits.serialBytes)
    throw failure(serialValue, 'serial number too long', 'too-large');
  const revokedAt = readTime(fields.next('revocationDate'));
  const wrapper = fields.optional(tag.sequence, 'crlEntryExtensions');
  fields.done();
  const code = wrapper === undefined ? undefined : collect(wrapper).get('2.5.29.21')?.value;
  return {
    serial: Buffer.from(serial).toString('hex'),
    revokedAt,
    ...(code === undefined ? {} : { reason: readReason(code) }),
  };
}

function readReason(value: DerValue): string {
  requireTag(value, tag.enumerated);
  const name = value.content.length === 1 ? reasons[value.content[0] ?? -1] : undefined;
  if (name === undefined) throw failure(value, 'an unknown reason');
  return name;
}

interface ListExtension {
  readonly critical: boolean;
  readonly value: DerValue;
}

function readExtensions(wrapper: DerValue | undefined): ReadonlyMap<string, ListExtension> {
  if (wrapper === undefined) return new Map();
  const inner = childrenOf(wrapper, contextTag(0, true));
  const extensions = collect(inner.expect(tag.sequence, 'extensions'));
  inner.done();
  return extensions;
}

function collect(list: DerValue): ReadonlyMap<string, ListExtension> {
  const members = childrenOf(list);
  const found = new Map<string, ListExtension>();
  while (!members.atEnd) {
    const item = members.expect(tag.sequence, 'extension');
    const fields = childrenOf(item);
    const identifier = readOid(fields.next('extnID'));
    const flag = fields.optional(tag.boolean, 'critical');
    const content = fields.expect(tag.octetString, 'extnValue');
    fields.done();
    if (found.has(identifier)) throw failure(item, `extension ${identifier} appears twice`);
    if (found.size >= extensionLimits.extensions)
      throw failure(item, `more than ${extensionLimits.extensions} extensions`, 'too-large');
    const inner = nestedDer(content);
    found.set(identifier, {
      critical: flag !== undefined && readBoolean(flag),
      value: inner.next(`extension[${identifier}]`),
    });
    inner.done();
  }
  return found;
}

function unknownCritical(extensions: ReadonlyMap<string, ListExtension>, known: readonly string[]): string[] {
  return [...extensions]
    .filter(([identifier, { critical }]) => critical && !known.includes(identifier))
    .map(([identifier]) => identifier);
}

function readKeyIdentifier(value: DerValue): Uint8Array | undefined {
  return childrenOf(value).optional(contextTag(0, false), 'keyIdentifier')?.content;
}
