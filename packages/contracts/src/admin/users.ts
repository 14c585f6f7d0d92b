import { type Static, Type } from 'typebox';
import { Expression, Standing } from './searches.ts';
import { Language } from './terms.ts';
import { closed, Email, Id, Line, Time, Told } from './values.ts';

/** The name at the network and in directories: what a network access controller asks by. */
const UserName = Type.String({ minLength: 1, maxLength: 254, pattern: '^[^\\u0000-\\u0020\\u007f]+$' });
const State = Type.Enum(['active', 'disabled']);

export const User = Type.Object(
  {
    id: Id,
    email: Type.String(),
    userName: Type.String(),
    displayName: Type.String(),
    employeeId: Type.Union([Type.String(), Type.Null()]),
    language: Type.Union([Type.String(), Type.Null()]),
    state: State,
    createdAt: Time,
  },
  closed,
);
export type User = Static<typeof User>;

export const ListedUser = Type.Object(
  {
    ...User.properties,
    devices: Type.Integer({ description: 'Without those that have left.' }),
    worst: Type.Union([Standing, Type.Null()], { description: 'How the worst of them stands.' }),
    groups: Type.Array(Type.String()),
  },
  closed,
);
export type ListedUser = Static<typeof ListedUser>;

export const NewUser = Type.Object(
  {
    email: Email,
    /** Default: what stands before the @ (ENR-14). */
    userName: Type.Optional(UserName),
    displayName: Type.Optional(Line(200, 0)),
    employeeId: Type.Optional(Line(100)),
    language: Type.Optional(
      Type.Union([Language], { description: 'In which the person is written to; default English.' }),
    ),
  },
  closed,
);
export type NewUser = Static<typeof NewUser>;

export const UserChanges = Type.Object(
  {
    email: Type.Optional(Email),
    userName: Type.Optional(UserName),
    displayName: Type.Optional(Line(200, 0)),
    employeeId: Type.Optional(Type.Union([Line(100), Type.Null()])),
    language: Type.Optional(Type.Union([Language, Type.Null()])),
    state: Type.Optional(State),
  },
  closed,
);
export type UserChanges = Static<typeof UserChanges>;

export const PasswordLink = Type.Object(
  {
    url: Type.String({ description: 'Where the user chooses a password. Works once; shown this once.' }),
    expiresAt: Time,
  },
  closed,
);
export type PasswordLink = Static<typeof PasswordLink>;

/** One line of an import. The first line of a file is its header, so data begins with line 2. */
export const ImportReport = Type.Object(
  {
    lines: Type.Array(
      Type.Object(
        {
          line: Type.Integer(),
          outcome: Type.Enum(['created', 'updated', 'unchanged', 'failed']),
          reason: Type.Optional(Told()),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ImportReport = Static<typeof ImportReport>;

export const Group = Type.Object(
  {
    id: Id,
    name: Type.String(),
    description: Type.String(),
    /** null: people choose the members. */
    expression: Type.Union([Type.String(), Type.Null()]),
    createdAt: Time,
  },
  closed,
);
export type Group = Static<typeof Group>;

export const ListedGroup = Type.Object(
  {
    ...Group.properties,
    users: Type.Integer(),
    devices: Type.Union([Type.Integer(), Type.Null()], {
      description: 'That the expression of a smart group finds.',
    }),
  },
  closed,
);
export type ListedGroup = Static<typeof ListedGroup>;

export const NewGroup = Type.Object(
  {
    name: Line(200),
    description: Type.Optional(Line(500, 0)),
    /** Makes it a smart group: its members are the devices of which this holds. */
    expression: Type.Optional(Expression),
  },
  closed,
);
export type NewGroup = Static<typeof NewGroup>;

export const GroupChanges = Type.Object(
  {
    name: Type.Optional(Line(200)),
    description: Type.Optional(Line(500, 0)),
    /** Only of a smart group. */
    expression: Type.Optional(Expression),
  },
  closed,
);
export type GroupChanges = Static<typeof GroupChanges>;
