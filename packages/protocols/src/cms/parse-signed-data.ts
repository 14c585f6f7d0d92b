/** SignedData as it stands (RFC 5652, section 5), one signer at most. Nothing is proved here: see verify-signed-data. */
import { DecodeError } from '../decode-error.ts';
import { derFromBer } from '../der/from-ber.ts';
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
import { readOid, readSmallInteger } from '../der/read-values.ts';
import {
  contentTypes,
  type DigestName,
  readDigestAlgorithm,
  readSignatureAlgorithm,
  type SignatureRow,
} from './algorithms.ts';

export const cmsLimits = {
  bytes: 256 * 1024,
  certificates: 10,
  attributes: 32,
  digestAlgorithms: 8,
} as const;

export interface SignedDataParts {
  readonly contentType: string;
  /** Absent when the signature is detached, or nothing is signed at all. */
  readonly content: Uint8Array | undefined;
  /** DER, in the order of the message. */
  readonly certificates: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  /** Absent in a message that only carries certificates. */
  readonly signer: SignerParts | undefined;
}

export interface SignerParts {
  readonly name:
    | { readonly issuer: Uint8Array; readonly serial: Uint8Array }
    | { readonly keyIdentifier: Uint8Array };
  readonly digest: DigestName;
  readonly signatureAlgorithm: SignatureRow;
  /** The signed attributes as they were signed: with the tag of a SET. */
  readonly toBeSigned: Uint8Array | undefined;
  /** By OID: the values of each signed attribute. */
  readonly attributes: ReadonlyMap<string, readonly DerValue[]>;
  readonly signature: Uint8Array;
}

/** @param maxBytes of the whole message, content included. */
export function parseSignedData(bytes: Uint8Array, maxBytes: number = cmsLimits.bytes): SignedDataParts {
  const wrapper = readDer(derFromBer(bytes, 'contentInfo', maxBytes), 'contentInfo', maxBytes);
  const fields = childrenOf(readContentInfo(wrapper, contentTypes.signedData, 'signedData'));
  const version = fields.next('version');
  if (readSmallInteger(version) > 5) throw failure(version, 'version is unknown');
  readMembers(fields.expect(tag.set, 'digestAlgorithms'), tag.set, cmsLimits.digestAlgorithms, 'algorithm');

  const encapsulated = childrenOf(fields.next('encapContentInfo'));
  const contentType = readOid(encapsulated.next('eContentType'));
  const contentValue = encapsulated.optional(contextTag(0, true), 'eContent');
  encapsulated.done();

  const certificateSet = fields.optional(contextTag(0, true), 'certificates');
  const revocationSet = fields.optional(contextTag(1, true), 'crls');
  const signers = readMembers(
    fields.expect(tag.set, 'signerInfos'),
    tag.set,
    1,
    'signerInfo',
    'several-signers',
  );
  fields.done();
  return {
    contentType,
    content: contentValue === undefined ? undefined : readContent(contentValue),
    certificates:
      certificateSet === undefined
        ? []
        : readMembers(certificateSet, contextTag(0, true), cmsLimits.certificates, 'certificate').map(
            certificateBytes,
          ),
    revocationLists:
      revocationSet === undefined
        ? []
        : readMembers(revocationSet, contextTag(1, true), cmsLimits.certificates, 'crl').map(
            ({ raw }) => raw,
          ),
    signer: signers[0] === undefined ? undefined : readSigner(signers[0]),
  };
}

/** What a ContentInfo of the wanted type holds (section 3). */
export function readContentInfo(wrapper: DerValue, wanted: string, name: string): DerValue {
  const outer = childrenOf(wrapper);
  const type = outer.next('contentType');
  const found = readOid(type);
  if (found !== wanted)
    throw failure(type, `content of type ${found} where ${name} belongs`, 'wrong-content-type');
  const inner = childrenOf(outer.next('content'), contextTag(0, true));
  outer.done();
  const content = inner.next(name);
  inner.done();
  return content;
}

function readContent(wrapper: DerValue): Uint8Array {
  const inner = childrenOf(wrapper, contextTag(0, true));
  const value = inner.expect(tag.octetString, 'content');
  inner.done();
  return value.content;
}

/** Other kinds of certificates (section 10.2.2) are context-tagged; nobody here sends them. */
function certificateBytes(value: DerValue): Uint8Array {
  requireTag(value, tag.sequence);
  return value.raw;
}

export function readMembers(
  set: DerValue,
  expected: number,
  limit: number,
  name: string,
  reason = 'too-large',
): DerValue[] {
  const cursor = childrenOf(set, expected);
  const members: DerValue[] = [];
  while (!cursor.atEnd) {
    if (members.length >= limit)
      throw new DecodeError(`more than ${limit} members`, { offset: cursor.offset, path: set.path, reason });
    members.push(cursor.next(name));
  }
  return members;
}

function readSigner(value: DerValue): SignerParts {
  const fields = childrenOf(value);
  const version = fields.next('version');
  if (readSmallInteger(version) > 3) throw failure(version, 'version is unknown');
  const name = readSignerName(fields.next('sid'));
  const digest = readDigestAlgorithm(fields.next('digestAlgorithm'));
  const signed = fields.optional(contextTag(0, true), 'signedAttrs');
  const signatureAlgorithm = readSignatureAlgorithm(fields.next('signatureAlgorithm'));
  const signature = fields.expect(tag.octetString, 'signature').content;
  fields.optional(contextTag(1, true), 'unsignedAttrs');
  fields.done();
  return {
    name,
    digest,
    signatureAlgorithm,
    toBeSigned: signed === undefined ? undefined : asSet(signed.raw),
    attributes: signed === undefined ? new Map() : readAttributes(signed),
    signature,
  };
}

/** The message carries the attributes under [0], what was signed is the same bytes under SET (section 5.4). */
function asSet(raw: Uint8Array): Uint8Array {
  const set = new Uint8Array(raw);
  set[0] = tag.set;
  return set;
}

function readSignerName(value: DerValue): SignerParts['name'] {
  if (value.tag === contextTag(0, false)) return { keyIdentifier: value.content };
  const fields = childrenOf(value);
  const issuer = fields.expect(tag.sequence, 'issuer');
  const serial = fields.expect(tag.integer, 'serialNumber');
  fields.done();
  return { issuer: issuer.raw, serial: serial.content };
}

function readAttributes(set: DerValue): ReadonlyMap<string, readonly DerValue[]> {
  const attributes = new Map<string, readonly DerValue[]>();
  for (const attribute of readMembers(set, contextTag(0, true), cmsLimits.attributes, 'attribute')) {
    const fields = childrenOf(attribute);
    const type = readOid(fields.next('type'));
    const values = readMembers(fields.next('values'), tag.set, cmsLimits.attributes, 'value');
    fields.done();
    // Two of one type would let two readers see two different values (section 5.3 forbids it).
    if (attributes.has(type)) throw failure(attribute, `attribute ${type} appears twice`);
    attributes.set(type, values);
  }
  return attributes;
}

/** Content that another structure implicitly tags [0]: in one piece, or in BER in several (section 6.1). */
export function readImplicitOctets(value: DerValue): Uint8Array {
  if (value.tag === contextTag(0, false)) return value.content;
  requireTag(value, contextTag(0, true));
  const cursor = nestedDer(value);
  const pieces: Uint8Array[] = [];
  while (!cursor.atEnd) pieces.push(cursor.expect(tag.octetString, 'piece').content);
  return Buffer.concat(pieces);
}
