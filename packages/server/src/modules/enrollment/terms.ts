// An organization's acceptable-use policy and licence (ENR-04): written by administrators, in versions and languages, shown
// on the enrolment page. What was published is never changed, because people have agreed to it; a new version takes its place.
import type { NewTerms, Terms, TermsAcceptance, TermsChanges } from '@gatehouse/contracts/admin/terms.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import {
  changeTermsRow,
  deleteDraft,
  insertTerms,
  listAcceptanceRows,
  listTermsRows,
  lockTerms,
  publishRow,
  selectTerms,
  type TermsRow,
  withdrawRow,
} from './terms-queries.ts';

type TermsDeps = Pick<EnrollmentDeps, 'database' | 'clock' | 'events'>;

const noSuchTerms = () => new DomainError('not-found', 'There are no such terms.');

export async function createTerms(deps: TermsDeps, actor: TenantPrincipal, input: NewTerms): Promise<Terms> {
  requirePermission(actor, 'terms.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const now = new Date(deps.clock.now());
    const row = await insertTerms(tx, {
      terms_id: newId(now.getTime()),
      kind: input.kind,
      language: input.language ?? 'en',
      title: input.title,
      body: input.text,
      created_by: actorReference(actor),
      created_at: now,
    });
    await recordAudit(tx, { actor, action: 'terms.create', ...about(row) });
    return present(input.publish === true ? await publish(tx, deps, actor, row) : row);
  });
}

/** @throws DomainError `not-found`; `conflict` (`published`) for what is no draft. */
export async function changeTerms(
  deps: TermsDeps,
  actor: TenantPrincipal,
  termsId: string,
  changes: TermsChanges,
): Promise<Terms> {
  requirePermission(actor, 'terms.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const before = await lockDraft(tx, termsId);
    const row = await changeTermsRow(tx, termsId, changes.title ?? before.title, changes.text ?? before.body);
    await recordAudit(tx, { actor, action: 'terms.update', ...about(row) });
    return present(row);
  });
}

/** The version before it ceases to apply. Devices that are here stay; whoever comes next agrees to this one. */
export async function publishTerms(deps: TermsDeps, actor: TenantPrincipal, termsId: string): Promise<Terms> {
  requirePermission(actor, 'terms.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) =>
    present(await publish(tx, deps, actor, await lockDraft(tx, termsId))),
  );
}

export async function withdrawTerms(
  deps: TermsDeps,
  actor: TenantPrincipal,
  termsId: string,
): Promise<Terms> {
  requirePermission(actor, 'terms.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await lockTerms(tx, termsId);
    if (!row) throw noSuchTerms();
    if (row.state !== 'published') {
      throw new DomainError('conflict', 'Only published terms can be withdrawn.', {
        reason: 'not-published',
      });
    }
    const withdrawn = await withdrawRow(tx, row);
    await recordAudit(tx, { actor, action: 'terms.withdraw', ...about(row) });
    await deps.events.emit(tx, { name: 'terms.withdrawn', subjectId: termsId, payload: payload(row) });
    return present(withdrawn);
  });
}

export async function deleteTerms(deps: TermsDeps, actor: TenantPrincipal, termsId: string): Promise<void> {
  requirePermission(actor, 'terms.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await lockDraft(tx, termsId);
    await deleteDraft(tx, termsId);
    await recordAudit(tx, { actor, action: 'terms.delete', ...about(row) });
  });
}

export async function readTerms(
  deps: Pick<TermsDeps, 'database'>,
  actor: TenantPrincipal,
  termsId: string,
): Promise<Terms> {
  requirePermission(actor, 'terms.read');
  const row = await deps.database.withTenant(actor.organizationId, (tx) => selectTerms(tx, termsId), {
    readOnly: true,
  });
  if (!row) throw noSuchTerms();
  return present(row);
}

export async function listTerms(
  deps: Pick<TermsDeps, 'database'>,
  actor: TenantPrincipal,
  filter: { kind?: string; state?: string },
  page: PageRequest,
): Promise<PageAnswer<Terms>> {
  requirePermission(actor, 'terms.read');
  const query = { ...position(page), kind: filter.kind ?? null, state: filter.state ?? null };
  const rows = await deps.database.withTenant(actor.organizationId, (tx) => listTermsRows(tx, query), {
    readOnly: true,
  });
  return pageOfRows(rows, page.limit, present, (row) => [row.terms_id]);
}

/** Who agreed to what, newest first. */
export async function listAcceptances(
  deps: Pick<TermsDeps, 'database'>,
  actor: TenantPrincipal,
  filter: { userId?: string; deviceId?: string },
  page: PageRequest,
): Promise<PageAnswer<TermsAcceptance>> {
  requirePermission(actor, 'terms.read');
  const query = { ...position(page), userId: filter.userId ?? null, deviceId: filter.deviceId ?? null };
  const rows = await deps.database.withTenant(actor.organizationId, (tx) => listAcceptanceRows(tx, query), {
    readOnly: true,
  });
  return pageOfRows(
    rows,
    page.limit,
    (row) => ({
      id: row.acceptance_id,
      termsId: row.terms_id,
      kind: row.kind,
      version: row.version,
      language: row.language,
      textSha256: row.text_hash.toString('hex'),
      userId: row.user_id,
      enrollmentId: row.enrollment_id,
      deviceId: row.device_id,
      acceptedAt: row.accepted_at.toISOString(),
    }),
    (row) => [row.acceptance_id],
  );
}

async function publish(
  tx: TenantTx,
  deps: TermsDeps,
  actor: TenantPrincipal,
  row: TermsRow,
): Promise<TermsRow> {
  const published = await publishRow(tx, row, new Date(deps.clock.now()));
  await recordAudit(tx, { actor, action: 'terms.publish', ...about(row) });
  await deps.events.emit(tx, { name: 'terms.published', subjectId: row.terms_id, payload: payload(row) });
  return published;
}

async function lockDraft(tx: TenantTx, termsId: string): Promise<TermsRow> {
  const row = await lockTerms(tx, termsId);
  if (!row) throw noSuchTerms();
  if (row.state === 'draft') return row;
  throw new DomainError(
    'conflict',
    'Terms that were published are not changed any more; write a new version.',
    {
      reason: 'published',
    },
  );
}

const payload = ({ kind, language, version }: TermsRow) => ({ kind, language, version });

const about = (row: TermsRow) =>
  ({ target: { kind: 'terms', id: row.terms_id }, outcome: 'done', show: payload(row) }) as const;

function position(page: PageRequest): { before: string | null; limit: number } {
  const [before] = page.after ?? [];
  return { before: typeof before === 'string' ? before : null, limit: page.limit + 1 };
}

function present(row: TermsRow): Terms {
  return {
    id: row.terms_id,
    kind: row.kind,
    language: row.language,
    version: row.version,
    title: row.title,
    text: row.body,
    state: row.state,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    publishedAt: row.published_at?.toISOString() ?? null,
  };
}
