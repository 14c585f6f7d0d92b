import { alertKinds, alertMailings, alertSeverities } from '@gatehouse/core/alerts/alert-kind.ts';
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

export const AlertMails = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          kind: Type.Enum([...alertKinds]),
          title: Type.String({
            description: 'What the kind tells, in the language that the request asks for.',
          }),
          mail: Type.Enum([...alertMailings], {
            description: 'daily: in one mail each morning, with the others of the day.',
          }),
          fixed: Type.Boolean({ description: 'It goes out at once, and nobody can choose otherwise.' }),
        },
        closed,
      ),
    ),
    canSend: Type.Boolean({ description: 'Whether this server sends mail at all.' }),
  },
  closed,
);
export type AlertMails = Static<typeof AlertMails>;

export const AlertMailChange = Type.Object(
  { kind: Type.Enum([...alertKinds]), mail: Type.Enum([...alertMailings]) },
  closed,
);
export type AlertMailChange = Static<typeof AlertMailChange>;
