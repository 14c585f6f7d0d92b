import { commandNames } from '@gatehouse/core/commands/catalogue.ts';
import { commandStates } from '@gatehouse/core/commands/state-machine.ts';
import { Type } from 'typebox';
import { closed, Id, Line, Time } from './values.ts';

const Maybe = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

export const Command = Type.Object(
  {
    id: Id,
    deviceId: Id,
    name: Type.Enum([...commandNames]),
    params: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Without those that are sealed, such as a PIN.',
    }),
    state: Type.Enum([...commandStates]),
    reason: Maybe(Type.String({ description: 'Why it failed, expired or was cancelled.' })),
    result: Maybe(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'What the device answered; where it is only for those who may know.',
      }),
    ),
    requestedBy: Type.String(),
    createdAt: Time,
    deliveredAt: Maybe(Time),
    finishedAt: Maybe(Time),
    expiresAt: Time,
  },
  closed,
);

export const NewCommand = Type.Object(
  {
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
  },
  closed,
);

export const CommandCancellation = Type.Object({ reason: Type.Optional(Line(500)) }, closed);
