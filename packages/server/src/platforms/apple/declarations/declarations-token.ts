// Names a set of declarations: changes when any of them comes, goes or changes, and with nothing else. No clock, no order.
import { createHash } from 'node:crypto';
import { compareText } from '@gatehouse/core/text-order.ts';
import type { DeclarationRow } from './queries.ts';

/** Section 9.3 of the protocol. 43 characters of the 256 octets that it may have. */
export function declarationsToken(declarations: readonly DeclarationRow[]): string {
  const hash = createHash('sha256');
  for (const { kind, identifier, token } of inOrder(declarations)) {
    // Separators that stand in none of the three, so that no two sets can look alike.
    hash.update(`${kind}\0${identifier}\0${token}\0\0`);
  }
  return hash.digest('base64url');
}

export function inOrder(declarations: readonly DeclarationRow[]): readonly DeclarationRow[] {
  return declarations.toSorted(
    (a, b) =>
      compareText(a.kind, b.kind) || compareText(a.identifier, b.identifier) || compareText(a.token, b.token),
  );
}
