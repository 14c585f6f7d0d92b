import { Type } from 'typebox';
import { closed, Time } from './values.ts';

export const JobId = Type.String({ pattern: '^[0-9]{1,19}$' });

export const DeadJob = Type.Object(
  {
    id: JobId,
    kind: Type.String(),
    attempts: Type.Integer(),
    lastError: Type.Optional(Type.String()),
    createdAt: Time,
  },
  closed,
);
