/** `application/vnd.ms-sync.multipart` (MS-ASCMD section 2.2.2.9.1): a count, then where each part lies, then the parts. */
import { DecodeError } from '../decode-error.ts';

export const multipartContentType = 'application/vnd.ms-sync.multipart';

const mostParts = 1000;

/** The first part is the WBXML answer; the others are what it refers to by number. All numbers are little-endian. */
export function readMultipart(bytes: Uint8Array): Uint8Array[] {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.length < 4) throw refuse('the number of parts is missing', 0, 'truncated');
  const count = view.readUInt32LE(0);
  if (count === 0 || count > mostParts) throw refuse(`${count} parts`, 0, 'too-large');
  const head = 4 + count * 8;
  if (view.length < head) throw refuse('the table of parts is cut', view.length, 'truncated');
  let before = head;
  return Array.from({ length: count }, (_, index) => {
    const place = 4 + index * 8;
    const from = view.readUInt32LE(place);
    const to = from + view.readUInt32LE(place + 4);
    // In order and not over each other, so that the parts are never more than the bytes that came.
    if (from < before || to > view.length) throw refuse(`part ${index} lies elsewhere`, place, 'bad-value');
    before = to;
    return bytes.subarray(from, to);
  });
}

export function writeMultipart(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 0 || parts.length > mostParts) throw new RangeError(`${parts.length} parts`);
  const head = Buffer.alloc(4 + parts.length * 8);
  head.writeUInt32LE(parts.length, 0);
  let from = head.length;
  for (const [index, part] of parts.entries()) {
    head.writeUInt32LE(from, 4 + index * 8);
    head.writeUInt32LE(part.length, 8 + index * 8);
    from += part.length;
  }
  return Buffer.concat([head, ...parts]);
}

function refuse(message: string, offset: number, reason: string): DecodeError {
  return new DecodeError(message, { offset, path: 'multipart', reason });
}
