// The small values that many resources share.
import { Type } from 'typebox';

export const Id = Type.String({ format: 'uuid' });
/** RFC 3339, UTC. */
export const Time = Type.String({ format: 'date-time' });
export const Email = Type.String({ format: 'email', minLength: 3, maxLength: 254 });

/** One line of text for people: no control characters. */
export const Line = (maxLength: number, minLength = 1) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });

/** A closed object: unknown members are refused. */
export const closed = { additionalProperties: false } as const;
