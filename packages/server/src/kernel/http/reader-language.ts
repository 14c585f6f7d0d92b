// In which language an answer is read, and the sentences of the server in it told so: a schema marks them (`Told` of the contracts), so
// that no use-case has to think of it.
import { type Language, languageFor, preferredLanguages } from '@gatehouse/core/languages.ts';
import { inLanguage } from '@gatehouse/core/sentences/sentence.ts';

interface Asked {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export function languageOf({ headers }: Asked): Language {
  const wish = headers['accept-language'];
  return languageFor(...preferredLanguages(typeof wish === 'string' ? wish : undefined));
}

type Retell = (value: unknown, language: Language) => unknown;

interface Schema {
  readonly 'x-told'?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** @returns undefined when nothing that the schema describes is such a sentence. */
export function retelling(schema: unknown): Retell | undefined {
  const { 'x-told': isTold, properties, items, anyOf } = schema as Schema;
  if (isTold === true)
    return (value, language) => (typeof value === 'string' ? inLanguage(value, language) : value);
  if (properties !== undefined) return retellingOfMembers(properties);
  if (items !== undefined) {
    const each = retelling(items);
    return (
      each &&
      ((value, language) => (Array.isArray(value) ? value.map((item) => each(item, language)) : value))
    );
  }
  const ways = (anyOf ?? []).flatMap((each) => retelling(each) ?? []);
  if (ways.length === 0) return undefined;
  // Of several shapes the value has one, and the others find nothing in it to tell.
  return (value, language) => ways.reduce((told, way) => way(told, language), value);
}

function retellingOfMembers(properties: Readonly<Record<string, Schema>>): Retell | undefined {
  const members = Object.entries(properties).flatMap(([name, schema]) => {
    const retell = retelling(schema);
    return retell === undefined ? [] : [{ name, retell }];
  });
  if (members.length === 0) return undefined;
  return (value, language) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const told: Record<string, unknown> = { ...value };
    for (const { name, retell } of members) {
      if (Object.hasOwn(told, name)) told[name] = retell(told[name], language);
    }
    return told;
  };
}
