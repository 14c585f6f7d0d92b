/** The body of an HTTP error. The API defines none; ISE looks only at the status, people at the text. */
import { DecodeError } from '../decode-error.ts';
import { element } from '../xml/tree.ts';
import { decodeAnswer, encodeDocument, requireText } from './documents.ts';

export interface Failure {
  /** The HTTP status. */
  readonly code: number;
  readonly description: string;
}

export function encodeFailure({ code, description }: Failure): Uint8Array {
  return encodeDocument(
    element('name', 'error'),
    element('code', String(code)),
    element('description', description),
  );
}

export function decodeFailure(bytes: Uint8Array): Failure {
  const root = decodeAnswer(bytes, 'error');
  const code = requireText(root, 'code');
  if (!/^\d{3}$/.test(code)) throw new DecodeError('not an HTTP status', { path: 'ise_api/code' });
  return { code: Number(code), description: requireText(root, 'description') };
}
