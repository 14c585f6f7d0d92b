// Failures as RFC 9457 problem details.
import { Type, type Static } from 'typebox';

export const Problem = Type.Object(
  {
    type: Type.String({ description: 'A URI reference that names the kind of problem.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'A sentence for people.' }),
    code: Type.String({ description: 'For programs: one word per HTTP status and cause.' }),
    reason: Type.Optional(Type.String({ description: 'For programs: a more specific word.' })),
    requestId: Type.String({ description: 'The log and the audit record carry the same id.' }),
    context: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'Which fields, which limit.' }),
    ),
  },
  { $id: 'Problem' },
);
export type Problem = Static<typeof Problem>;

export const problemMediaType = 'application/problem+json';
