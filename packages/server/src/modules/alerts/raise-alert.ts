// Tells administrators, in the transaction of what they are told of: the alert is listed until somebody has seen it, and goes to
// each of them by mail.
import type { AlertDetail, AlertKind, AlertSeverity } from '@gatehouse/core/alerts/alert-kind.ts';
import { wordAlert } from '@gatehouse/core/alerts/wording/word-alert.ts';
import type { Json } from '@gatehouse/core/audit/canonical-json.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { insertAlert } from './queries.ts';

interface About<K extends AlertKind> {
  readonly kind: K;
  /** What it is worded from. That leaves the server by mail, so it holds no facts of persons. */
  readonly detail: AlertDetail<K>;
}

type OfSomeKind = { readonly [K in AlertKind]: About<K> }[AlertKind];

export type NewAlert = OfSomeKind & {
  readonly severity: AlertSeverity;
  readonly subject?: { readonly kind: string; readonly id: string };
  /** Beside the detail, for programs; not mailed. */
  readonly more?: Readonly<Record<string, Json>>;
  /** While an alert of this key is open, another one only counts there. */
  readonly sameAs?: string;
  /** concerned (the default): those who have the right to see alerts. everyone: every administrator there is. */
  readonly audience?: 'concerned' | 'everyone';
};

export interface AlertDeps {
  readonly clock: Clock;
  readonly events: Events;
}

/** @returns the id of the alert, new or counted upon. */
export async function raiseAlert(deps: AlertDeps, tx: TenantTx, alert: NewAlert): Promise<string> {
  const detail = { ...alert.more, ...alert.detail } as Readonly<Record<string, Json>>;
  const row = await insertAlert(tx, {
    alertId: newId(),
    kind: alert.kind,
    severity: alert.severity,
    // Beside the detail, for versions of this program that cannot word it.
    summary: wordAlert(alert.kind, detail, 'en') ?? '',
    subject: alert.subject ?? null,
    detail,
    sameAs: alert.sameAs ?? null,
    at: new Date(deps.clock.now()),
  });
  if (row.occurrences > 1) return row.alert_id;
  await deps.events.emit(tx, {
    name: 'alert.raised',
    subjectId: row.alert_id,
    payload: {
      alertId: row.alert_id,
      kind: alert.kind,
      severity: alert.severity,
      audience: alert.audience ?? 'concerned',
    },
  });
  return row.alert_id;
}
