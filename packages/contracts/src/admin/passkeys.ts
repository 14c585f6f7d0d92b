// Passkeys of administrators (WebAuthn level 3). What the browser's dialog takes and gives, reduced to what is used.
import { type Static, Type } from 'typebox';
import { closed, Id, Line, Time } from './values.ts';

const Base64Url = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[A-Za-z0-9_-]+$' });
const Transports = Type.Array(Type.String({ maxLength: 32, pattern: '^[a-z-]+$' }), { maxItems: 8 });
/** At most 1,023 bytes (WebAuthn level 3 section 5.8.3). */
const CredentialId = Base64Url(1_364);
const ClientData = Base64Url(4_096);

const KnownCredential = Type.Object({ id: CredentialId, transports: Transports }, closed);

export const Passkey = Type.Object(
  {
    id: Id,
    name: Type.String(),
    backedUp: Type.Boolean({
      description: 'Kept by a service that brings it to other devices of its owner.',
    }),
    createdAt: Time,
    lastUsedAt: Type.Optional(Time),
  },
  closed,
);
export type Passkey = Static<typeof Passkey>;

/** What a browser needs to make one: `PublicKeyCredentialCreationOptions`. */
export const PasskeyOffer = Type.Object(
  {
    challenge: Type.String(),
    site: Type.Object({ id: Type.String(), name: Type.String() }, closed),
    user: Type.Object({ id: Type.String(), name: Type.String(), displayName: Type.String() }, closed),
    algorithms: Type.Array(Type.Integer(), { description: 'COSE numbers, the preferred one first.' }),
    exclude: Type.Array(KnownCredential),
  },
  closed,
);
export type PasskeyOffer = Static<typeof PasskeyOffer>;

export const NewPasskey = Type.Object(
  {
    name: Line(100),
    credential: CredentialId,
    clientData: ClientData,
    attestation: Base64Url(16_384),
    transports: Type.Optional(Transports),
  },
  closed,
);
export type NewPasskey = Static<typeof NewPasskey>;

export const PasskeyChanges = Type.Object({ name: Line(100) }, closed);

/** What a browser needs to use one: `PublicKeyCredentialRequestOptions`. */
export const PasskeyChallenge = Type.Object(
  {
    challenge: Type.String(),
    siteId: Type.String(),
    allow: Type.Array(KnownCredential, { description: 'Empty: whichever the browser has for this site.' }),
  },
  closed,
);
export type PasskeyChallenge = Static<typeof PasskeyChallenge>;

export const FactorChallenge = Type.Object(
  {
    ...PasskeyChallenge.properties,
    factors: Type.Array(Type.Enum(['passkey', 'totp']), { description: 'Which of them the account has.' }),
  },
  closed,
);
export type FactorChallenge = Static<typeof FactorChallenge>;

export const PasskeyAnswer = Type.Object(
  {
    credential: CredentialId,
    clientData: ClientData,
    authenticatorData: Base64Url(4_096),
    signature: Base64Url(8_192),
    userHandle: Type.Optional(Base64Url(88)),
  },
  closed,
);
export type PasskeyAnswer = Static<typeof PasskeyAnswer>;

export const FactorProof = Type.Object(
  {
    code: Type.Optional(
      Type.String({ pattern: '^[0-9]{6}$', description: 'Of the authenticator application.' }),
    ),
    passkey: Type.Optional(PasskeyAnswer),
  },
  { ...closed, minProperties: 1, maxProperties: 1 },
);
export type FactorProof = Static<typeof FactorProof>;
