/**
 * Holds the catalogue to the schema it came from: goes through every file, key and attribute that Apple published and looks
 * each up in the catalogue. It shares the table of attributes with the generator and none of its code.
 */
import { isDeepStrictEqual } from 'node:util';
import { keysBelow } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import type { FamilyData, SchemaKey, SchemaType } from '@gatehouse/protocols/apple-mdm/catalogue/schema.ts';
import {
  type Attribute,
  keyAttributes,
  leftOut,
  nestedSupport,
  payloadAttributes,
  supportAttributes,
} from './attributes.ts';
import type { Release } from './catalogue-of.ts';
import { isMap, listOf, type RawMap } from './schema-files.ts';

export interface Coverage {
  files: number;
  keys: number;
  attributes: number;
  /** Attributes in older releases that a newer one says anew. */
  superseded: number;
  /** By attribute: how often the catalogue leaves it out on purpose. */
  readonly leftOut: Map<string, number>;
  /** What the schema says and the catalogue cannot: attributes that the tool has no place for. */
  readonly inexpressible: string[];
  /** What the catalogue should hold and does not, or holds differently. */
  readonly missing: string[];
}

export function coverageOf(releases: readonly Release[], families: readonly FamilyData[]): Coverage {
  const coverage: Coverage = {
    files: 0,
    keys: 0,
    attributes: 0,
    superseded: 0,
    leftOut: new Map(),
    inexpressible: [],
    missing: [],
  };
  const types = new Map(families.flatMap(({ types: list }) => list).map((type) => [type.file, type]));
  for (const release of releases) {
    for (const { path, document } of release.files) {
      coverage.files += 1;
      const type = types.get(path);
      if (type === undefined) coverage.missing.push(`${path} as a whole`);
      else new FileCoverage(coverage, release.name, path, type, lastWord(releases, path)).check(document);
    }
  }
  return coverage;
}

/** Which release was the last to say a part of a file: a newer one that is silent on it leaves it standing. */
function lastWord(releases: readonly Release[], path: string): (part: string) => string | undefined {
  return (part) =>
    releases.findLast(({ files }) =>
      files.some((file) => file.path === path && file.document[part] !== undefined),
    )?.name;
}

class FileCoverage {
  readonly #coverage: Coverage;
  readonly #release: string;
  readonly #path: string;
  readonly #type: SchemaType;
  readonly #lastWord: (part: string) => string | undefined;

  constructor(
    coverage: Coverage,
    release: string,
    path: string,
    type: SchemaType,
    lastWord: (part: string) => string | undefined,
  ) {
    this.#coverage = coverage;
    this.#release = release;
    this.#path = path;
    this.#type = type;
    this.#lastWord = lastWord;
  }

  check(document: RawMap): void {
    const payload = isMap(document['payload']) ? document['payload'] : {};
    const current = this.#type.release === this.#release;
    this.#attributes(payload, payloadAttributes, ['supportedOS'], this.#type, 'payload', current);
    this.#support(payload['supportedOS'], this.#type.os, 'payload', current);
    this.#attributes(document, {}, documentParts, this.#type, '', current);
    this.#keys(document['payloadkeys'], this.#type.keys, this.#type.keys, '', []);
    this.#keys(document['responsekeys'], this.#type.answer ?? [], this.#type.answer ?? [], 'answer ', []);
    this.#reasons(document['reasons'], this.#lastWord('reasons') === this.#release);
    const related = this.#lastWord('related-status-items') === this.#release;
    this.#related(document['related-status-items'], related);
  }

  #related(raw: unknown, current: boolean): void {
    for (const related of listOf(raw, this.#path)) {
      const names = (related['status-items'] ?? []) as readonly string[];
      this.#attributes(related, {}, ['status-items'], this.#type, 'related-status-items', current);
      for (const name of names) {
        this.#said(this.#type.relatedStatusItems?.includes(name) === true, `related ${name}`, current);
      }
    }
  }

