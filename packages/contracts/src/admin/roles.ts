import { permissions } from '@gatehouse/core/permissions/catalogue.ts';
import { Type, type Static } from 'typebox';
import { closed, Id, Line } from './values.ts';

const Permissions = Type.Array(Type.Enum([...permissions]), {
  maxItems: permissions.length,
  uniqueItems: true,
});

export const Role = Type.Object(
  {
    reference: Type.String({ description: 'What accounts and tokens refer to.' }),
    id: Type.Optional(Id),
    name: Type.String(),
    description: Type.String(),
    builtIn: Type.Boolean(),
    permissions: Type.Array(Type.String()),
  },
  closed,
);
export type Role = Static<typeof Role>;

export const NewRole = Type.Object(
  { name: Line(100), description: Type.Optional(Line(500, 0)), permissions: Permissions },
  closed,
);
export type NewRole = Static<typeof NewRole>;

export const RoleChanges = Type.Object(
  {
    name: Type.Optional(Line(100)),
    description: Type.Optional(Line(500, 0)),
    permissions: Type.Optional(Permissions),
  },
  { ...closed, minProperties: 1 },
);
export type RoleChanges = Static<typeof RoleChanges>;

export const PermissionEntry = Type.Object({ name: Type.String(), description: Type.String() }, closed);
