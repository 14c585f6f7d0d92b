/** PEM text around DER (RFC 7468). */
import { DecodeError } from '../decode-error.ts';

export type PemLabel =
  | 'CERTIFICATE'
  | 'CERTIFICATE REQUEST'
  | 'X509 CRL'
  | 'PRIVATE KEY'
  | 'PUBLIC KEY'
  | 'RSA PUBLIC KEY'
  | 'PKCS7';

const pemLimits = { characters: 1024 * 1024, blocks: 20 } as const;

export function encodePem(label: PemLabel, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** All blocks with this label, in order. Text around and between the blocks, and blocks of other kinds, are skipped. */
export function decodePem(label: PemLabel, text: string): Uint8Array[] {
  if (text.length > pemLimits.characters)
    throw new DecodeError('PEM text is too long', { reason: 'too-large' });
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  const blocks: Uint8Array[] = [];
  let position = text.indexOf(begin);
  while (position !== -1) {
    const bodyStart = position + begin.length;
    const bodyEnd = text.indexOf(end, bodyStart);
    if (bodyEnd === -1)
      throw new DecodeError(`PEM block without its end line`, { offset: position, path: label });
    if (blocks.length >= pemLimits.blocks) {
      throw new DecodeError('too many PEM blocks', { offset: position, path: label, reason: 'too-large' });
    }
    const body = text.slice(bodyStart, bodyEnd).replace(/[ \t\r\n]+/g, '');
    if (body.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(body)) {
      throw new DecodeError('PEM body is not base64', { offset: bodyStart, path: label });
    }
    blocks.push(Buffer.from(body, 'base64'));
    position = text.indexOf(begin, bodyEnd);
  }
  return blocks;
}
