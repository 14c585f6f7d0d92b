// The exact media type of a body, checked before anything parses (HTTP-02): a type that one layer reads otherwise than
// another must not slip past validation.
import type { IncomingMessage } from 'node:http';
import { DomainError } from '@gatehouse/core/errors.ts';

/** Whether the message announces a body. */
export function hasBody(message: IncomingMessage): boolean {
  const { headers } = message;
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0';
}

/** @param accepted exact types, lower case, such as `application/json`; `multipart/form-data` also takes a boundary. */
export function requireMediaType(message: IncomingMessage, accepted: readonly string[]): void {
  let seen = 0;
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    if (message.rawHeaders[index]?.toLowerCase() === 'content-type') seen += 1;
  }
  const text = message.headers['content-type'];
  const match =
    seen === 1 && text !== undefined
      ? /^([a-z0-9.+-]+\/[a-z0-9.+-]+)(?:; ?(?:charset="?utf-8"?|boundary=("?)[A-Za-z0-9'()+_,./:=?-]{1,70}\2))?$/i.exec(
          text,
        )
      : null;
  const type = match?.[1]?.toLowerCase();
  if (type === undefined || !accepted.includes(type)) {
    throw new DomainError(
      'unsupported-media-type',
      `The body must be ${accepted.join(' or ')}, named once in Content-Type`,
    );
  }
}
