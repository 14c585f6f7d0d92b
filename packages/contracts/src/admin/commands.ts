import { commandNames } from '@gatehouse/core/commands/catalogue.ts';
import { commandStates } from '@gatehouse/core/commands/state-machine.ts';
import { factSources } from '@gatehouse/core/facts/types.ts';
import { type Static, type TSchema, Type } from 'typebox';
import { closed, Id, Line, Time, Told } from './values.ts';

const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const Command = Type.Object(
  {
    id: Id,
    deviceId: Id,
    channel: Type.String({ description: 'Empty: the device itself. Else one of its users.' }),
    origin: Type.Enum(['administrator', 'system']),
    name: Type.Enum([...commandNames]),
    params: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Without those that are sealed, such as a PIN.',
    }),
    state: Type.Enum([...commandStates]),
    reason: Maybe(Told('Why it failed, expired or was cancelled.')),
    result: Maybe(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'What the device answered; where it is only for those who may know.',
      }),
    ),
    errors: Maybe(
      Type.Array(Type.Record(Type.String(), Type.Unknown()), {
        description: 'What went wrong in the platform’s own words, outermost first.',
      }),
    ),
    requestedBy: Type.String(),
    createdAt: Time,
    deliveredAt: Maybe(Time),
    deferredAt: Maybe(
      Type.String({ format: 'date-time', description: 'When the device last said: not now.' }),
    ),
    finishedAt: Maybe(Time),
    expiresAt: Time,
  },
  closed,
);

export type Command = Static<typeof Command>;

const order = {
  name: Type.Enum([...commandNames]),
  params: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), Type.Unknown(), { maxProperties: 16 })),
  reason: Type.Optional(Line(500)),
  expiresInSeconds: Type.Optional(
    Type.Integer({
      minimum: 60,
      maximum: 30 * 86_400,
      description: 'Never longer than the command allows.',
    }),
  ),
};

export const NewCommand = Type.Object(
  {
    ...order,
    channel: Type.Optional(
      Type.String({ maxLength: 256, description: 'One of the device’s users, by the id he has on it.' }),
    ),
  },
  closed,
);

export const NewCommands = Type.Object(
  { deviceIds: Type.Array(Id, { minItems: 1, maxItems: 1_000 }), ...order },
  closed,
);

export type NewCommand = Static<typeof NewCommand>;
export type NewCommands = Static<typeof NewCommands>;

/** One item for each device, in the order in which they were named. */
export const QueuedCommands = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          deviceId: Id,
          command: Maybe(Command),
          refusal: Maybe(
            Type.Object(
              {
                code: Type.String(),
                reason: Maybe(Type.String()),
                message: Told(),
                approvalId: Maybe(
                  Type.String({ format: 'uuid', description: 'The request under which it may happen yet.' }),
                ),
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
);

export type QueuedCommands = Static<typeof QueuedCommands>;

export const CommandCancellation = Type.Object({ reason: Type.Optional(Line(500)) }, closed);

export const LocationLook = Type.Object(
  {
    reason: Type.Optional(Line(500)),
    trail: Type.Optional(Type.Boolean({ description: 'Where it was before, too.' })),
  },
  closed,
);

export const LocationPlaces = Type.Object(
  {
    places: Type.Array(
      Type.Object(
        {
          latitude: Type.Number({ description: 'Degrees northwards (WGS 84).' }),
          longitude: Type.Number({ description: 'Degrees eastwards.' }),
          accuracyMeters: Maybe(Type.Number()),
          observedAt: Time,
          source: Type.Enum(['command', ...factSources]),
        },
        closed,
      ),
      { description: 'Newest first; none when nobody knows.' },
    ),
  },
  closed,
);

export type LocationPlaces = Static<typeof LocationPlaces>;

export const AvailableCommands = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          name: Type.Enum([...commandNames]),
          title: Told(),
          destructive: Type.Boolean(),
          endsManagement: Type.Boolean(),
          expiresAfterSeconds: Type.Number({ description: 'How long it waits for the device at most.' }),
          available: Type.Boolean(),
          reason: Maybe(Type.String({ description: 'Why not, as a word for programs.' })),
          message: Maybe(Told('Why not, as a sentence.')),
          needsApproval: Type.Boolean({
            description: 'It can be ordered, and waits until a second person approves.',
          }),
          waitingCommandId: Maybe(
            Type.String({ format: 'uuid', description: 'One of the same kind that is under way already.' }),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type AvailableCommands = Static<typeof AvailableCommands>;

export const CommandPreviewQuestion = Type.Object(
  {
    deviceIds: Type.Array(Id, { minItems: 1, maxItems: 1_000 }),
    name: Type.Enum([...commandNames]),
  },
  closed,
);

export const CommandPreview = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          deviceId: Id,
          deviceName: Type.String(),
          available: Type.Boolean(),
          reason: Maybe(Type.String()),
          message: Maybe(Told('Why not, as a sentence.')),
          needsApproval: Type.Boolean(),
          waiting: Type.Boolean({ description: 'One of the same kind is under way already.' }),
        },
        closed,
      ),
      { description: 'Of the devices that there are, in the order in which they were named.' },
    ),
  },
  closed,
);
export type CommandPreview = Static<typeof CommandPreview>;
