/** The whole catalogue from one or more releases of the schema, the newer laid over the older, and its text. */
import {
  families,
  type FamilyData,
  type SchemaKey,
  type SchemaType,
} from '@gatehouse/protocols/apple-mdm/catalogue/schema.ts';
import { convertFile } from './convert.ts';
import type { SchemaFile } from './schema-files.ts';

export interface Release {
  readonly name: string;
  readonly files: readonly SchemaFile[];
}

export interface Catalogue {
  readonly families: readonly FamilyData[];
  readonly inexpressible: readonly string[];
}

/** @param releases oldest first */
export function catalogueOf(releases: readonly Release[]): Catalogue {
  const byFile = new Map<string, SchemaType>();
  const inexpressible: string[] = [];
  for (const release of releases) {
    for (const file of release.files) {
      const converted = convertFile(file, release.name);
      inexpressible.push(...converted.inexpressible.map((what) => `${release.name} ${what}`));
      const older = byFile.get(file.path);
      byFile.set(file.path, older === undefined ? converted.type : layOver(converted.type, older));
    }
  }
  const types = [...byFile.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    families: families.map((family) => ({
      family,
      releases: releases.map(({ name }) => name),
      types: uniqueNames(types.filter((type) => type.family === family)),
    })),
    inexpressible,
  };
}

/** The newer schema tells all about what it names; what it names no longer stays, with the release that knew it. */
function layOver(newer: SchemaType, older: SchemaType): SchemaType {
  const answer = newer.answer ?? older.answer;
  return {
    ...older,
    ...newer,
    keys: withOlderKeys(newer.keys, older.keys, older.release),
    ...(answer === undefined ? {} : { answer: withOlderKeys(answer, older.answer ?? [], older.release) }),
  };
}

function withOlderKeys(
  newer: readonly SchemaKey[],
  older: readonly SchemaKey[],
  release: string,
): SchemaKey[] {
  const known = new Map(older.map((key) => [key.name, key]));
  const kept = newer.map((key) => {
    const before = known.get(key.name);
    known.delete(key.name);
    if (before?.keys === undefined || key.like !== undefined) return key;
    return { ...key, keys: withOlderKeys(key.keys ?? [], before.keys, release) };
  });
  return [...kept, ...[...known.values()].map((key) => ({ ...key, release }))];
}

function uniqueNames(types: readonly SchemaType[]): readonly SchemaType[] {
  const twice = types.find((type, index) => types[index + 1]?.name === type.name);
  if (twice !== undefined) throw new Error(`two files of ${twice.family} are called ${twice.name}`);
  return types;
}

/** One line per key of the first level: compact, and a change shows where it is. */
export function renderFamily({ family, releases, types }: FamilyData): string {
  const rendered = types.map(({ keys, answer, ...head }) => {
    const lists = [
      `"keys":${renderKeys(keys)}`,
      ...(answer === undefined ? [] : [`"answer":${renderKeys(answer)}`]),
    ];
    return `${JSON.stringify(head).slice(0, -1)},\n${lists.join(',\n')}}`;
  });
  return [
    '{',
    `"source":"github.com/apple/device-management, MIT licence, see LICENSE.txt beside this file",`,
    `"family":${JSON.stringify(family)},`,
    `"releases":${JSON.stringify(releases)},`,
    `"types":[`,
    rendered.join(',\n'),
    ']}',
    '',
  ].join('\n');
}

const renderKeys = (keys: readonly SchemaKey[]): string =>
  keys.length === 0 ? '[]' : `[\n${keys.map((key) => JSON.stringify(key)).join(',\n')}]`;
