import { builtInRoles } from '@gatehouse/core/permissions/roles.ts';
import { Type, type Static } from 'typebox';
import { closed, Email, Id, Line, Time } from './values.ts';

export const RoleReference = Type.String({
  pattern: `^(?:${builtInRoles.join('|')}|custom:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$`,
  description: 'A built-in role, or custom:ID.',
});

export const Administrator = Type.Object(
  {
    id: Id,
    email: Type.String(),
    displayName: Type.String(),
    role: RoleReference,
    state: Type.Enum(['invited', 'active', 'disabled']),
    secondFactor: Type.Boolean(),
    createdAt: Time,
    lastSignInAt: Type.Optional(Time),
  },
  closed,
);
export type Administrator = Static<typeof Administrator>;

export const Password = Type.String({ minLength: 1, maxLength: 1_024 });

export const NewAdministrator = Type.Object(
  {
    email: Email,
    displayName: Type.Optional(Line(200, 0)),
    role: RoleReference,
    password: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1_024,
        description: 'For service accounts. Without it the answer holds a one-time set-up link.',
      }),
    ),
  },
  closed,
);
export type NewAdministrator = Static<typeof NewAdministrator>;

export const CreatedAdministrator = Type.Object(
  {
    ...Administrator.properties,
    setupUrl: Type.Optional(Type.String({ description: 'Shown once.' })),
    setupExpiresAt: Type.Optional(Time),
  },
  closed,
);
export type CreatedAdministrator = Static<typeof CreatedAdministrator>;

export const AdministratorChanges = Type.Object(
  {
    displayName: Type.Optional(Line(200, 0)),
    role: Type.Optional(RoleReference),
    state: Type.Optional(Type.Enum(['active', 'disabled'])),
  },
  { ...closed, minProperties: 1 },
);
export type AdministratorChanges = Static<typeof AdministratorChanges>;

export const SetupLink = Type.Object({ setupUrl: Type.String(), setupExpiresAt: Time }, closed);
export type SetupLink = Static<typeof SetupLink>;
