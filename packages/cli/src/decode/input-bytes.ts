// What was pasted or captured, as bytes: PEM, hex or base64 text when it is nothing but that, otherwise as it is.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { decodePem } from '@gatehouse/protocols/x509/index.ts';
import type { DecodedFormat } from './decoded-format.ts';

export const inputForms = ['auto', 'raw', 'hex', 'base64', 'pem'] as const;
export type InputForm = (typeof inputForms)[number];

/** Above every decoder's own limit; only keeps a mistaken file out of memory. */
export const mostInputBytes = 32 * 1024 * 1024;

/** One piece per PEM block, otherwise one. @throws DecodeError */
export function inputBytes(input: Buffer, form: InputForm, pem: DecodedFormat['pem']): Uint8Array[] {
  switch (form) {
    case 'raw':
      return [input];
    case 'hex':
      return [fromHex(textOf(input)) ?? refuse('the input is not hex')];
    case 'base64':
      return [fromBase64(textOf(input)) ?? refuse('the input is not base64')];
    case 'pem':
      return fromPem(textOf(input), pem);
    case 'auto':
      return guess(input, pem);
  }
}

function guess(input: Buffer, pem: DecodedFormat['pem']): Uint8Array[] {
  const text = textOf(input);
  if (text.includes('-----BEGIN ')) return fromPem(text, pem);
  const bytes = fromHex(text) ?? fromBase64(text);
  return [bytes ?? input];
}

/** Every byte one character, so that nothing of a binary input is taken for text by mistake. */
function textOf(input: Buffer): string {
  return input.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
}

function fromPem(text: string, label: DecodedFormat['pem']): Uint8Array[] {
  if (label === undefined) return refuse('this format has no PEM form');
  const blocks = decodePem(label, text);
  if (blocks.length > 0) return blocks;
  const found = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----/g)].map((match) => match[1]);
  return refuse(
    `there is no PEM block ${label}${found.length > 0 ? `, only ${[...new Set(found)].join(', ')}` : ''}`,
  );
}

/** Also as debuggers print it: `30 82 01`, `30:82:01`, `0x3082`. */
function fromHex(text: string): Buffer | undefined {
  const digits = text.replace(/^\s*0x/i, '').replaceAll(/[\s:]+/g, '');
  return digits.length > 0 && digits.length % 2 === 0 && /^[0-9a-f]+$/i.test(digits)
    ? Buffer.from(digits, 'hex')
    : undefined;
}

function fromBase64(text: string): Buffer | undefined {
  const body = text.replaceAll(/\s+/g, '');
  return body.length > 0 && body.length % 4 !== 1 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(body)
    ? Buffer.from(body, 'base64')
    : undefined;
}

function refuse(message: string): never {
  throw new DecodeError(message);
}
