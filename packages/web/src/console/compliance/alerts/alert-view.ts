/** Alerts as they are shown: which are asked for, how loud they are, and where they lead. */
import type { Alert } from '@gatehouse/contracts/admin/alerts.ts';

export const shownAlerts = ['open', 'seen', 'all'] as const;
type ShownAlerts = (typeof shownAlerts)[number];

export function readAlertsSearch(search: Readonly<Record<string, unknown>>): { readonly show: ShownAlerts } {
  return { show: shownAlerts.find((each) => each === search['show']) ?? 'open' };
}

export const alertsQuery = (show: ShownAlerts) => (show === 'all' ? {} : { open: show === 'open' });

export const alertMarks = { critical: 'bad', warning: 'grace', info: 'info' } as const satisfies Record<
  Alert['severity'],
  string
>;

const isId = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value);

/** The page of what an alert is about; undefined: it has none of its own. */
export function alertPage({
  kind,
  subject,
  detail,
}: Pick<Alert, 'kind' | 'subject' | 'detail'>): string | undefined {
  switch (kind) {
    case 'rollout-halted':
      return isId(detail['rolloutId'])
        ? `/compliance/rollouts/${detail['rolloutId']}`
        : '/compliance/rollouts';
    case 'mail-device-unknown':
      return '/gates/mail?tab=approve';
    case 'mail-device-looping':
    case 'mail-server-wipe':
    case 'mail-wipe-failed':
      return '/gates/mail?tab=devices';
    case 'mail-probe-open':
      return '/gates/mail?tab=probe';
    case 'playbook-stuck':
      return '/compliance/playbooks';
    case 'destruction-held':
    case 'destruction-overridden':
    case 'budget-change-asked':
      return '/activity/approvals';
    default:
      return subject?.kind === 'device' && isId(subject.id) ? `/devices/${subject.id}` : undefined;
  }
}
