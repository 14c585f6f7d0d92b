// Who speaks: the certificate that came with the TLS connection or from the trusted proxy, or the one that signed the message.
// The first proves the key for the connection, the second for the very bytes. Which device it is, the certificate alone says.
import { DomainError } from '@gatehouse/core/errors.ts';
import { verifyDetached } from '@gatehouse/protocols/cms/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';

/** Base64 of some 2 KB, with room for longer chains; Apple names no limit. */
const mostSignature = 12 * 1024;

/**
 * @returns the signer's certificate, DER.
 * @throws DomainError `invalid-input`: never 401, upon which a device may leave management.
 */
export function signerOf(header: string | undefined, body: Uint8Array): Uint8Array {
  const signature = decodeSignature(header);
  try {
    return verifyDetached(signature, body, { maxBytes: mostSignature }).certificate;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DomainError('invalid-input', 'The signature does not hold', {
      reason: `signature-${error.reason}`,
      cause: error,
    });
  }
}

/** @throws DomainError `invalid-input` */
export function decodeSignature(header: string | undefined): Uint8Array {
  if (header === undefined) {
    throw new DomainError('invalid-input', 'A client certificate or a signature is required', {
      reason: 'certificate-required',
    });
  }
  const isBase64 = header.length <= mostSignature && /^[A-Za-z0-9+/]+={0,2}$/.test(header);
  if (!isBase64 || header.length % 4 !== 0) {
    throw new DomainError('invalid-input', 'The signature cannot be read', { reason: 'signature-malformed' });
  }
  return Buffer.from(header, 'base64');
}
