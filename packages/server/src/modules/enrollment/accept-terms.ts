// Which terms somebody has to agree to on the way in, and the record that they did: version, language, hash of the text,
// time, user and enrolment (ENR-04). Agreeing to a version says nothing about the next one.
import { createHash } from 'node:crypto';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import {
  insertAcceptance,
  selectAccepted,
  selectPublished,
  type TermsKind,
  type TermsRow,
} from './terms-queries.ts';

export interface ShownTerms {
  readonly id: string;
  readonly kind: TermsKind;
  readonly version: number;
  readonly language: string;
  readonly title: string;
  readonly text: string;
}

const order: readonly TermsKind[] = ['acceptable-use', 'licence'];

/** What applies and has not been agreed to with this enrolment, in the wished language as far as there is one. */
export async function outstandingTerms(
  tx: TenantTx,
  enrollmentId: string,
  language: string,
): Promise<TermsRow[]> {
  const rows = await selectPublished(tx);
  if (rows.length === 0) return [];
  const accepted = await selectAccepted(tx, enrollmentId);
  return order.flatMap((kind) => {
    const ofKind = rows.filter((row) => row.kind === kind);
    // Agreed to in one language is agreed to: changing the language must not bring the question back.
    if (ofKind.some((row) => accepted.has(row.terms_id))) return [];
    const row =
      ofKind.find((each) => each.language === language) ??
      ofKind.find((each) => each.language.split('-')[0] === language.split('-')[0]) ??
      ofKind.find((each) => each.language === 'en') ??
      ofKind[0];
    return row ? [row] : [];
  });
}

export const shownTerms = (row: TermsRow): ShownTerms => ({
  id: row.terms_id,
  kind: row.kind,
  version: row.version,
  language: row.language,
  title: row.title,
  text: row.body,
});

export async function recordAcceptance(
  tx: TenantTx,
  row: TermsRow,
  by: { readonly userId: string; readonly enrollmentId: string; readonly now: number },
): Promise<void> {
  await insertAcceptance(tx, {
    acceptanceId: newId(by.now),
    terms: row,
    textHash: createHash('sha256').update(`${row.title}\n${row.body}`).digest(),
    userId: by.userId,
    enrollmentId: by.enrollmentId,
    acceptedAt: new Date(by.now),
  });
}
