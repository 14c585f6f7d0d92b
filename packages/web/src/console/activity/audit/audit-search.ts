/** What the address of the audit page says, and what is asked of the server for it. */
import type { AuditQuery } from '../../../api/operations/activity.ts';
import type { Search } from '../../../design/search-params.ts';

export const outcomes = ['done', 'refused', 'failed'] as const;

export interface AuditSearch {
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: (typeof outcomes)[number] | undefined;
  /** `2026-03-01`, days of the reader. */
  readonly since: string;
  readonly until: string;
}

const day = /^\d{4}-\d{2}-\d{2}$/;

export function readAuditSearch(search: Search): AuditSearch {
  const text = (name: string) => String(search[name] ?? '').slice(0, 200);
  const date = (name: string) =>
    day.test(text(name)) && !Number.isNaN(Date.parse(text(name))) ? text(name) : '';
  return {
    actor: text('actor'),
    action: text('action').slice(0, 100),
    target: text('target'),
    outcome: outcomes.find((each) => each === search['outcome']),
    since: date('since'),
    until: date('until'),
  };
}

export const isFiltered = (search: AuditSearch): boolean =>
  Object.values(search).some((value) => value !== '' && value !== undefined);

/** Days become moments in the reader's zone: until means to the end of that day. */
export function auditQuery(search: AuditSearch): AuditQuery {
  const startOf = (date: string) => new Date(`${date}T00:00:00`);
  const nextDay = (date: string) => {
    const moment = startOf(date);
    moment.setDate(moment.getDate() + 1);
    return moment;
  };
  // An action that cannot be one finds nothing on the server but a refusal.
  const action = /^[a-z][a-z0-9.-]*$/.test(search.action) ? search.action : '';
  return {
    limit: 100,
    actor: search.actor || undefined,
    action: action || undefined,
    target: search.target || undefined,
    outcome: search.outcome,
    since: search.since === '' ? undefined : startOf(search.since).toISOString(),
    until: search.until === '' ? undefined : nextDay(search.until).toISOString(),
  };
}
