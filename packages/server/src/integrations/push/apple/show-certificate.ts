// What an administrator sees of the push certificate: topic, account, end, what is asked for, and what stands in the way.
import type { PushStatus } from '@gatehouse/contracts/admin/push.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { encodePem, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../../kernel/http/route.ts';
import {
  type ActiveRow,
  selectActive,
  selectEnrolledTopics,
  selectExpiring,
  selectProblems,
  selectRequested,
  selectTopic,
  writeWarning,
} from './certificate-queries.ts';
import type { PushDeps } from './push-deps.ts';

const day = 86_400_000;
/** Days before the end at which it is said, and once more when it is over. */
const warnings = [60, 30, 7, 0] as const;

/** The topic that enrolment profiles name; undefined without a certificate. One that has expired can still be renewed. */
export function pushTopic(tx: TenantTx): Promise<string | undefined> {
  return selectTopic(tx);
}

export async function showPushCertificate(
  deps: Pick<PushDeps, 'database' | 'clock'>,
  actor: TenantPrincipal,
): Promise<PushStatus> {
  requirePermission(actor, 'push.read');
  return deps.database.withTenant(
    actor.organizationId,
    async (tx) => {
      const [active, requested, problems, enrolled] = await Promise.all([
        selectActive(tx),
        selectRequested(tx),
        selectProblems(tx),
        selectEnrolledTopics(tx),
      ]);
      return {
        state: stateOf(active, deps.clock.now()),
        certificate: active ? presentCertificate(active, deps.clock.now()) : null,
        request: requested
          ? {
              csr: encodePem('CERTIFICATE REQUEST', requested.request),
              signed: requested.signed_request,
              createdAt: requested.created_at.toISOString(),
            }
          : null,
        problems: problems.map(({ kind, detail, since }) => ({ kind, detail, since: since.toISOString() })),
        enrolled,
      };
    },
    { readOnly: true },
  );
}

const daysLeft = (notAfter: Date, now: number): number => Math.floor((notAfter.getTime() - now) / day);

function stateOf(active: ActiveRow | undefined, now: number): PushStatus['state'] {
  if (!active) return 'missing';
  if (active.not_after.getTime() <= now) return 'expired';
  return daysLeft(active.not_after, now) < warnings[0] ? 'expiring' : 'valid';
}

function presentCertificate(row: ActiveRow, now: number) {
  return {
    topic: row.topic,
    account: row.account,
    fingerprint: parseCertificate(row.certificate).fingerprint,
    notBefore: row.not_before.toISOString(),
    notAfter: row.not_after.toISOString(),
    daysLeft: daysLeft(row.not_after, now),
    pem: encodePem('CERTIFICATE', row.certificate),
  };
}

/** Says it once at each of the days before the end. */
export async function warnOfExpiry(deps: PushDeps): Promise<void> {
  const now = deps.clock.now();
  const soon = new Date(now + warnings[0] * day);
  const organizations = await deps.database.withSystem('find-due-work', (tx) => selectExpiring(tx, soon));
  for (const organizationId of organizations) {
    await deps.database.withTenant(organizationId, async (tx) => {
      const active = await selectActive(tx);
      if (!active) return;
      const left = (active.not_after.getTime() - now) / day;
      const stage = warnings.findLast((days) => left <= days);
      const warned = stage === undefined ? undefined : await writeWarning(tx, stage);
      if (!warned || stage === undefined) return;
      const level = stage <= 7 ? 'error' : 'warn';
      const details = { organizationId, notAfter: active.not_after.toISOString(), ...warned };
      deps.log[level](
        details,
        stage === 0
          ? 'the push certificate has expired: no Apple device is reached until it is renewed under the same Apple account'
          : `the push certificate ends in less than ${stage} days; renew it under the same Apple account`,
      );
      await deps.events.emit(tx, {
        name: stage === 0 ? 'apple.push-certificate-expired' : 'apple.push-certificate-expiring',
        subjectId: active.certificate_id,
        payload: { days: stage, topic: active.topic, notAfter: active.not_after.toISOString() },
      });
    });
  }
}
