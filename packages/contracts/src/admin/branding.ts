// How an organization looks to its people: logo, colour, name, words of its own.
import { languages } from '@gatehouse/core/languages.ts';
import { type Static, Type } from 'typebox';
import { closed, Line, Time } from './values.ts';

const Accent = Type.String({ pattern: '^#[0-9a-f]{6}$', description: '#rrggbb, lower case.' });

/** A few sentences; line breaks are kept, and it is never markup. */
const Words = Type.String({
  minLength: 1,
  maxLength: 1_000,
  pattern: '^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f]*$',
});

const BrandTexts = Type.Object(
  {
    enrolment: Type.Optional(Words),
    portal: Type.Optional(Words),
    mail: Type.Optional(Words),
  },
  { ...closed, description: 'At the top of the enrolment page and the portal, and at the end of letters.' },
);

const textsByLanguage = Object.fromEntries(
  languages.map((language) => [language, Type.Optional(BrandTexts)]),
) as Record<(typeof languages)[number], ReturnType<typeof Type.Optional<typeof BrandTexts>>>;
const Texts = Type.Object(textsByLanguage, closed);

const Logo = Type.Object(
  {
    href: Type.String({
      description: 'Below the public address; it names the content, so it never changes.',
    }),
    width: Type.Integer(),
    height: Type.Integer(),
  },
  closed,
);

export const Branding = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'Absent: the organization’s own name.' })),
    accent: Type.Optional(Accent),
    logo: Type.Optional(Logo),
    texts: Texts,
    updatedAt: Type.Optional(Time),
    updatedBy: Type.Optional(Type.String()),
  },
  closed,
);
export type Branding = Static<typeof Branding>;

export const BrandingChanges = Type.Object(
  {
    name: Type.Optional(Type.Union([Line(100), Type.Null()])),
    accent: Type.Optional(
      Type.Union([Accent, Type.Null()], {
        description: 'Must stand out from white by 4.5 to 1; else 422 with the nearest shade.',
      }),
    ),
    texts: Type.Optional(Texts),
  },
  { ...closed, minProperties: 1 },
);
export type BrandingChanges = Static<typeof BrandingChanges>;

/** What everybody may see who knows the address. */
export const PublicBranding = Type.Object(
  {
    name: Type.String(),
    accent: Type.Optional(Accent),
    logo: Type.Optional(Logo),
    texts: Texts,
    support: Type.Optional(
      Type.Object(
        {
          text: Type.Optional(Type.String()),
          email: Type.Optional(Type.String()),
          phone: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type PublicBranding = Static<typeof PublicBranding>;
