// What may be set, as data: from it editors, completions and documents are made.
import { platforms } from '@gatehouse/core/devices/device.ts';
import { languages, type Language } from '@gatehouse/core/languages.ts';
import { settingNames } from '@gatehouse/core/settings/catalogue.ts';
import { supportKinds } from '@gatehouse/core/settings/support.ts';
import { type Static, type TObject, Type } from 'typebox';
import { closed } from './values.ts';

const Words = Type.Object(
  {
    title: Type.String(),
    help: Type.String(),
    words: Type.String({ description: 'Other words that people look for, with spaces between.' }),
  },
  closed,
);

export const SettingShape = Type.Union([
  Type.Object({ type: Type.Literal('boolean') }, closed),
  Type.Object({ type: Type.Literal('integer'), minimum: Type.Integer(), maximum: Type.Integer() }, closed),
  Type.Object({ type: Type.Literal('version') }, closed),
  Type.Object({ type: Type.Literal('text'), maximumLength: Type.Integer() }, closed),
]);

export const PolicySetting = Type.Object(
  {
    name: Type.Enum([...settingNames]),
    area: Type.String({ description: 'The part of the name before the first dot.' }),
    shape: SettingShape,
    unit: Type.Union([Type.String(), Type.Null()]),
    default: Type.Union([Type.Boolean(), Type.Number(), Type.String(), Type.Null()], {
      description: 'What holds when no policy states it; null: nothing is demanded.',
    }),
    merge: Type.Enum(['most-secure', 'first'], {
      description:
        'Which of several policies wins: the strictest value, or the policy nearest to the device.',
    }),
    aggregation: Type.Enum(['or', 'maximum', 'minimum', 'maximum-version', 'first']),
    words: Type.Object(
      Object.fromEntries(languages.map((language) => [language, Words])) as Record<Language, typeof Words>,
      closed,
    ),
    support: Type.Array(
      Type.Object(
        {
          platform: Type.Enum([...platforms]),
          how: Type.Enum([...supportKinds]),
          key: Type.Optional(Type.String({ description: 'The platform’s own word for it.' })),
          since: Type.Optional(Type.String()),
          deprecated: Type.Optional(Type.String()),
          supervised: Type.Optional(Type.Literal(true)),
        },
        closed,
      ),
      { description: 'Platforms that are missing take no notice of it.' },
    ),
  },
  closed,
);
export type PolicySetting = Static<typeof PolicySetting>;

export const PolicySettingCatalogue = Type.Object({ settings: Type.Array(PolicySetting) }, closed);
export type PolicySettingCatalogue = Static<typeof PolicySettingCatalogue>;

const PlatformSupport = Type.Object(
  {
    platform: Type.Enum(['iOS', 'macOS', 'tvOS', 'visionOS', 'watchOS']),
    since: Type.String(),
    deprecated: Type.Optional(Type.String()),
    removed: Type.Optional(Type.String()),
    supervised: Type.Optional(Type.Literal(true)),
    noUserEnrolment: Type.Optional(Type.Literal(true)),
  },
  closed,
);
export type ApplePlatformSupport = Static<typeof PlatformSupport>;

const Form = Type.Enum(['payload', 'declaration'], {
  description: 'A payload of a configuration profile, or a configuration of declarative management.',
});

export const ApplePayloads = Type.Object(
  {
    payloads: Type.Array(
      Type.Object(
        {
          type: Type.String(),
          form: Form,
          title: Type.Object({ en: Type.String(), de: Type.String() }, closed),
          support: Type.Array(PlatformSupport),
          keys: Type.Array(Type.String(), { description: 'The path of every key, dots between its parts.' }),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type ApplePayloads = Static<typeof ApplePayloads>;

const keyMembers = {
  name: Type.String(),
  type: Type.Enum(['string', 'boolean', 'integer', 'real', 'date', 'data', 'array', 'dictionary', 'any']),
  required: Type.Optional(Type.Literal(true)),
  secret: Type.Optional(
    Type.Literal(true, { description: 'Belongs into the part that is never shown again.' }),
  ),
  wildcard: Type.Optional(
    Type.Literal(true, { description: 'Stands for any key without a row of its own.' }),
  ),
  minimum: Type.Optional(Type.Number()),
  maximum: Type.Optional(Type.Number()),
  values: Type.Optional(Type.Array(Type.Union([Type.String(), Type.Number(), Type.Boolean()]))),
  default: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  pattern: Type.Optional(Type.String()),
  subtype: Type.Optional(Type.Enum(['url', 'hostname', 'email'])),
  support: Type.Optional(
    Type.Array(PlatformSupport, { description: 'Where it differs from what is around it.' }),
  ),
};

/** As deep as the schema goes; `like` names the path of keys that repeat without end. */
const AppleKey = Type.Cyclic(
  {
    AppleKey: Type.Object(
      {
        ...keyMembers,
        keys: Type.Optional(Type.Array(Type.Ref('AppleKey'))),
        like: Type.Optional(Type.Array(Type.String())),
      },
      closed,
    ),
  },
  'AppleKey',
);

export interface AppleKey extends Static<TObject<typeof keyMembers>> {
  readonly keys?: readonly AppleKey[];
  readonly like?: readonly string[];
}

export const ApplePayload = Type.Object(
  {
    type: Type.String(),
    form: Form,
    title: Type.Object({ en: Type.String(), de: Type.String() }, closed),
    support: Type.Array(PlatformSupport),
    several: Type.Boolean({ description: 'Several of them may be installed at a time.' }),
    keys: Type.Array(AppleKey),
  },
  closed,
);
export interface ApplePayload {
  readonly type: string;
  readonly form: 'payload' | 'declaration';
  readonly title: { readonly en: string; readonly de: string };
  readonly support: readonly ApplePlatformSupport[];
  readonly several: boolean;
  readonly keys: readonly AppleKey[];
}
