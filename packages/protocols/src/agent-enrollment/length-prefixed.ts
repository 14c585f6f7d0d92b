/**
 * The canonical encoding under every hash and MAC of the handshake: each field is preceded by its length as four bytes, most
 * significant first. Two different lists of fields therefore never give the same bytes.
 */

export type Field = Uint8Array | string | number | readonly Uint8Array[];

/** Text is UTF-8, a number 8 bytes, a list its own length-prefixed encoding. */
export function lengthPrefixed(...fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of fields) {
    const content = toBytes(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    parts.push(length, content);
  }
  return new Uint8Array(Buffer.concat(parts));
}

function toBytes(field: Field): Uint8Array {
  if (typeof field === 'string') return Buffer.from(field, 'utf8');
  if (typeof field === 'number') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(field));
    return bytes;
  }
  return field instanceof Uint8Array ? field : lengthPrefixed(...field);
}
