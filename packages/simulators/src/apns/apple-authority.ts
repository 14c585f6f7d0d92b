/**
 * The part of Apple that signs: a root, an intermediate, push certificates for topics, the vendor's right to sign requests, and
 * the portal where a signed request becomes a certificate. Subjects are shaped like Apple's own.
 */
import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  X509Certificate,
} from 'node:crypto';
import { readSignedPushRequest } from '@gatehouse/protocols/apple-push/index.ts';
import { tag } from '@gatehouse/protocols/der/read-der.ts';
import {
  bitString,
  encodeValue,
  explicit,
  oid,
  printableString,
  sequence,
  setOf,
  time,
  unsignedInteger,
  utf8String,
} from '@gatehouse/protocols/der/write-der.ts';
import { encodeSignatureAlgorithm, signatureAlgorithms } from '@gatehouse/protocols/x509/algorithms.ts';
import { encodeExtensions, type Extensions } from '@gatehouse/protocols/x509/extensions.ts';
import {
  encodePem,
  newSerial,
  parseCertificate,
  parseCertificateRequest,
  signerFor,
} from '@gatehouse/protocols/x509/index.ts';

const day = 86_400_000;

export interface SimulatedAppleAuthority {
  /** PEM of the root that signs APNs' own TLS certificate. */
  readonly trust: string;
  /** PEM of what a push certificate must be signed by. */
  readonly pushIssuers: string;
  readonly serverIdentity: { readonly certificate: string; readonly key: string };
  /** @param subjectPublicKey SPKI; without one a key is made. */
  issuePushCertificate(request?: PushCertificateRequest): IssuedPushCertificate;
  /** A vendor's certificate with its chain up to the root, and the key that signs customers' requests. */
  issueVendorCertificate(): { readonly chain: readonly Uint8Array[]; readonly key: KeyObject };
  /** identity.apple.com/pushcert: gives PEM. With `renew` the topic stays; else it is a new one. */
  portal(upload: string, renew?: { readonly topic: string }): string;
}

export interface PushCertificateRequest {
  readonly topic?: string;
  readonly subjectPublicKey?: Uint8Array;
  readonly notBefore?: number;
  readonly notAfter?: number;
}

export interface IssuedPushCertificate {
  readonly topic: string;
  readonly certificate: string;
  /** PKCS#8 PEM; '' when the key was made elsewhere. */
  readonly key: string;
}

interface Attribute {
  readonly type: string;
  readonly value: string;
}

const types: Readonly<Record<string, string>> = {
  C: '2.5.4.6',
  O: '2.5.4.10',
  CN: '2.5.4.3',
  UID: '0.9.2342.19200300.100.1.1',
};

function encodeSubject(attributes: readonly Attribute[]): Uint8Array {
  const sets = attributes.map(({ type, value }) =>
    setOf(sequence(oid(types[type] ?? type), type === 'C' ? printableString(value) : utf8String(value))),
  );
  return encodeValue(tag.sequence, ...sets);
}

interface Authority {
  readonly der: Uint8Array;
  readonly subject: Uint8Array;
  readonly key: KeyObject;
}

const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ format: 'der', type: 'spki' });
const newRsaKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

