/** `Mdm-Signature` values that prove nothing, each refused for its own reason, and the odd but honest ones that must pass. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, hash, sign } from 'node:crypto';
import { test } from 'node:test';
import { DecodeError } from '../decode-error.ts';
import { tag } from '../der/read-der.ts';
import {
  encodeValue,
  explicit,
  implicitConstructed,
  nullValue,
  octetString,
  oid,
  sequence,
  setOf,
  time,
  unsignedInteger,
} from '../der/write-der.ts';
import { newDeviceCertificate, newIssuing, newKey, newRoot } from '../x509/test-authority.ts';
import { attributeTypes, contentTypes, digests } from './algorithms.ts';
import {
  certificatesOnly,
  cmsLimits,
  envelope,
  signAttached,
  signDetached,
  verifyDetached,
} from './index.ts';
import { readSignerCertificate } from './signer-certificate.ts';

const issuing = newIssuing(newRoot());
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const certificate = newDeviceCertificate(issuing, key).der;
const body = Buffer.from('<dict><key>UDID</key><string>1</string></dict>');
const rsa = sequence(oid('1.2.840.113549.1.1.1'), nullValue());

interface Odd {
  readonly digest?: 'sha256' | 'sha1' | 'md5';
  /** What stands under messageDigest; none at all when null. */
  readonly messageDigest?: readonly Uint8Array[] | null;
  readonly contentType?: string | null;
  readonly encapsulated?: Uint8Array;
  readonly extra?: readonly Uint8Array[];
  readonly signers?: number;
  readonly certificates?: readonly Uint8Array[];
  readonly algorithm?: Uint8Array;
  readonly withoutAttributes?: boolean;
  /** What is signed, from the SET of attributes. */
  readonly signed?: (attributes: Uint8Array) => Uint8Array;
}

const attribute = (type: string, ...values: readonly Uint8Array[]) => sequence(oid(type), setOf(...values));

function odd(options: Odd): Uint8Array {
  const { digest = 'sha256', messageDigest, contentType = contentTypes.data, signers = 1 } = options;
  const values = messageDigest === undefined ? [octetString(hash(digest, body, 'buffer'))] : messageDigest;
  const attributes = setOf(
    ...(contentType === null ? [] : [attribute(attributeTypes.contentType, oid(contentType))]),
    ...(values === null ? [] : [attribute(attributeTypes.messageDigest, ...values)]),
    ...(options.extra ?? []),
  );
  const { issuer, serial } = readSignerCertificate(certificate);
  const toBeSigned = options.withoutAttributes ? body : (options.signed?.(attributes) ?? attributes);
  const sent = Uint8Array.from(attributes);
  sent[0] = 0xa0;
  const signer = sequence(
    unsignedInteger(1),
    sequence(issuer, encodeValue(tag.integer, serial)),
    sequence(oid(digests[digest].oid)),
    ...(options.withoutAttributes ? [] : [sent]),
    options.algorithm ?? rsa,
    octetString(sign(digest, toBeSigned, key)),
  );
  return sequence(
    oid(contentTypes.signedData),
    explicit(
      0,
      sequence(
        unsignedInteger(1),
        setOf(sequence(oid(digests[digest].oid))),
        options.encapsulated ?? sequence(oid(contentTypes.data)),
        implicitConstructed(0, ...(options.certificates ?? [certificate])),
        encodeValue(tag.set, ...Array.from({ length: signers }, () => signer)),
      ),
    ),
  );
}

function reasonOf(signature: Uint8Array, content: Uint8Array = body): string {
  try {
    verifyDetached(signature, content);
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.reason;
  }
  return 'accepted';
}

