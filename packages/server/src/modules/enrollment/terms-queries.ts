// Statements over terms and what people agreed to. `$1` is always the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

export type TermsKind = 'acceptable-use' | 'licence';

export interface TermsRow {
  readonly terms_id: string;
  readonly kind: TermsKind;
  readonly language: string;
  readonly version: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'draft' | 'published' | 'withdrawn';
  readonly created_by: string;
  readonly created_at: Date;
  readonly published_at: Date | null;
}

const lockVersions = sql(
  'terms-lock-versions',
  `select pg_advisory_xact_lock(hashtextextended('terms ' || $1::text || $2 || $3, 0))`,
);
const insert = sql(
  'terms-insert',
  `insert into terms (organization_id, terms_id, kind, language, version, title, body, created_by, created_at)
   select $1, $2, $3, $4, coalesce(max(version), 0) + 1, $5, $6, $7, $8
   from terms where organization_id = $1 and kind = $3 and language = $4
   returning terms_id, kind, language, version, title, body, state, created_by, created_at, published_at`,
);

export async function insertTerms(
  tx: TenantTx,
  row: Pick<TermsRow, 'terms_id' | 'kind' | 'language' | 'title' | 'body' | 'created_by' | 'created_at'>,
): Promise<TermsRow> {
  // Two drafts made at once take turns for their numbers.
  await tx.run(lockVersions, [tx.organizationId, row.kind, row.language]);
  const made = await tx.one<TermsRow>(insert, [
    tx.organizationId,
    row.terms_id,
    row.kind,
    row.language,
    row.title,
    row.body,
    row.created_by,
    row.created_at,
  ]);
  if (!made) throw new Error('an insert returned nothing');
  return made;
}

const lock = sql(
  'terms-lock',
  `select terms_id, kind, language, version, title, body, state, created_by, created_at, published_at
   from terms where organization_id = $1 and terms_id = $2 for update`,
);

export function lockTerms(tx: TenantTx, termsId: string): Promise<TermsRow | undefined> {
  return tx.one(lock, [tx.organizationId, termsId]);
}

const select = sql(
  'terms-select',
  `select terms_id, kind, language, version, title, body, state, created_by, created_at, published_at
   from terms where organization_id = $1 and terms_id = $2`,
);

export function selectTerms(tx: TenantTx, termsId: string): Promise<TermsRow | undefined> {
  return tx.one(select, [tx.organizationId, termsId]);
}

const list = sql(
  'terms-list',
  `select terms_id, kind, language, version, title, body, state, created_by, created_at, published_at
   from terms where organization_id = $1 and terms_id < $2
     and ($3::text is null or kind = $3) and ($4::text is null or state = $4)
   order by terms_id desc limit $5`,
);
const beyondAll = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Newest first: ids grow with time. */
export function listTermsRows(
  tx: TenantTx,
  query: { before: string | null; kind: string | null; state: string | null; limit: number },
): Promise<TermsRow[]> {
  return tx.query(list, [tx.organizationId, query.before ?? beyondAll, query.kind, query.state, query.limit]);
}

const published = sql(
  'terms-published',
  `select terms_id, kind, language, version, title, body, state, created_by, created_at, published_at
   from terms where organization_id = $1 and state = 'published' order by kind, language`,
);

export function selectPublished(tx: TenantTx): Promise<TermsRow[]> {
  return tx.query(published, [tx.organizationId]);
}

const change = sql(
  'terms-change',
  `update terms set title = $3, body = $4 where organization_id = $1 and terms_id = $2
   returning terms_id, kind, language, version, title, body, state, created_by, created_at, published_at`,
);

export async function changeTermsRow(
  tx: TenantTx,
  termsId: string,
  title: string,
  body: string,
): Promise<TermsRow> {
  const row = await tx.one<TermsRow>(change, [tx.organizationId, termsId, title, body]);
  if (!row) throw new Error('an update of a locked row found nothing');
  return row;
}

