import { alertKinds, alertSeverities } from '@gatehouse/core/alerts/alert-kind.ts';
import { type Static, Type } from 'typebox';
import { closed, Id, Time } from './values.ts';

export const Alert = Type.Object(
  {
    id: Id,
    kind: Type.Enum([...alertKinds]),
    severity: Type.Enum([...alertSeverities]),
    summary: Type.String({ description: 'In the language that the request asks for.' }),
    subject: Type.Union([Type.Object({ kind: Type.String(), id: Id }, closed), Type.Null()]),
    detail: Type.Record(Type.String(), Type.Unknown()),
    occurrences: Type.Integer({ description: 'How often it happened while nobody had acknowledged it.' }),
    createdAt: Time,
    lastAt: Time,
    acknowledgedAt: Type.Union([Time, Type.Null()]),
    acknowledgedBy: Type.Union([Type.String(), Type.Null()]),
  },
  closed,
);
export type Alert = Static<typeof Alert>;