const good = signDetached({ content: body, certificate, key });
const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const vectors: Readonly<Record<string, readonly [signature: Uint8Array, reason: string]>> = {
  'a digest of other bytes': [
    signDetached({ content: Buffer.from('other'), certificate, key }),
    'digest-mismatch',
  ],
  'no messageDigest': [odd({ messageDigest: null }), 'malformed'],
  'two values of messageDigest': [
    odd({ messageDigest: [octetString(hash('sha256', body, 'buffer')), octetString(Buffer.alloc(32))] }),
    'malformed',
  ],
  'messageDigest twice': [
    odd({ extra: [attribute(attributeTypes.messageDigest, octetString(Buffer.alloc(32)))] }),
    'malformed',
  ],
  'no content type': [odd({ contentType: null }), 'malformed'],
  'signed as content of another type': [
    odd({ contentType: contentTypes.envelopedData }),
    'wrong-content-type',
  ],
  'content of another type': [
    odd({ encapsulated: sequence(oid(contentTypes.envelopedData)) }),
    'wrong-content-type',
  ],
  'two signers': [odd({ signers: 2 }), 'several-signers'],
  'no signer': [certificatesOnly([certificate]), 'no-signer'],
  'attached content': [signAttached({ content: body, certificate, key }), 'attached-content'],
  'attached content that is empty': [
    odd({ encapsulated: sequence(oid(contentTypes.data), explicit(0, octetString(new Uint8Array()))) }),
    'attached-content',
  ],
  'SHA-1': [odd({ digest: 'sha1' }), 'weak-algorithm'],
  MD5: [odd({ digest: 'md5' }), 'weak-algorithm'],
  'a signature algorithm with another digest': [
    odd({ algorithm: sequence(oid('1.2.840.113549.1.1.13'), nullValue()) }),
    'unsupported-algorithm',
  ],
  'RSA-PSS': [odd({ algorithm: sequence(oid('1.2.840.113549.1.1.10')) }), 'unsupported-algorithm'],
  'the algorithm of another kind of key': [
    odd({ algorithm: sequence(oid('1.2.840.10045.4.3.2')) }),
    'bad-signature',
  ],
  'no signed attributes': [odd({ withoutAttributes: true }), 'no-signed-attributes'],
  'attributes signed under the tag they are sent with': [
    odd({ signed: (set) => Buffer.concat([Buffer.of(0xa0), set.subarray(1)]) }),
    'bad-signature',
  ],
  'the certificate missing': [odd({ certificates: [] }), 'no-signer-certificate'],
  'the certificate of somebody else': [
    odd({ certificates: [newDeviceCertificate(issuing, newKey()).der] }),
    'no-signer-certificate',
  ],
  'a signature by another key': [
    signDetached({ content: body, certificate, key: otherKey }),
    'bad-signature',
  ],
  'more certificates than anybody needs': [
    odd({ certificates: Array.from({ length: cmsLimits.certificates + 1 }, () => certificate) }),
    'too-large',
  ],
  'bytes behind the end': [Buffer.concat([good, Buffer.of(0)]), 'malformed'],
  'a message cut short': [good.subarray(0, -1), 'malformed'],
  'an envelope': [envelope({ content: body, recipient: certificate }), 'wrong-content-type'],
  nothing: [new Uint8Array(), 'malformed'],
};

for (const [name, [signature, reason]] of Object.entries(vectors)) {
  test(`APL-01 a signature is refused: ${name}`, () => {
    assert.equal(reasonOf(signature), reason);
  });
}

test('APL-01 any altered byte of signature, attributes or body is noticed', () => {
  assert.equal(reasonOf(good), 'accepted');
  const altered = Buffer.from(body);
  altered[3] = (altered[3] ?? 0) ^ 1;
  assert.equal(reasonOf(good, altered), 'digest-mismatch');
  const signedPart = good.length - 256 - 120;
  for (let index = signedPart; index < good.length; index++) {
    const copy = Buffer.from(good);
    copy[index] = (copy[index] ?? 0) ^ 0x10;
    assert.notEqual(reasonOf(copy), 'accepted', `byte ${index}`);
  }
});

test('SHA-1 passes only where it is asked for: what the factory’s keys sign', () => {
  assert.equal(verifyDetached(odd({ digest: 'sha1' }), body, { allowSha1: true }).digest, 'sha1');
  assert.throws(() => verifyDetached(odd({ digest: 'md5' }), body, { allowSha1: true }), DecodeError);
});

test('the clock of the signer is told, and judged by nobody', () => {
  const long = new Date(Date.UTC(1999, 11, 31, 23, 59, 59));
  const signature = signDetached({ content: body, certificate, key, signingTime: long });
  assert.deepEqual(verifyDetached(signature, body).signingTime, long);
  const unreadable = odd({
    extra: [attribute(attributeTypes.signingTime, encodeValue(tag.utcTime, Buffer.from('soon')))],
  });
  assert.equal(verifyDetached(unreadable, body).signingTime, undefined);
  const far = odd({ extra: [attribute(attributeTypes.signingTime, time(Date.UTC(2051, 0, 1)))] });
  assert.equal(verifyDetached(far, body).signingTime?.getUTCFullYear(), 2051);
});

test('a signature algorithm that names the digest too is as good as plain rsaEncryption', () => {
  assert.equal(reasonOf(odd({ algorithm: sequence(oid('1.2.840.113549.1.1.11'), nullValue()) })), 'accepted');
  assert.equal(reasonOf(odd({ algorithm: sequence(oid('1.2.840.113549.1.1.1')) })), 'accepted');
});

test('attributes in another order than DER wants are taken as they were signed', () => {
  const type = attribute(attributeTypes.contentType, oid(contentTypes.data));
  const digest = attribute(attributeTypes.messageDigest, octetString(hash('sha256', body, 'buffer')));
  const { issuer, serial } = readSignerCertificate(certificate);
  for (const list of [
    [type, digest],
    [digest, type],
  ]) {
    const set = encodeValue(tag.set, ...list);
    const sent = Uint8Array.from(set);
    sent[0] = 0xa0;
    const signer = sequence(
      unsignedInteger(1),
      sequence(issuer, encodeValue(tag.integer, serial)),
      sequence(oid(digests.sha256.oid)),
      sent,
      rsa,
      octetString(sign('sha256', set, key)),
    );
    const message = sequence(
      oid(contentTypes.signedData),
      explicit(
        0,
        sequence(
          unsignedInteger(1),
          setOf(sequence(oid(digests.sha256.oid))),
          sequence(oid(contentTypes.data)),
          implicitConstructed(0, certificate),
          setOf(signer),
        ),
      ),
    );
    assert.equal(reasonOf(message), 'accepted');
  }
});
