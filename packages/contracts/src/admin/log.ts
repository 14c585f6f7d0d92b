import { type Static, Type } from 'typebox';
import { closed, Time } from './values.ts';

const Level = Type.Enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);

export const LogFilter = {
  level: Type.Optional(Type.Enum(['debug', 'info', 'warn', 'error'], { description: 'And graver.' })),
  requestId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  search: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 200 })),
};

export const LogLines = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          at: Time,
          level: Level,
          message: Type.String(),
          requestId: Type.Optional(Type.String()),
          code: Type.Optional(Type.String()),
          reason: Type.Optional(Type.String()),
          route: Type.Optional(Type.String()),
          error: Type.Optional(Type.String()),
        },
        closed,
      ),
      { description: 'Newest first; of this server, and of its last two thousand lines.' },
    ),
  },
  closed,
);
export type LogLines = Static<typeof LogLines>;
