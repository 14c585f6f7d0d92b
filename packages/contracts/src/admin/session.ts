import { languages } from '@gatehouse/core/languages.ts';
import { Type, type Static } from 'typebox';
import { Password } from './administrators.ts';
import { Slug } from './organizations.ts';
import { TokenId } from './tokens.ts';
import { closed, Line, Time } from './values.ts';

const Code = Type.String({ pattern: '^[0-9]{6}$', description: 'Of the authenticator application.' });

export const SignIn = Type.Object(
  { organization: Slug, email: Line(254), password: Password, code: Type.Optional(Code) },
  closed,
);
export type SignIn = Static<typeof SignIn>;

export const SignedIn = Type.Object(
  {
    csrfToken: Type.String({
      description: 'Goes into Gatehouse-Csrf with every request that changes something.',
    }),
    expiresAt: Time,
    secondFactor: Type.Enum(['used', 'not-required', 'to-be-enrolled'], {
      description: 'With to-be-enrolled nothing is permitted but enrolling one.',
    }),
  },
  closed,
);
export type SignedIn = Static<typeof SignedIn>;

export const Session = Type.Object(
  {
    id: TokenId,
    current: Type.Boolean(),
    factors: Type.Array(Type.String()),
    createdAt: Time,
    seenAt: Time,
    expiresAt: Time,
  },
  closed,
);
export type Session = Static<typeof Session>;

export const Me = Type.Object(
  {
    kind: Type.Enum(['administrator', 'token', 'local']),
    id: Type.String(),
    label: Type.String(),
    role: Type.String(),
    permissions: Type.Array(Type.String()),
    organizationId: Type.Optional(Type.String()),
    language: Type.Optional(
      Type.Union([Type.Enum([...languages]), Type.Null()], {
        description: 'In which mails to an administrator are written; null: not chosen.',
      }),
    ),
  },
  closed,
);
export type Me = Static<typeof Me>;

export const MeChanges = Type.Object(
  { language: Type.Union([Type.Enum([...languages]), Type.Null()]) },
  closed,
);
export type MeChanges = Static<typeof MeChanges>;

export const SecondFactorStart = Type.Object({ code: Type.Optional(Code) }, closed);
export const SecondFactorOffer = Type.Object(
  {
    secret: Type.String({ description: 'Base32, to be typed.' }),
    uri: Type.String({ description: 'otpauth: address.' }),
  },
  closed,
);
export const SecondFactorConfirmation = Type.Object({ code: Code }, closed);
export const PasswordChange = Type.Object({ current: Password, password: Password }, closed);
export type PasswordChange = Static<typeof PasswordChange>;

export const SetupBegin = Type.Object({ token: Line(100) }, closed);
export const SetupOffer = Type.Object(
  {
    organization: Type.Object({ slug: Type.String(), name: Type.String() }, closed),
    email: Type.String(),
    minimumLength: Type.Integer(),
    secondFactor: Type.Enum(['none', 'existing', 'new', 'optional']),
    secret: Type.Optional(Type.String()),
    uri: Type.Optional(Type.String()),
    qr: Type.Optional(
      Type.Object(
        { path: Type.String(), side: Type.Integer() },
        {
          ...closed,
          description: 'The address as a QR code: an SVG path over so many units in each direction.',
        },
      ),
    ),
  },
  closed,
);
export type SetupOffer = Static<typeof SetupOffer>;
export const SetupCompletion = Type.Object(
  { token: Line(100), password: Password, code: Type.Optional(Code) },
  closed,
);
export type SetupCompletion = Static<typeof SetupCompletion>;