const withdrawOthers = sql(
  'terms-withdraw-others',
  `update terms set state = 'withdrawn'
   where organization_id = $1 and kind = $2 and language = $3 and state = 'published' and terms_id <> $4`,
);
const setState = sql(
  'terms-set-state',
  `update terms set state = $3, published_at = coalesce(published_at, $4) where organization_id = $1 and terms_id = $2
   returning terms_id, kind, language, version, title, body, state, created_by, created_at, published_at`,
);

/** The version before it ceases to apply in the same step. */
export async function publishRow(tx: TenantTx, row: TermsRow, now: Date): Promise<TermsRow> {
  await tx.run(withdrawOthers, [tx.organizationId, row.kind, row.language, row.terms_id]);
  return (await tx.one<TermsRow>(setState, [tx.organizationId, row.terms_id, 'published', now])) ?? row;
}

export async function withdrawRow(tx: TenantTx, row: TermsRow): Promise<TermsRow> {
  return (await tx.one<TermsRow>(setState, [tx.organizationId, row.terms_id, 'withdrawn', null])) ?? row;
}

const remove = sql(
  'terms-delete',
  `delete from terms where organization_id = $1 and terms_id = $2 and state = 'draft'`,
);

export async function deleteDraft(tx: TenantTx, termsId: string): Promise<void> {
  await tx.run(remove, [tx.organizationId, termsId]);
}

const insertAcceptanceStatement = sql(
  'terms-acceptances-insert',
  `insert into terms_acceptances
     (organization_id, acceptance_id, terms_id, kind, version, language, text_hash, user_id, enrollment_id, accepted_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);

export async function insertAcceptance(
  tx: TenantTx,
  row: {
    acceptanceId: string;
    terms: TermsRow;
    textHash: Buffer;
    userId: string;
    enrollmentId: string;
    acceptedAt: Date;
  },
): Promise<void> {
  await tx.run(insertAcceptanceStatement, [
    tx.organizationId,
    row.acceptanceId,
    row.terms.terms_id,
    row.terms.kind,
    row.terms.version,
    row.terms.language,
    row.textHash,
    row.userId,
    row.enrollmentId,
    row.acceptedAt,
  ]);
}

const acceptedOf = sql(
  'terms-acceptances-of-enrollment',
  `select terms_id from terms_acceptances where organization_id = $1 and enrollment_id = $2`,
);

export async function selectAccepted(tx: TenantTx, enrollmentId: string): Promise<Set<string>> {
  const rows = await tx.query<{ terms_id: string }>(acceptedOf, [tx.organizationId, enrollmentId]);
  return new Set(rows.map((row) => row.terms_id));
}

export interface AcceptanceRow {
  readonly acceptance_id: string;
  readonly terms_id: string;
  readonly kind: TermsKind;
  readonly version: number;
  readonly language: string;
  readonly text_hash: Buffer;
  readonly user_id: string;
  readonly enrollment_id: string;
  readonly device_id: string | null;
  readonly accepted_at: Date;
}

const listAcceptances = sql(
  'terms-acceptances-list',
  `select a.acceptance_id, a.terms_id, a.kind, a.version, a.language, a.text_hash, a.user_id, a.enrollment_id,
     e.device_id, a.accepted_at
   from terms_acceptances a
   left join enrollments e on e.organization_id = a.organization_id and e.enrollment_id = a.enrollment_id
   where a.organization_id = $1 and a.acceptance_id < $2
     and ($3::uuid is null or a.user_id = $3) and ($4::uuid is null or e.device_id = $4)
   order by a.acceptance_id desc limit $5`,
);

export function listAcceptanceRows(
  tx: TenantTx,
  query: { before: string | null; userId: string | null; deviceId: string | null; limit: number },
): Promise<AcceptanceRow[]> {
  return tx.query(listAcceptances, [
    tx.organizationId,
    query.before ?? beyondAll,
    query.userId,
    query.deviceId,
    query.limit,
  ]);
}
