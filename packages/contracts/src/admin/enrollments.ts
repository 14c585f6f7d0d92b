import { ownerships, platforms } from '@gatehouse/core/devices/device.ts';
import { type Static, Type } from 'typebox';
import { closed, Email, Id, Time } from './values.ts';

export const enrollmentStates = ['open', 'used', 'completed', 'cancelled', 'expired'] as const;

export const NewEnrollment = Type.Object(
  {
    user: Type.Optional(
      Type.Union([Id, Email], {
        description:
          'Whose device it will be: id or e-mail address. Only a corporate device can be staged without a user, who is set later.',
      }),
    ),
    platform: Type.Enum([...platforms]),
    ownership: Type.Optional(
      Type.Enum([...ownerships], {
        description: 'Default unspecified. To say corporate, one must be allowed to declare ownership.',
      }),
    ),
    expiresInHours: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 336,
        description: 'Default: the organization’s setting, 72 hours unless changed.',
      }),
    ),
    replacesDeviceId: Type.Optional(
      Type.Union([Id], {
        description:
          'The same machine again: it keeps its id. The device must be of the same user and not blocked; its present certificates end.',
      }),
    ),
  },
  closed,
);
export type NewEnrollment = Static<typeof NewEnrollment>;

export const IssuedEnrollment = Type.Object(
  {
    id: Id,
    url: Type.String({
      description:
        'Where the device enrols: for the agent, or the page where the platform has no agent. The code is not part of it.',
    }),
    page: Type.String({ description: 'The enrolment page for people.' }),
    oneTimePassword: Type.String({ description: 'Shown this once and stored nowhere.' }),
    expiresAt: Time,
  },
  closed,
);
export type IssuedEnrollment = Static<typeof IssuedEnrollment>;

const orNull = <T extends ReturnType<typeof Type.String>>(schema: T) => Type.Union([schema, Type.Null()]);

export const Enrollment = Type.Object(
  {
    id: Id,
    userId: orNull(Id),
    email: Type.Union([Type.String(), Type.Null()], {
      description: 'Whose device it will be; null for nobody’s, and for who may not see users.',
    }),
    platform: Type.String(),
    ownership: Type.Enum([...ownerships]),
    state: Type.Enum([...enrollmentStates], {
      description:
        'used: a certificate was issued, the first check-in is awaited. completed: the device is registered.',
    }),
    deviceId: Type.Union([Id, Type.Null()], {
      description: 'The device that enrolled with it, or that it is to replace.',
    }),
    createdBy: Type.String(),
    createdAt: Time,
    expiresAt: Time,
    usedAt: orNull(Time),
  },
  closed,
);
export type Enrollment = Static<typeof Enrollment>;

export const enrollmentFilter = {
  userId: Type.Optional(Id),
  state: Type.Optional(Type.Enum([...enrollmentStates])),
};
export interface EnrollmentFilter {
  readonly userId?: string;
  readonly state?: (typeof enrollmentStates)[number];
}
