/** The catalogue of settings as fields, in the reader's language; words of the other language are searched as well. */
import type { PolicySetting } from '@gatehouse/contracts/admin/policy-catalogue.ts';
import type { Language } from '../../../language/texts.ts';
import type { Field, Node } from './field.ts';

export function fieldsOfSettings(settings: readonly PolicySetting[], language: Language): readonly Field[] {
  return settings.map((setting) => {
    const own = setting.words[language];
    const others = Object.values(setting.words).map(({ title, help, words }) => `${title} ${help} ${words}`);
    return {
      name: setting.name,
      title: own.title,
      help: own.help,
      words: others.join(' '),
      group: setting.area,
      node: nodeOf(setting),
      required: true,
      secret: false,
      variables: false,
      merge: setting.merge,
      support: setting.support,
      ...(setting.default === null ? {} : { default: setting.default }),
    };
  });
}

function nodeOf({ shape, unit }: PolicySetting): Node {
  switch (shape.type) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'integer':
      return {
        kind: 'integer',
        minimum: shape.minimum,
        maximum: shape.maximum,
        ...(unit === null ? {} : { unit }),
      };
    case 'version':
      return { kind: 'text', form: 'version', maximumLength: 79 };
    case 'text':
      return { kind: 'text', form: 'line', maximumLength: shape.maximumLength };
    default:
      return shape satisfies never;
  }
}
