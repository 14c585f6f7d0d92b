// Who speaks: the certificate that came with the TLS connection or from the trusted proxy, or the one that signed the message.
// The first proves the key for the connection, the second for the very bytes. Which device it is, the certificate alone says.
import { DomainError } from '@gatehouse/core/errors.ts';
import { parseSignedData, type SignedDataParts, verifyParsed } from '@gatehouse/protocols/cms/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import type { MessageSignature } from './speaker.ts';

/** Base64 of some 2 KB, with room for longer chains; Apple names no limit. */
const mostSignature = 12 * 1024;

/**
 * As it stands in the header: nothing is proved yet, for the body may not have been read.
 * @throws DomainError `invalid-input`: never 401, upon which a device may leave management.
 */
export function readSignature(header: string | undefined): SignedDataParts {
  if (header === undefined) {
    throw new DomainError('invalid-input', 'A client certificate or a signature is required', {
      reason: 'certificate-required',
    });
  }
  const bytes = header.length <= mostSignature ? Buffer.from(header, 'base64') : undefined;
  if (bytes === undefined || bytes.length !== decodedLength(header)) {
    throw new DomainError('invalid-input', 'The signature cannot be read', { reason: 'signature-malformed' });
  }
  return withReasons('The signature cannot be read', () => parseSignedData(bytes, mostSignature));
}

/** What the decoder passes over is missing in the end. */
function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return base64.length > 0 && base64.length % 4 === 0 ? (base64.length / 4) * 3 - padding : -1;
}

export interface Signer {
  /** DER: one of those in the signature, the very same array. */
  readonly certificate: Uint8Array;
  readonly signature: MessageSignature;
}

/** @throws DomainError `invalid-input` */
export function signerOf(parts: SignedDataParts, body: Uint8Array): Signer {
  return withReasons('The signature does not hold', () => {
    const signed = verifyParsed(parts, body);
    // Few ask for the time.
    return {
      certificate: signed.certificate,
      signature: {
        get at() {
          return signed.signingTime?.getTime();
        },
      },
    };
  });
}

function withReasons<T>(message: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DomainError('invalid-input', message, { reason: `signature-${error.reason}`, cause: error });
  }
}
