// A type of Apple's schema as people read it: where it may be used, and its keys as an indented table.
import {
  needsInWords,
  type Platform,
  platforms,
  type SchemaKey,
  type SchemaType,
  type Support,
  supportOf,
} from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';

export function describeType(type: SchemaType): string {
  const support = supportOf(type).platforms;
  return [
    `${type.name}  (${type.family}, schema ${type.release}, ${type.file})`,
    ...platforms.flatMap((platform) => {
      const on = support[platform];
      if (on === undefined) return [];
      const until = on.removed === undefined ? '' : `, gone in ${on.removed}`;
      const deprecated = on.deprecated === undefined ? '' : `, deprecated in ${on.deprecated}`;
      const needs = on.needs.length === 0 ? '' : `; needs ${on.needs.join(', ')}`;
      return [`  ${platform} from ${on.since}${deprecated}${until}${needs}`];
    }),
    ...(type.apply === undefined ? [] : [`  several configurations: ${type.apply}`]),
    ...section('keys', type.keys),
    ...section('answer', type.answer ?? []),
    ...(type.reasons === undefined ? [] : ['', 'reasons', ...type.reasons.map(({ value }) => `  ${value}`)]),
  ].join('\n');
}

function section(title: string, keys: readonly SchemaKey[]): string[] {
  if (keys.length === 0) return [];
  const rows = keys.flatMap((key) => rowsOf(key, '  '));
  const width = Math.min(48, Math.max(...rows.map(({ name }) => name.length)));
  const types = Math.max(...rows.map(({ type }) => type.length));
  return [
    '',
    title,
    ...rows.map(({ name, type, rest }) => `${name.padEnd(width)}  ${type.padEnd(types)}  ${rest}`.trimEnd()),
  ];
}

interface Row {
  readonly name: string;
  readonly type: string;
  readonly rest: string;
}

function rowsOf(key: SchemaKey, indent: string): Row[] {
  return [
    {
      name: `${indent}${key.wildcard ? `(any: ${key.name})` : key.name}`,
      type: `${key.type}${key.required ? ', required' : ''}`,
      rest: detailsOf(key).join('; '),
    },
    ...(key.keys ?? []).flatMap((below) => rowsOf(below, `${indent}  `)),
  ];
}

function detailsOf(key: SchemaKey): string[] {
  const { min, max, repetition } = key;
  return [
    ...(min === undefined && max === undefined ? [] : [`${min ?? ''}…${max ?? ''}`]),
    ...(key.values === undefined ? [] : [key.values.map((value) => JSON.stringify(value)).join(' | ')]),
    ...(key.default === undefined ? [] : [`default ${JSON.stringify(key.default)}`]),
    ...(key.subtype === undefined ? [] : [key.subtype]),
    ...(key.format === undefined ? [] : [`form ${key.format}`]),
    ...(repetition === undefined ? [] : [`${repetition.min ?? 0} to ${repetition.max ?? 'any'} times`]),
    ...(key.combine === undefined ? [] : [`combined by ${key.combine}`]),
    ...(key.assetTypes === undefined ? [] : [`refers to ${key.assetTypes.join(', ')}`]),
    ...(key.assetContentTypes === undefined ? [] : [`content ${key.assetContentTypes.join(', ')}`]),
    ...(key.like === undefined ? [] : [`holds the same as ${key.like.join('/')}`]),
    ...(key.release === undefined ? [] : [`until schema ${key.release}`]),
    ...platforms.flatMap((platform) => supportDetails(platform, key.os?.[platform])),
  ];
}

function supportDetails(platform: Platform, support: Support | undefined): string[] {
  if (support === undefined) return [];
  if (support.introduced === 'n/a') return [`not ${platform}`];
  const said = [
    ...(support.introduced === undefined ? [] : [`from ${support.introduced}`]),
    ...(support.deprecated === undefined ? [] : [`deprecated in ${support.deprecated}`]),
    ...(support.removed === undefined || support.removed === '0' ? [] : [`gone in ${support.removed}`]),
    ...needsInWords(support).map((need) => `needs ${need}`),
    ...(support.userEnrollment?.mode === 'ignored' ? ['no effect in user enrolment'] : []),
    ...(support.userEnrollment?.mode === 'required' ? ['only in user enrolment'] : []),
    ...(support.sharedIPad?.mode === 'ignored' ? ['no effect on Shared iPad'] : []),
  ];
  return said.length === 0 ? [] : [`${platform} ${said.join(', ')}`];
}
