// What administrators were told of, newest first, and that somebody has seen it.
import { wordAlert } from '@gatehouse/core/alerts/wording/word-alert.ts';
import { actorReference } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import { pageOfRows, type PageRequest, type TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { type AlertRow, findAlert, selectAlerts, writeAcknowledgement } from './queries.ts';

export interface AlertListDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly clock: Clock;
  readonly events: Events;
}

export async function listAlerts(
  deps: Pick<AlertListDeps, 'database'>,
  principal: TenantPrincipal,
  filter: { readonly open?: boolean | undefined; readonly subject?: string | undefined },
  page: PageRequest,
  language: Language = 'en',
) {
  requirePermission(principal, 'alerts.read');
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) =>
      selectAlerts(tx, {
        before: page.after === undefined ? null : String(page.after[0]),
        open: filter.open ?? null,
        subjectId: filter.subject ?? null,
        limit: page.limit + 1,
      }),
    { readOnly: true },
  );
  return pageOfRows(
    rows,
    page.limit,
    (row) => presentAlert(row, language),
    (row) => [row.alert_no],
  );
}

/** Somebody has seen it; saying so again changes nothing. @throws DomainError `not-found` */
export async function acknowledgeAlert(
  deps: AlertListDeps,
  principal: TenantPrincipal,
  alertId: string,
  language: Language = 'en',
) {
  requirePermission(principal, 'alerts.acknowledge');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const at = new Date(deps.clock.now());
    const row = await writeAcknowledgement(tx, alertId, actorReference(principal), at);
    if (row === undefined) {
      const known = await findAlert(tx, alertId);
      if (!known) throw new DomainError('not-found', 'There is no such alert.');
      return presentAlert(known, language);
    }
    await recordAudit(tx, {
      actor: principal,
      action: 'alerts.acknowledge',
      target: { kind: 'alert', id: alertId },
      outcome: 'done',
      show: { kind: row.kind, occurrences: row.occurrences },
    });
    await deps.events.emit(tx, { name: 'alert.acknowledged', subjectId: alertId, payload: { alertId } });
    return presentAlert(row, language);
  });
}

function presentAlert(row: AlertRow, language: Language) {
  return {
    id: row.alert_id,
    kind: row.kind,
    severity: row.severity,
    summary: summaryOf(row, language),
    subject: row.subject_kind === null ? null : { kind: row.subject_kind, id: row.subject_id ?? '' },
    detail: { ...row.detail },
    occurrences: row.occurrences,
    createdAt: row.created_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    acknowledgedAt: row.acknowledged_at?.toISOString() ?? null,
    acknowledgedBy: row.acknowledged_by,
  };
}

export const summaryOf = ({ kind, detail, summary }: AlertRow, language: Language): string =>
  wordAlert(kind, detail, language) ?? summary;
