// Cursors of lists: where a page ended, signed and bound to the list, its filter and the organization, so that one made up,
// changed, or carried to another list is refused (HTTP-07).
import { createHmac, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { CursorCoder, Position } from '../../kernel/http/route.ts';

const macBytes = 16;

export function createCursorCoder(key: Buffer, binding: readonly unknown[]): CursorCoder {
  const mac = (payload: Buffer) =>
    createHmac('sha256', key)
      .update('gh-cursor-1')
      .update(JSON.stringify(binding))
      .update(payload)
      .digest()
      .subarray(0, macBytes);
  return {
    encode(position) {
      const payload = Buffer.from(JSON.stringify(position));
      return Buffer.concat([mac(payload), payload]).toString('base64url');
    },
    decode(cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      const payload = bytes.subarray(macBytes);
      if (bytes.length <= macBytes || !timingSafeEqual(bytes.subarray(0, macBytes), mac(payload))) {
        throw new DomainError('invalid-input', 'The cursor does not belong to this list', {
          reason: 'bad-cursor',
        });
      }
      return JSON.parse(payload.toString()) as Position;
    },
  };
}
