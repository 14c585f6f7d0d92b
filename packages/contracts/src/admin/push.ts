import { type Static, Type } from 'typebox';
import { closed, Line, Time, Told } from './values.ts';

const orNull = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);
const Pem = (maxLength: number) => Type.String({ minLength: 1, maxLength, description: 'PEM text.' });

export const PushCertificate = Type.Object(
  {
    topic: Type.String({ description: 'What devices are bound to at their enrolment.' }),
    account: orNull(
      Type.String({ description: 'The Apple account under which it was made and must be renewed.' }),
    ),
    fingerprint: Type.String({ description: 'SHA-256 of the certificate, hexadecimal.' }),
    notBefore: Time,
    notAfter: Time,
    daysLeft: Type.Integer(),
    pem: Type.String(),
  },
  closed,
);

export const PushStatus = Type.Object(
  {
    state: Type.Enum(['missing', 'valid', 'expiring', 'expired']),
    certificate: Type.Union([PushCertificate, Type.Null()]),
    request: Type.Union([
      Type.Object(
        {
          csr: Type.String({ description: 'PEM of the certificate request that waits for its certificate.' }),
          signed: orNull(Type.String({ description: 'The file for identity.apple.com/pushcert.' })),
          createdAt: Time,
        },
        closed,
      ),
      Type.Null(),
    ]),
    problems: Type.Array(Type.Object({ kind: Type.String(), detail: Told(), since: Time }, closed)),
    enrolled: Type.Array(Type.Object({ topic: Type.String(), channels: Type.Integer() }, closed), {
      description: 'How many channels of devices are bound to which topic.',
    }),
  },
  closed,
);
export type PushStatus = Static<typeof PushStatus>;

export const PushRequest = Type.Object(
  {
    anew: Type.Optional(
      Type.Boolean({ description: 'Drop the request that waits, with its key, and make another.' }),
    ),
  },
  closed,
);

export const PushRequestAnswer = Type.Object({ csr: Type.String() }, closed);

export const SignedPushRequest = Type.Object(
  {
    signed: Type.String({
      minLength: 1,
      maxLength: 131_072,
      description: 'As the vendor gave it, base64 or plist.',
    }),
  },
  closed,
);

export const PushCertificateUpload = Type.Object(
  {
    certificate: Pem(65_536),
    key: Type.Optional(Pem(16_384)),
    keyPassphrase: Type.Optional(Type.String({ maxLength: 1_024 })),
    account: Type.Optional(Line(254)),
    confirmTopic: Type.Optional(
      Type.String({
        maxLength: 400,
        description:
          'The topic of the new certificate, typed out: enrolled devices that are bound to another are lost and must be enrolled again.',
      }),
    ),
  },
  closed,
);
export type PushCertificateUpload = Static<typeof PushCertificateUpload>;
