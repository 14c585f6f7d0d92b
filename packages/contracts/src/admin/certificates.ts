import { type Static, Type } from 'typebox';
import { closed, Id, Time } from './values.ts';

export const Serial = Type.String({
  pattern: '^[0-9a-f]{16,40}$',
  description: 'Serial number, lower-case hexadecimal.',
});

const orNull = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);

export const Certificate = Type.Object(
  {
    serial: Serial,
    deviceId: orNull(Id),
    authorityId: Id,
    state: Type.Enum(['valid', 'expired', 'revoked']),
    fingerprint: Type.String({ description: 'SHA-256 of the certificate, hexadecimal.' }),
    notBefore: Time,
    notAfter: Time,
    firstUsedAt: orNull(Time),
    revokedAt: orNull(Time),
    revocationReason: Type.Union([Type.String(), Type.Null()]),
    pem: Type.String(),
  },
  closed,
);
export type Certificate = Static<typeof Certificate>;

export const certificateFilter = { deviceId: Type.Optional(Id) };
export interface CertificateFilter {
  readonly deviceId?: string;
}

export const Revocation = Type.Object(
  {
    reason: Type.Enum([
      'unspecified',
      'key-compromise',
      'affiliation-changed',
      'cessation-of-operation',
      'privilege-withdrawn',
    ]),
  },
  closed,
);

export const Authority = Type.Object(
  {
    id: Id,
    kind: Type.Enum(['device-root', 'device-issuing', 'scep']),
    state: Type.Enum(['active', 'retiring', 'retired'], {
      description: 'retiring: signs no more; what it signed is still valid.',
    }),
    subject: Type.String(),
    fingerprint: Type.String(),
    notBefore: Time,
    notAfter: Time,
    pem: Type.String(),
  },
  closed,
);
export type Authority = Static<typeof Authority>;

export const AuthorityList = Type.Object({ items: Type.Array(Authority) }, closed);
