// What needs somebody now: certificates that end, requests that wait, what has stopped, devices that lost access. Of each only what
// the caller may know; most urgent first.
import type { Attention } from '@gatehouse/contracts/admin/overview.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import type { OverviewDeps, ReadFigures } from './fleet-figures.ts';
import { type NoticeRow, noticePermissions, selectNotices } from './queries.ts';

type Item = Attention['items'][number];

/** Finds those of which some gate keeps out, since less than an hour. */
const lostAccess =
  'age("posture.changed") < duration("1h") && (posture.network != "allow" || posture.mail != "allow" || posture.vpn != "allow")';

/** A loss of access by so much of the fleet is nobody’s single case any more. */
const many = { devices: 10, share: 0.02 } as const;

export async function readAttention(
  deps: OverviewDeps,
  figures: ReadFigures,
  principal: TenantPrincipal,
): Promise<Attention> {
  requirePermission(principal, 'devices.read');
  const now = new Date(deps.clock.now());
  const allowed = noticePermissions.filter((permission) => principal.permissions.has(permission));
  const [fleet, rows] = await Promise.all([
    figures(principal.organizationId),
    deps.database.withTenant(
      principal.organizationId,
      (tx) => Promise.all(allowed.map((permission) => selectNotices(tx, permission, now))),
      { readOnly: true },
    ),
  ]);
  const items = rows.flat().map(present);
  if (fleet.lostAccess > 0) {
    const isMany = fleet.lostAccess >= many.devices && fleet.lostAccess >= fleet.devices * many.share;
    items.push({
      kind: 'lost-access',
      severity: isMany ? 'critical' : 'info',
      count: fleet.lostAccess,
      subject: null,
      since: null,
      until: null,
      expression: lostAccess,
    });
  }
  return { asOf: now.toISOString(), items: items.toSorted(byUrgency) };
}

const present = (row: NoticeRow): Item => ({
  kind: row.kind as Item['kind'],
  severity: row.severity,
  count: row.count,
  subject: row.subject,
  since: row.since?.toISOString() ?? null,
  until: row.until?.toISOString() ?? null,
  expression: null,
});

const ranks = { critical: 0, warning: 1, info: 2 } as const;

/** What concerns more comes first, then what ends sooner, then what has lasted longer. */
function byUrgency(a: Item, b: Item): number {
  return (
    ranks[a.severity] - ranks[b.severity] ||
    (b.count ?? 0) - (a.count ?? 0) ||
    (a.until ?? '9').localeCompare(b.until ?? '9') ||
    (a.since ?? '9').localeCompare(b.since ?? '9')
  );
}