  #keys(
    raw: unknown,
    ours: readonly SchemaKey[] | undefined,
    top: readonly SchemaKey[],
    place: string,
    above: readonly unknown[],
  ): void {
    for (const rawKey of listOf(raw, this.#path)) {
      this.#coverage.keys += 1;
      const name = String(rawKey['key']);
      const at = `${place}/${name}`;
      const key = ours?.find((each) => each.name === name);
      if (key === undefined) {
        this.#coverage.missing.push(`${this.#path} ${at}`);
        continue;
      }
      const current = (key.release ?? this.#type.release) === this.#release;
      this.#attributes(rawKey, keyAttributes, ['range', 'subkeys', 'supportedOS'], key, at, current);
      if (isMap(rawKey['range'])) this.#attributes(rawKey['range'], rangeAttributes, [], key, at, current);
      this.#support(rawKey['supportedOS'], key.os, at, current);
      const below = rawKey['subkeys'];
      if (below === undefined) continue;
      const inner = keysBelow(top, key);
      this.#said(inner !== undefined, `${at} subkeys`, current);
      // a structure that holds itself has been gone through already
      if (!above.includes(below) && below !== raw) this.#keys(below, inner, top, at, [...above, raw]);
    }
  }

  #support(raw: unknown, ours: SchemaType['os'], place: string, current: boolean): void {
    if (!isMap(raw)) return;
    for (const [platform, told] of Object.entries(raw)) {
      const support = (ours as Record<string, unknown> | undefined)?.[platform];
      const at = `${place} ${platform}`;
      this.#said(support !== undefined, at, current);
      const map = isMap(told) ? told : {};
      this.#attributes(map, supportAttributes, Object.keys(nestedSupport), support, at, current);
      for (const [name, { ours: our, attributes }] of Object.entries(nestedSupport)) {
        if (!isMap(map[name])) continue;
        const nested = (support as Record<string, unknown> | undefined)?.[our];
        this.#said(nested !== undefined, `${at} ${name}`, current);
        this.#attributes(map[name], attributes, [], nested, `${at} ${name}`, current);
      }
    }
  }

  #reasons(raw: unknown, current: boolean): void {
    for (const rawReason of listOf(raw, this.#path)) {
      const at = `reason ${String(rawReason['value'])}`;
      const reason = this.#type.reasons?.find(({ value }) => value === rawReason['value']);
      this.#said(reason !== undefined, at, current);
      this.#attributes(rawReason, {}, ['value', 'details'], reason, at, current);
      for (const rawDetail of listOf(rawReason['details'], this.#path)) {
        const detail = reason?.details?.find(({ name }) => name === rawDetail['key']);
        this.#said(detail !== undefined, `${at} ${String(rawDetail['key'])}`, current);
        this.#attributes(rawDetail, detailAttributes, [], detail, at, current);
      }
    }
  }

  #attributes(
    raw: RawMap,
    attributes: Readonly<Record<string, Attribute>>,
    elsewhere: readonly string[],
    ours: unknown,
    place: string,
    current: boolean,
  ): void {
    for (const [name, value] of Object.entries(raw)) {
      if (elsewhere.includes(name)) continue;
      const attribute = attributes[name];
      if (attribute !== undefined) {
        const said = attribute.read((ours as Record<string, unknown> | undefined)?.[attribute.ours]);
        this.#said(isDeepStrictEqual(said, value), `${place} ${name} = ${JSON.stringify(value)}`, current);
      } else if (leftOut[name] === undefined) {
        this.#coverage.inexpressible.push(`${this.#path} ${place}: ${name} = ${JSON.stringify(value)}`);
      } else {
        this.#coverage.leftOut.set(name, (this.#coverage.leftOut.get(name) ?? 0) + 1);
      }
    }
  }

  /** @param current whether this release has the last word on it */
  #said(right: boolean, what: string, current: boolean): void {
    if (!current) this.#coverage.superseded += 1;
    else if (right) this.#coverage.attributes += 1;
    else this.#coverage.missing.push(`${this.#path} ${what}`);
  }
}

const documentParts = ['payload', 'payloadkeys', 'responsekeys', 'reasons', 'related-status-items'];
const plain = (ours: string): Attribute => ({ ours, write: (value) => value, read: (value) => value });
const rangeAttributes = { min: plain('min'), max: plain('max') };
const detailAttributes = {
  key: plain('name'),
  type: { ours: 'type', write: (value: unknown) => value, read: (value: unknown) => `<${String(value)}>` },
};
