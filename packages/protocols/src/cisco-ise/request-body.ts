/** Finds the XML in a request body: sent as it is, or as a part of a form upload (IBM documents the latter for actions). */
import { DecodeError, requireAtMost } from '../decode-error.ts';
import { requestLimits } from './documents.ts';

export type RequestBodyKind = 'xml' | 'multipart' | 'form';

interface BodyType {
  readonly kind: RequestBodyKind;
  readonly boundary?: string;
}

const kinds: Readonly<Record<string, RequestBodyKind>> = {
  'application/xml': 'xml',
  'text/xml': 'xml',
  'multipart/form-data': 'multipart',
  'application/x-www-form-urlencoded': 'form',
};

const multipartLimits = { parts: 8, headerBytes: 2048, boundaryCharacters: 70 } as const;

/** `reason` of the DecodeError is `unsupported-media-type`. No Content-Type at all is taken for XML. */
export function parseBodyType(contentType: string | undefined): BodyType {
  if (contentType === undefined || contentType.trim() === '') return { kind: 'xml' };
  const [essence = '', ...parameters] = contentType.slice(0, 1024).split(';');
  const kind = Object.hasOwn(kinds, essence.trim().toLowerCase())
    ? kinds[essence.trim().toLowerCase()]
    : undefined;
  if (kind === undefined)
    throw new DecodeError('content type is not supported', { reason: 'unsupported-media-type' });
  if (kind !== 'multipart') return { kind };
  const boundary = parameters
    .map((parameter) => /^\s*boundary\s*=\s*(?:"([^"]+)"|([^\s"]+))\s*$/i.exec(parameter))
    .map((match) => match?.[1] ?? match?.[2])
    .find((found) => found !== undefined);
  if (boundary === undefined || boundary.length > multipartLimits.boundaryCharacters) {
    throw new DecodeError('form upload without a valid boundary', { path: 'Content-Type' });
  }
  return { kind, boundary };
}

/** The XML of the body, or the body itself when it is a form. */
export function extractContent(
  contentType: string | undefined,
  body: Uint8Array,
): { kind: 'xml' | 'form'; bytes: Uint8Array } {
  requireAtMost(body, requestLimits.maxBytes, 'request body');
  const { kind, boundary } = parseBodyType(contentType);
  if (boundary !== undefined) return { kind: 'xml', bytes: extractXmlPart(body, boundary) };
  return { kind: kind === 'form' ? 'form' : 'xml', bytes: body };
}

/** The first part whose content begins like markup (RFC 7578); field names and file names differ between clients. */
function extractXmlPart(body: Uint8Array, boundary: string): Uint8Array {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  let start = buffer.indexOf(delimiter);
  for (let part = 0; start !== -1; part++) {
    if (part >= multipartLimits.parts)
      throw new DecodeError('too many parts', { offset: start, reason: 'too-large' });
    const contentStart = start + delimiter.length;
    const next = buffer.indexOf(delimiter, contentStart);
    if (next === -1) break;
    const headersEnd = buffer.indexOf('\r\n\r\n', contentStart);
    if (headersEnd === -1 || headersEnd > next || headersEnd - contentStart > multipartLimits.headerBytes) {
      throw new DecodeError('part without proper headers', { offset: contentStart });
    }
    const content = buffer
      .subarray(headersEnd + 4, next)
      .toString('latin1')
      .replace(/\r\n$/, '');
    if (/^(?:\xef\xbb\xbf)?\s*</.test(content)) return Buffer.from(content, 'latin1');
    start = next;
  }
  throw new DecodeError('no XML part in the form upload', { path: 'body' });
}
