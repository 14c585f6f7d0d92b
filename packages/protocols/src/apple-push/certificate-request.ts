/**
 * The file that is uploaded to Apple's push certificate portal: a certificate request, signed by a vendor whom Apple lets do
 * so, together with the vendor's chain. A plist, and that plist in base64. Apple's page: “Setting up push notifications for your
 * device management customers”.
 */
import { type KeyObject, sign, verify } from 'node:crypto';
import { DecodeError, requireAtMost } from '../decode-error.ts';
import { isDictionary, readPlist, writePlist } from '../plist/index.ts';
import {
  type Certificate,
  decodePem,
  encodePem,
  isSignedBy,
  parseCertificate,
  parseCertificateRequest,
  publicKeyOf,
} from '../x509/index.ts';

const pushCertificateRequestLimits = { characters: 128 * 1024, chain: 6 } as const;

export interface SignedPushRequest {
  /** DER of the customer's PKCS#10 request. */
  readonly request: Uint8Array;
  /** DER: the vendor's certificate, Apple's intermediate, Apple's root. */
  readonly chain: readonly Uint8Array[];
}

/**
 * For the vendor, who alone holds the key.
 * @throws TypeError when key and first certificate of the chain do not belong together.
 */
export function signPushRequest(request: Uint8Array, chain: readonly Uint8Array[], key: KeyObject): string {
  parseCertificateRequest(request);
  // RSA with PKCS#1 v1.5 padding over the DER of the request.
  const signature = sign('sha256', request, key);
  const vendor = chain[0] === undefined ? undefined : parseCertificate(chain[0]);
  if (vendor === undefined || !verify('sha256', request, publicKeyOf(vendor), signature)) {
    throw new TypeError('the vendor’s key and certificate do not belong together');
  }
  const plist = writePlist({
    PushCertRequestCSR: Buffer.from(request).toString('base64'),
    PushCertCertificateChain: chain.map((der) => encodePem('CERTIFICATE', der)).join(''),
    PushCertSignature: signature.toString('base64'),
  });
  return Buffer.from(plist).toString('base64');
}

/**
 * Reads such a file, in base64 or as the plist itself, and proves the signature and that each certificate of the chain is
 * signed by the next. Whether Apple trusts the chain's root is Apple's to say.
 * @throws DecodeError, `reason` `bad-signature` where a signature is wrong.
 */
export function readSignedPushRequest(text: string): SignedPushRequest {
  if (text.length > pushCertificateRequestLimits.characters)
    throw new DecodeError('the signed request is too long', { reason: 'too-large' });
  const bytes = /^\s*<\?xml/.test(text) ? Buffer.from(text) : fromBase64(text, 'file');
  requireAtMost(bytes, pushCertificateRequestLimits.characters, 'signed request');
  const plist = readPlist(bytes);
  if (!isDictionary(plist)) throw new DecodeError('a dictionary is expected', { path: 'plist' });
  const member = (name: string): string => {
    const value = plist[name];
    if (typeof value !== 'string') throw new DecodeError('a text is expected', { path: name });
    return value;
  };
  const request = fromBase64(member('PushCertRequestCSR'), 'PushCertRequestCSR');
  parseCertificateRequest(request);
  const signature = fromBase64(member('PushCertSignature'), 'PushCertSignature');
  const chain = decodePem('CERTIFICATE', member('PushCertCertificateChain'));
  if (chain.length > pushCertificateRequestLimits.chain)
    throw new DecodeError('too many certificates', { path: 'PushCertCertificateChain', reason: 'too-large' });
  requireSigned(request, signature, chain.map(parseCertificate));
  return { request, chain };
}

function requireSigned(request: Uint8Array, signature: Uint8Array, chain: readonly Certificate[]): void {
  const vendor = chain[0];
  if (vendor === undefined)
    throw new DecodeError('no certificate of the vendor', { path: 'PushCertCertificateChain' });
  if (vendor.publicKey.kind !== 'rsa' || !verify('sha256', request, publicKeyOf(vendor), signature)) {
    throw new DecodeError('the vendor’s certificate did not sign this request', {
      path: 'PushCertSignature',
      reason: 'bad-signature',
    });
  }
  chain.slice(0, -1).forEach((certificate, index) => {
    const issuer = chain[index + 1];
    if (issuer !== undefined && isSignedBy(certificate, issuer)) return;
    throw new DecodeError('the chain is broken: a certificate is not signed by the next one', {
      path: `PushCertCertificateChain[${index}]`,
      reason: 'bad-signature',
    });
  });
}

function fromBase64(text: string, path: string): Buffer {
  const packed = text.replace(/[ \t\r\n]+/g, '');
  if (packed === '' || packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(packed)) {
    throw new DecodeError('base64 is expected', { path });
  }
  return Buffer.from(packed, 'base64');
}
