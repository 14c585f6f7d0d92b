import { type Static, Type } from 'typebox';
import { closed, Id, Time } from './values.ts';

const TimeOrNull = Type.Union([Time, Type.Null()]);
const TextOrNull = Type.Union([Type.String(), Type.Null()]);

export const SignalStream = Type.Object(
  {
    id: Id,
    description: Type.String(),
    method: Type.Enum(['push', 'poll']),
    endpoint: Type.Union([Type.String(), Type.Null()], { description: 'Where events are pushed to.' }),
    events: Type.Array(Type.String(), { description: 'The event types that the receiver is told of.' }),
    status: Type.Enum(['enabled', 'paused', 'disabled']),
    statusReason: TextOrNull,
    statusBy: Type.Enum(['receiver', 'transmitter', 'administrator']),
    subjectsLocked: Type.Boolean({ description: 'The receiver cannot take devices out of its stream.' }),
    createdBy: Type.String(),
    createdAt: Time,
    lastContactAt: TimeOrNull,
    failingSince: TimeOrNull,
    lastFailure: TextOrNull,
    waiting: Type.Integer({ description: 'Events that the receiver has not taken yet.' }),
    parked: Type.Integer({ description: 'Events that the receiver refused.' }),
    oldestWaiting: TimeOrNull,
  },
  closed,
);
export type SignalStream = Static<typeof SignalStream>;

export const SignalStreamChange = Type.Object(
  {
    status: Type.Optional(Type.Enum(['enabled', 'paused', 'disabled'])),
    subjectsLocked: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type SignalStreamChange = Static<typeof SignalStreamChange>;

export const ParkedSignal = Type.Object(
  {
    id: Id,
    eventType: Type.String(),
    deviceId: Type.Union([Id, Type.Null()]),
    problem: Type.String(),
    issuedAt: Time,
  },
  closed,
);
export type ParkedSignal = Static<typeof ParkedSignal>;

export const RetriedSignals = Type.Object({ retried: Type.Integer() }, closed);
