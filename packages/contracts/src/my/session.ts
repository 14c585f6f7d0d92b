// Signing in to the portal, and what belongs to the person's own account there.
import { type Static, Type } from 'typebox';
import { Slug } from '../admin/organizations.ts';
import { TokenId } from '../admin/tokens.ts';
import { closed, Line, Time } from '../admin/values.ts';

const Password = Type.String({ minLength: 1, maxLength: 256 });

export const MySignIn = Type.Object(
  {
    organization: Type.Optional(
      Type.Union([Slug], { description: 'Absent: found by the domain of the e-mail address.' }),
    ),
    name: Type.Union([Line(254)], { description: 'E-mail address or user name.' }),
    password: Password,
  },
  closed,
);
export type MySignIn = Static<typeof MySignIn>;

export const MySession = Type.Object(
  {
    csrfToken: Type.String({
      description: 'Goes into Gatehouse-Csrf with every request that changes something.',
    }),
    expiresAt: Time,
    provedUntil: Type.Union([Time, Type.Null()], {
      description: 'Until then the password counts as shown for what asks for it again.',
    }),
  },
  closed,
);
export type MySession = Static<typeof MySession>;

export const MyProof = Type.Object({ password: Password }, closed);
export type MyProof = Static<typeof MyProof>;

export const MyPasswordChange = Type.Object({ current: Password, password: Password }, closed);
export type MyPasswordChange = Static<typeof MyPasswordChange>;

export const MySessionEntry = Type.Object(
  {
    id: TokenId,
    current: Type.Boolean(),
    browser: Type.Union([Type.String(), Type.Null()], { description: 'What the browser said it is.' }),
    createdAt: Time,
    seenAt: Time,
    expiresAt: Time,
  },
  closed,
);
export type MySessionEntry = Static<typeof MySessionEntry>;

const orNull = Type.Union([Type.String(), Type.Null()]);

export const MyDetails = Type.Object(
  {
    displayName: Type.String(),
    userName: Type.String(),
    domain: Type.String({ description: 'Of the e-mail address.' }),
    email: Type.String(),
    employeeId: orNull,
    language: orNull,
    organization: Type.Object({ slug: Type.String(), name: Type.String() }, closed),
    support: Type.Object({ text: orNull, email: orNull, phone: orNull }, closed),
    mayEnrol: Type.Array(Type.String(), {
      description: 'Platforms of which one may enrol devices by oneself.',
    }),
    passwordLength: Type.Integer({ description: 'Fewest characters of a new password.' }),
  },
  closed,
);
export type MyDetails = Static<typeof MyDetails>;
