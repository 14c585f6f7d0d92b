/** What one row and one page of the token table say (MS-ASWBXML section 2.1.2). */
import type { WbxmlTag } from '../../wbxml/index.ts';
import type { ProtocolVersion } from '../versions.ts';

/**
 * Token, first version, and last version where it is not the newest. `legacy` tokens are of the 2.x era and only
 * implementations list them.
 */
export type TokenRow = readonly [
  token: number,
  since: ProtocolVersion | 'legacy',
  until?: ProtocolVersion | undefined,
];

export interface CodePage<Name extends string = string> {
  readonly page: number;
  /** The XML namespace, without the colon that some texts add. */
  readonly namespace: string;
  readonly since: ProtocolVersion;
  readonly rows: Readonly<Record<Name, TokenRow>>;
  /** What `element` takes and a decoded tree holds, by the name in the specification. */
  readonly tags: Readonly<Record<Name, WbxmlTag>>;
}

export function codePage<Name extends string>(
  page: number,
  namespace: string,
  since: ProtocolVersion,
  rows: Readonly<Record<Name, TokenRow>>,
): CodePage<Name> {
  const tags = Object.fromEntries(
    Object.entries<TokenRow>(rows).map(([name, [token]]) => [name, page * 256 + token]),
  ) as Record<Name, WbxmlTag>;
  return { page, namespace, since, rows, tags };
}
