// One format of `gatehouse decode`: data, so that the next codec is one row of formats.ts.
import type { Presentable } from './presentable.ts';

export interface DecodedFormat {
  /** The word after `gatehouse decode`. */
  readonly name: string;
  /** For the help and for unknown names. */
  readonly what: string;
  /** Its PEM label (RFC 7468), where it has one; every block with it is decoded. */
  readonly pem?: 'CERTIFICATE' | 'CERTIFICATE REQUEST' | 'X509 CRL' | 'PKCS7';
  /** @throws DecodeError with offset and path. */
  decode(bytes: Uint8Array): Presentable;
}
