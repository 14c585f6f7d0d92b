import { type Static, Type } from 'typebox';
import { closed, Id, Line, Time } from './values.ts';

export const termsKinds = ['acceptable-use', 'licence'] as const;
export type TermsKind = (typeof termsKinds)[number];
export const termsStates = ['draft', 'published', 'withdrawn'] as const;

/** BCP 47, the plain forms: `en`, `de-CH`. */
export const Language = Type.String({ pattern: '^[a-z]{2,3}(-[A-Z]{2})?$', maxLength: 6 });

const Body = Type.String({
  minLength: 1,
  maxLength: 100_000,
  description:
    'Plain text. A line that begins with # is a heading, with - an entry of a list; an empty line ends a paragraph. Nothing else has a meaning.',
});

export const Terms = Type.Object(
  {
    id: Id,
    kind: Type.Enum([...termsKinds]),
    language: Type.String(),
    version: Type.Integer({ description: 'Counts per kind and language.' }),
    title: Type.String(),
    text: Type.String(),
    state: Type.Enum([...termsStates], {
      description:
        'published: this version is shown and must be accepted. withdrawn: kept for those who accepted it.',
    }),
    createdBy: Type.String(),
    createdAt: Time,
    publishedAt: Type.Union([Time, Type.Null()]),
  },
  closed,
);
export type Terms = Static<typeof Terms>;

export const NewTerms = Type.Object(
  {
    kind: Type.Enum([...termsKinds]),
    language: Type.Optional(Type.Union([Language], { description: 'Default en.' })),
    title: Line(200),
    text: Body,
    publish: Type.Optional(Type.Boolean({ description: 'Publish at once; default false.' })),
  },
  closed,
);
export type NewTerms = Static<typeof NewTerms>;

export const TermsChanges = Type.Object(
  { title: Type.Optional(Line(200)), text: Type.Optional(Body) },
  closed,
);
export type TermsChanges = Static<typeof TermsChanges>;

export const termsFilter = {
  kind: Type.Optional(Type.Enum([...termsKinds])),
  state: Type.Optional(Type.Enum([...termsStates])),
};

export const TermsAcceptance = Type.Object(
  {
    id: Id,
    termsId: Id,
    kind: Type.Enum([...termsKinds]),
    version: Type.Integer(),
    language: Type.String(),
    textSha256: Type.String({ description: 'Of title, line feed, text, as they were shown.' }),
    userId: Id,
    enrollmentId: Id,
    deviceId: Type.Union([Id, Type.Null()], { description: 'The device that came of it, if one did.' }),
    acceptedAt: Time,
  },
  closed,
);
export type TermsAcceptance = Static<typeof TermsAcceptance>;

export const acceptanceFilter = { userId: Type.Optional(Id), deviceId: Type.Optional(Id) };
