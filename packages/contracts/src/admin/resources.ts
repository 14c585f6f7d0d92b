import { resourceKinds } from '@gatehouse/core/resources/catalogue.ts';
import { type Static, Type } from 'typebox';
import { Authorship, closed, Id, Line, Time, VersionReason } from './values.ts';

export const ResourceKindName = Type.Enum([...resourceKinds]);

/** By the kind's own table (`GET /resource-kinds`); the use-case says what is wrong with each. */
const Fields = (description: string) =>
  Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { description });

export const Resource = Type.Object(
  {
    id: Id,
    kind: ResourceKindName,
    name: Line(100),
    description: Type.String(),
    version: Type.Integer(),
    fields: Fields('Without secrets.'),
    secrets: Type.Array(Type.String(), {
      description: 'Secret fields that have a value; the values are never shown.',
    }),
    variables: Type.Array(Type.String(), {
      description: 'What must be known of a device and its user before it can have this.',
    }),
    createdAt: Time,
    updatedAt: Time,
  },
  closed,
);

export type Resource = Static<typeof Resource>;

export const NewResource = Type.Object(
  {
    kind: ResourceKindName,
    name: Line(100),
    description: Type.Optional(Line(1_000, 0)),
    fields: Fields('Fields of the kind, secret ones among them.'),
  },
  closed,
);

export const ResourceChanges = Type.Object(
  {
    name: Type.Optional(Line(100)),
    description: Type.Optional(Line(1_000, 0)),
    fields: Type.Optional(Fields('All fields of the kind.')),
    reason: Type.Optional(VersionReason),
    expectedVersion: Type.Optional(
      Type.Integer({ description: 'The version that was read; if another is in force, 409.' }),
    ),
  },
  { ...closed, minProperties: 1 },
);

export const ResourceVersion = Type.Object(
  {
    version: Type.Integer(),
    fields: Fields('Without secrets.'),
    changedSecrets: Type.Array(Type.String()),
    ...Authorship,
  },
  closed,
);

export type ResourceVersion = Static<typeof ResourceVersion>;

const Described = { name: Type.String(), description: Type.String() };

export const ResourceKinds = Type.Object(
  {
    kinds: Type.Array(
      Type.Object(
        {
          kind: ResourceKindName,
          title: Type.String(),
          description: Type.String(),
          note: Type.Optional(Type.String()),
          fields: Type.Array(
            Type.Object(
              {
                ...Described,
                shape: Type.Record(Type.String(), Type.Unknown()),
                required: Type.Boolean(),
                secret: Type.Boolean(),
                variables: Type.Boolean(),
                default: Type.Optional(Type.Union([Type.Boolean(), Type.Number(), Type.String()])),
                when: Type.Optional(
                  Type.Object(
                    {
                      field: Type.String(),
                      is: Type.Array(Type.Union([Type.String(), Type.Boolean()])),
                    },
                    closed,
                  ),
                ),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    variables: Type.Array(Type.Object(Described, closed)),
  },
  closed,
);
export type ResourceKinds = Static<typeof ResourceKinds>;
