import { Type, type Static } from 'typebox';
import { RoleReference } from './administrators.ts';
import { closed, Id, Line, Time } from './values.ts';

/** The public part of a token, the third field of its text. */
export const TokenId = Type.String({ pattern: '^[0-9a-z]{10}$' });

export const ApiToken = Type.Object(
  {
    id: TokenId,
    name: Type.String(),
    role: RoleReference,
    administratorId: Type.Optional(Id),
    createdAt: Time,
    expiresAt: Time,
    lastUsedAt: Type.Optional(Time),
    revokedAt: Type.Optional(Time),
  },
  closed,
);
export type ApiToken = Static<typeof ApiToken>;

export const NewApiToken = Type.Object(
  {
    role: RoleReference,
    name: Type.Optional(Line(200, 0)),
    expiresInSeconds: Type.Integer({ minimum: 60, maximum: 366 * 86_400 }),
  },
  closed,
);
export type NewApiToken = Static<typeof NewApiToken>;

export const CreatedApiToken = Type.Object(
  { ...ApiToken.properties, token: Type.String({ description: 'Shown once.' }) },
  closed,
);
export type CreatedApiToken = Static<typeof CreatedApiToken>;