export function createAppleAuthority(now: () => number = () => Date.now()): SimulatedAppleAuthority {
  const pem = (der: Uint8Array): string => encodePem('CERTIFICATE', der);

  function issue(content: {
    subject: readonly Attribute[];
    spki: Uint8Array;
    issuer: Pick<Authority, 'subject' | 'key'>;
    extensions: Extensions;
    notBefore?: number | undefined;
    notAfter?: number | undefined;
  }): Uint8Array {
    const signer = signerFor(content.issuer.key);
    const algorithm = encodeSignatureAlgorithm(signatureAlgorithms[signer.algorithm]);
    const toBeSigned = sequence(
      explicit(0, unsignedInteger(2)),
      encodeValue(tag.integer, newSerial(randomBytes)),
      algorithm,
      content.issuer.subject,
      sequence(time(content.notBefore ?? now() - day), time(content.notAfter ?? now() + 365 * day)),
      encodeSubject(content.subject),
      content.spki,
      encodeExtensions(content.extensions),
    );
    return sequence(toBeSigned, algorithm, bitString(signer.sign(toBeSigned)));
  }

  function newAuthority(commonName: string, above?: Authority): Authority {
    const key = newRsaKey();
    const attributes = [
      { type: 'CN', value: commonName },
      { type: 'O', value: 'Simulated Apple Inc.' },
      { type: 'C', value: 'US' },
    ];
    const subject = encodeSubject(attributes);
    const der = issue({
      subject: attributes,
      spki: spkiOf(key),
      issuer: above ?? { subject, key },
      extensions: { basicConstraints: { ca: true }, keyUsage: ['keyCertSign', 'cRLSign'] },
      notAfter: now() + 3_650 * day,
    });
    return { der, subject, key };
  }

  const root = newAuthority('Simulated Apple Root CA');
  const integration = newAuthority('Simulated Apple Application Integration CA', root);
  const relations = newAuthority('Simulated Apple Worldwide Developer Relations CA', root);
  const serverKey = newRsaKey();
  const server = issue({
    subject: [{ type: 'CN', value: 'localhost' }],
    spki: spkiOf(serverKey),
    issuer: root,
    extensions: {
      basicConstraints: { ca: false },
      extendedKeyUsage: ['serverAuth'],
      subjectAlternativeNames: [
        { kind: 'dns', value: 'localhost' },
        { kind: 'ip', value: '127.0.0.1' },
      ],
    },
  });
  const keyPem = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString();

  function issuePushCertificate(request: PushCertificateRequest = {}): IssuedPushCertificate {
    const topic = request.topic ?? `com.apple.mgmt.External.${randomUUID()}`;
    const key = request.subjectPublicKey === undefined ? newRsaKey() : undefined;
    const der = issue({
      subject: [
        { type: 'UID', value: topic },
        { type: 'CN', value: `APSP:${topic.split('.').at(-1)}` },
        { type: 'C', value: 'US' },
      ],
      spki: request.subjectPublicKey ?? (key === undefined ? new Uint8Array() : spkiOf(key)),
      issuer: integration,
      extensions: {
        basicConstraints: { ca: false },
        keyUsage: ['digitalSignature'],
        extendedKeyUsage: ['clientAuth'],
      },
      notBefore: request.notBefore,
      notAfter: request.notAfter,
    });
    return { topic, certificate: pem(der), key: key === undefined ? '' : keyPem(key) };
  }

  return {
    trust: pem(root.der),
    pushIssuers: pem(integration.der) + pem(root.der),
    serverIdentity: { certificate: pem(server), key: keyPem(serverKey) },
    issuePushCertificate,
    issueVendorCertificate() {
      const key = newRsaKey();
      const der = issue({
        subject: [{ type: 'CN', value: 'MDM Vendor: Simulated Vendor' }],
        spki: spkiOf(key),
        issuer: relations,
        extensions: { basicConstraints: { ca: false }, keyUsage: ['digitalSignature'] },
      });
      return { chain: [der, relations.der, root.der], key };
    },
    portal(upload, renew) {
      const { request, chain } = readSignedPushRequest(upload);
      const last = chain.at(-1);
      if (last === undefined || !new X509Certificate(last).verify(createPublicKey(root.key)))
        throw new Error('Invalid certificate signing request: the chain does not lead to Apple');
      const vendor = chain[0] === undefined ? undefined : parseCertificate(chain[0]);
      if (vendor === undefined || vendor.notAfter < now()) throw new Error('Signing certificate expired');
      const { spki } = parseCertificateRequest(request);
      return issuePushCertificate({ subjectPublicKey: spki, ...renew }).certificate;
    },
  };
}
