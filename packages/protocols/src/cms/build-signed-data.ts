/** Makes SignedData (RFC 5652, section 5): one signer, the signer's certificate and its chain included. */
import { hash, type KeyObject, sign } from 'node:crypto';
import {
  encodeValue,
  explicit,
  implicitConstructed,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  unsignedInteger,
} from '../der/write-der.ts';
import { tag } from '../der/read-der.ts';
import {
  attributeTypes,
  contentTypes,
  type DigestName,
  encodeDigestAlgorithm,
  encodeSignatureAlgorithm,
} from './algorithms.ts';
import { readSignerCertificate } from './signer-certificate.ts';

export interface SignedContent {
  readonly content: Uint8Array;
  /** DER of the signer's certificate. */
  readonly certificate: Uint8Array;
  readonly key: KeyObject;
  /** DER of further certificates to send along, nearest issuer first. */
  readonly chain?: readonly Uint8Array[];
  /** Left out of the message when absent, as some macOS versions do. */
  readonly signingTime?: Date;
  /** Default sha256; sha384 for a P-384 key. */
  readonly digest?: DigestName;
  /** Further signed attributes: OID and the DER of its one value. */
  readonly attributes?: readonly (readonly [type: string, value: Uint8Array])[];
  /** Default true. A SCEP request needs the signer's own certificate only; an answer may leave even that out. */
  readonly withCertificate?: boolean;
}

/** The content travels inside: signed profiles, SCEP messages. */
export function signAttached(signed: SignedContent): Uint8Array {
  return build(signed, explicit(0, octetString(signed.content)));
}

/** The content travels apart: the `Mdm-Signature` header. */
export function signDetached(signed: SignedContent): Uint8Array {
  return build(signed, undefined);
}

/** No content at all: what is said stands in the attributes. */
export function signAttributes(signed: Omit<SignedContent, 'content'>): Uint8Array {
  return build({ ...signed, content: new Uint8Array() }, undefined);
}

/** A message that only carries certificates and revocation lists (RFC 8894, section 3.4: degenerate). */
export function certificatesOnly(
  certificates: readonly Uint8Array[],
  revocationLists: readonly Uint8Array[] = [],
): Uint8Array {
  return signedData(1, setOf(), sequence(oid(contentTypes.data)), certificates, revocationLists, setOf());
}

function build(signed: SignedContent, content: Uint8Array | undefined): Uint8Array {
  const kind = signed.key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec';
  const digest =
    signed.digest ?? (signed.key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256');
  const attribute = (type: string, value: Uint8Array) => sequence(oid(type), setOf(value));
  const attributes = setOf(
    attribute(attributeTypes.contentType, oid(contentTypes.data)),
    attribute(attributeTypes.messageDigest, octetString(hash(digest, signed.content, 'buffer'))),
    ...(signed.signingTime === undefined
      ? []
      : [attribute(attributeTypes.signingTime, time(signed.signingTime.getTime()))]),
    ...(signed.attributes ?? []).map(([type, value]) => attribute(type, value)),
  );
  const { issuer, serial } = readSignerCertificate(signed.certificate);
  const digestAlgorithm = encodeDigestAlgorithm(digest);
  const signer = sequence(
    unsignedInteger(1),
    sequence(issuer, encodeValue(tag.integer, serial)),
    digestAlgorithm,
    retagged(attributes),
    encodeSignatureAlgorithm(kind, digest),
    octetString(sign(digest, attributes, signed.key)),
  );
  const own = signed.withCertificate === false ? [] : [signed.certificate];
  return signedData(
    1,
    setOf(digestAlgorithm),
    content === undefined ? sequence(oid(contentTypes.data)) : sequence(oid(contentTypes.data), content),
    [...own, ...(signed.chain ?? [])],
    [],
    setOf(signer),
  );
}

function signedData(
  version: number,
  digestAlgorithms: Uint8Array,
  encapsulated: Uint8Array,
  certificates: readonly Uint8Array[],
  revocationLists: readonly Uint8Array[],
  signers: Uint8Array,
): Uint8Array {
  return sequence(
    oid(contentTypes.signedData),
    explicit(
      0,
      sequence(
        unsignedInteger(version),
        digestAlgorithms,
        encapsulated,
        ...(certificates.length === 0 ? [] : [implicitConstructed(0, ...certificates)]),
        ...(revocationLists.length === 0 ? [] : [implicitConstructed(1, ...revocationLists)]),
        signers,
      ),
    ),
  );
}

/** From the SET that is signed to the [0] that is sent: the same bytes under another tag. */
function retagged(set: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(set);
  bytes[0] = 0xa0;
  return bytes;
}
