/** All code pages, looked up in both directions: name to tag when writing, tag to name when reading. */
import type { WbxmlTag } from '../../wbxml/index.ts';
import { isAtLeast, type ProtocolVersion } from '../versions.ts';
import type { CodePage, TokenRow } from './code-page.ts';
import * as tokens from './tokens.ts';

export const codePages: readonly CodePage[] = Object.values<CodePage>(tokens).toSorted(
  (first, second) => first.page - second.page,
);

export interface NamedTag {
  readonly tag: WbxmlTag;
  readonly namespace: string;
  readonly name: string;
  readonly row: TokenRow;
}

const byTag: ReadonlyMap<WbxmlTag, NamedTag> = new Map(
  codePages.flatMap(({ page, namespace, rows }) =>
    Object.entries(rows).map(([name, row]): [WbxmlTag, NamedTag] => {
      const tag = page * 256 + row[0];
      return [tag, { tag, namespace, name, row }];
    }),
  ),
);

const byName: ReadonlyMap<string, WbxmlTag> = new Map(
  [...byTag.values()].map(({ tag, namespace, name }) => [`${namespace}:${name}`, tag]),
);

export function findTag(tag: WbxmlTag): NamedTag | undefined {
  return byTag.get(tag);
}

/** `Provision:PolicyKey`, for a tag of any page. */
export function nameOfTag(tag: WbxmlTag): string | undefined {
  const found = byTag.get(tag);
  return found === undefined ? undefined : `${found.namespace}:${found.name}`;
}

/** The other direction of `nameOfTag`. */
export function tagOfName(name: string): WbxmlTag | undefined {
  return byName.get(name);
}

export function existsIn(row: TokenRow, version: ProtocolVersion): boolean {
  const [, since, until] = row;
  if (since === 'legacy') return version === '2.5';
  return isAtLeast(version, since) && (until === undefined || isAtLeast(until, version));
}
