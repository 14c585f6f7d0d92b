// The small values that many resources share.
import { Type } from 'typebox';

export const Id = Type.String({ format: 'uuid' });
/** RFC 3339, UTC. */
export const Time = Type.String({ format: 'date-time' });
export const Email = Type.String({ format: 'email', minLength: 3, maxLength: 254 });

/** A part of a fleet, in one call. */
export const ManyDevices = Type.Array(Id, { minItems: 1, maxItems: 1_000, uniqueItems: true });

/** One line of text for people: no control characters. */
export const Line = (maxLength: number, minLength = 1) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });

/**
 * A sentence of the server’s own: it is told in the language that the request asks for (`Accept-Language`), whatever it is stored in.
 * Texts of devices and of other servers that stand in its place are told as they are.
 */
export const Told = (description?: string) =>
  Type.String({ 'x-told': true, ...(description === undefined ? {} : { description }) });

/** Why a version was made. */
export const VersionReason = Type.String({
  maxLength: 500,
  pattern: '^[^\\u0000-\\u001f\\u007f]*$',
  description: 'Why the change is made; kept with the version.',
});

/** Who made a version, when and why. */
export const Authorship = {
  createdBy: Type.String(),
  author: Type.Union([Type.String(), Type.Null()], {
    description:
      'How the administrator is called; null: no administrator made it, or there is no such one any more.',
  }),
  reason: Type.String(),
  createdAt: Time,
};

/** A closed object: unknown members are refused. */
export const closed = { additionalProperties: false } as const;

/** What whoever saves a change says about what it will do. */
export const BindingQuery = {
  simulationId: Type.Optional(
    Type.String({
      format: 'uuid',
      description: 'Save only if the change does what this simulation said; else 409.',
    }),
  ),
  bound: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
      description: 'By how many devices each number may differ from the simulation.',
    }),
  ),
  confirmed: Type.Optional(
    Type.Boolean({ description: 'Save without a simulation although many devices would be shut out.' }),
  ),
};
