// A visit of the enrolment page: somebody proved who they are, with a one-time code or a password, and goes step by step from
// there. The visit is known by a cookie with a random secret; all else is read anew with every request, so that a disabled
// user or a cancelled enrolment ends it at once.
import { isPlatform, type Ownership, type Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import {
  formatCredential,
  hashSecret,
  newCredential,
  parseCredential,
  sameHash,
} from '../administrators/index.ts';
import { outstandingTerms, type ShownTerms, shownTerms } from './accept-terms.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import { type EnrollmentProgress, isThere, type ProgressDeps, readProgress } from './progress.ts';
import { deleteVisit, insertVisit, selectOwned, selectVisit, type VisitRow } from './visit-queries.ts';

/**
 * choose-device: signed in with a password, has not said what it is for. terms: has to agree first. agent: enrols with the
 * agent. profile: may have the profile. install: has it, the device is awaited. progress: registered, and its settings or the
 * network's consent still on the way. done: it is let in. blocked: it is shut out. used, over: nothing more can come of this visit,
 * because another device used its code, or it ended.
 */
export type VisitStep =
  | 'choose-device'
  | 'terms'
  | 'agent'
  | 'profile'
  | 'install'
  | 'progress'
  | 'done'
  | 'blocked'
  | 'used'
  | 'over';

export interface Visit {
  readonly id: string;
  readonly organizationId: string;
  readonly step: VisitStep;
  readonly userId: string | null;
  /** How people know who signed in. */
  readonly label: string;
  readonly signedInBy: 'code' | 'password';
  readonly language: string;
  readonly enrollment:
    | { readonly id: string; readonly platform: Platform; readonly ownership: Ownership }
    | undefined;
  /** The ways in of the enrolment's platform. */
  readonly ways: { readonly agent: boolean; readonly profile: boolean };
  readonly terms: readonly ShownTerms[];
  readonly deviceId: string | null;
  /** Of a registered device. */
  readonly progress: EnrollmentProgress | undefined;
  /** When the profile was fetched last: the device throws it away eight minutes later. */
  readonly fetchedAt: Date | null;
  /** At choose-device: what the person has enrolled before. */
  readonly owned: readonly { readonly name: string; readonly platform: Platform }[];
}

export type VisitDeps = Pick<EnrollmentDeps, 'database' | 'clock' | 'ways'> & ProgressDeps;

/** @param cookie what the browser shows. @returns undefined unless it names a visit of this organization that goes on. */
export async function readVisit(
  deps: VisitDeps,
  organizationId: string,
  cookie: string | undefined,
): Promise<Visit | undefined> {
  const credential = cookie === undefined ? undefined : parseCredential(cookie, 'enr');
  if (!credential) return undefined;
  const [row] = await deps.database.tenantQuery<VisitRow>(organizationId, selectVisit, [credential.id]);
  const now = deps.clock.now();
  if (!row || !sameHash(row.secret_hash, hashSecret(credential.secret))) return undefined;
  if (row.expires_at.getTime() <= now) return undefined;
  if (row.user_id !== null && row.user_state !== 'active') return undefined;
  const { enrollment_id: enrollmentId } = row;
  const terms =
    enrollmentId === null || row.user_id === null
      ? []
      : await deps.database.withTenant(
          organizationId,
          async (tx) => (await outstandingTerms(tx, enrollmentId, row.language)).map(shownTerms),
          { readOnly: true },
        );
  const enrollment =
    enrollmentId !== null && isPlatform(row.platform) && row.ownership !== null
      ? { id: enrollmentId, platform: row.platform, ownership: row.ownership }
      : undefined;
  const way = enrollment && deps.ways[enrollment.platform];
  const ways = { agent: way?.agent === true, profile: way?.profile !== undefined };
  const registered = row.device_id !== null && row.device_state === 'registered';
  const progress = registered
    ? await readProgress(deps, organizationId, row.device_id, row.language)
    : undefined;
  const { user_id: userId } = row;
  const owned =
    enrollmentId === null && userId !== null
      ? await deps.database.withTenant(organizationId, (tx) => selectOwned(tx, userId), { readOnly: true })
      : [];
  return {
    id: row.visit_id,
    organizationId,
    step: stepOf(row, terms.length > 0, ways, now, progress),
    progress,
    fetchedAt: row.offer_used_at,
    owned,
    userId: row.user_id,
    label: row.display_name || row.email || '',
    signedInBy: row.signed_in_by,
    language: row.language,
    enrollment,
    ways,
    terms,
    deviceId: row.device_id,
  };
}

function stepOf(
  row: VisitRow,
  mustAgree: boolean,
  ways: Visit['ways'],
  now: number,
  progress: EnrollmentProgress | undefined,
): VisitStep {
  if (row.enrollment_id === null) return 'choose-device';
  if (row.device_id !== null) {
    if (progress !== undefined) return isThere(progress) ? 'done' : 'progress';
    if (row.device_state === 'blocked') return 'blocked';
    return row.device_state === 'pending' && row.enrollment_state === 'used' ? 'install' : 'over';
  }
  // An agent that has proved itself reports in a moment.
  if (row.enrollment_state === 'used' && ways.agent && !ways.profile) return 'agent';
  if (row.enrollment_state === 'completed' || row.enrollment_state === 'used') return 'used';
  const open = row.enrollment_state === 'open' && (row.enrollment_expires_at?.getTime() ?? 0) > now;
  if (!open) return 'over';
  if (mustAgree) return 'terms';
  if (ways.profile) return 'profile';
  return ways.agent ? 'agent' : 'over';
}

/** @returns the cookie's value. */
export async function startVisit(
  tx: TenantTx,
  visit: {
    userId: string | null;
    enrollmentId: string | null;
    signedInBy: 'code' | 'password';
    language: string;
    now: number;
  },
): Promise<string> {
  const credential = newCredential('enr');
  await insertVisit(tx, {
    id: credential.id,
    secretHash: hashSecret(credential.secret),
    userId: visit.userId,
    enrollmentId: visit.enrollmentId,
    signedInBy: visit.signedInBy,
    language: visit.language,
    createdAt: new Date(visit.now),
    expiresAt: new Date(visit.now + enrollmentLimits.visitMs),
  });
  return formatCredential(credential);
}

export async function endVisit(deps: Pick<VisitDeps, 'database'>, visit: Visit): Promise<void> {
  await deps.database.withTenant(visit.organizationId, (tx) => deleteVisit(tx, visit.id));
}
