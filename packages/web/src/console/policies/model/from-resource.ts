/** The fields of a kind of resource. */
import type { ResourceKinds } from '@gatehouse/contracts/admin/resources.ts';
import { type Field, humanized, type Node, type TextForm } from './field.ts';

type Described = ResourceKinds['kinds'][number]['fields'][number];

/** What a kind's texts say in the reader's language; absent: the server's own English. */
export interface ResourceWords {
  readonly title?: string;
  readonly help?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export function fieldsOfKind(
  fields: readonly Described[],
  groupOf: (name: string) => string,
  wordsOf: (name: string) => ResourceWords = () => ({}),
): readonly Field[] {
  return fields.map((field) => {
    const {
      title = humanized(field.name),
      help = withoutCitation(field.description),
      labels,
    } = wordsOf(field.name);
    return {
      name: field.name,
      title,
      help,
      words: `${field.name} ${field.description}`,
      group: groupOf(field.name),
      node: nodeOf(field.shape, labels),
      required: field.required,
      secret: field.secret,
      variables: field.variables,
      ...(field.default === undefined ? {} : { default: field.default }),
      ...(field.when === undefined ? {} : { when: field.when }),
    };
  });
}

/** Rows of the catalogue cite the inventory at their ends. */
export const withoutCitation = (text: string): string =>
  text.replace(/\s*\((?:[A-Z]{3}-\d+(?:, | … )?)+\)(?=[.;]|$)/g, '');

function nodeOf(shape: Described['shape'], labels?: Readonly<Record<string, string>>): Node {
  const number = (name: string) => Number(shape[name]);
  switch (shape['type']) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'integer':
      return { kind: 'integer', minimum: number('minimum'), maximum: number('maximum') };
    case 'choice':
      return {
        kind: 'choice',
        choices: shape['choices'] as readonly string[],
        ...(labels === undefined ? {} : { labels }),
      };
    case 'text':
      return {
        kind: 'text',
        maximumLength: number('maximumLength'),
        form: (shape['form'] ?? 'line') as TextForm,
      };
    case 'data':
      return { kind: 'file', maximumBytes: number('maximumBytes'), wrapped: false };
    case 'reference':
      return { kind: 'reference', kinds: shape['kinds'] as readonly string[] };
    case 'list':
      return {
        kind: 'list',
        of: nodeOf(shape['of'] as Described['shape'], labels),
        maximum: number('maximum'),
      };
    // A shape that this page does not know yet is written as what it is.
    default:
      return {
        kind: 'json',
        ...(shape['maximumBytes'] === undefined ? {} : { maximumBytes: number('maximumBytes') }),
      };
  }
}
