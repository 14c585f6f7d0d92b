// The two doors of the enrolment page: a one-time code, or a user's own password. A code is 120 random bits, so guessing is
// hopeless and needs no counter that somebody could burn (ENR-T02); refusals are audited in aggregate.
import { timingSafeEqual } from 'node:crypto';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  deriveEnrollmentKeys,
  parseEnrollmentCode,
  publicHostOf,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import { signInUser, type UserSignInDeps } from '../users/index.ts';
import { enrollmentRefused } from './begin-enrollment.ts';
import { requireActiveUser } from './complete-enrollment.ts';
import type { EnrollmentDeps } from './enrollment-deps.ts';
import { type HandshakeRow, type LocatedRow, lockEnrollment, selectByLocator } from './queries.ts';
import { startVisit } from './visits.ts';

export interface VisitContext {
  readonly organizationId: string;
  readonly slug: string;
  readonly requestId: string;
  readonly address: string;
  readonly language: string;
}

/**
 * @returns the visit's cookie.
 * @throws DomainError `invalid-input` (`code-mistyped`) for what cannot be a code; `not-found` (`enrollment-refused`) for every
 * code that is not open here; `forbidden` (`user-disabled`).
 */
export async function enterWithCode(
  deps: EnrollmentDeps,
  context: VisitContext,
  text: string,
): Promise<string> {
  const { organizationId } = context;
  const keys = keysOf(deps, context, text);
  const [located] = await deps.database.tenantQuery<LocatedRow>(organizationId, selectByLocator, [
    Buffer.from(keys.locator),
  ]);
  const now = deps.clock.now();
  const refuse = (reason: string): DomainError => {
    deps.refusals.note({
      organizationId,
      actor: { kind: 'user', id: 'unknown' },
      action: 'enrollments.open',
      reason,
      target: located && { kind: 'enrollment', id: located.enrollment_id },
      requestId: context.requestId,
      via: 'enrollment',
    });
    return enrollmentRefused();
  };
  if (!located) throw refuse('unknown-code');
  if (located.state !== 'open') throw refuse(`code-${located.state}`);
  if (located.expires_at.getTime() <= now) throw refuse('code-expired');
  const cookie = await deps.database.withTenant(organizationId, async (tx) => {
    const row = await lockEnrollment(tx, located.enrollment_id);
    if (row?.state !== 'open' || !(await fits(tx, deps, row, keys))) return undefined;
    await requireActiveUser(tx, row.user_id);
    await recordAudit(tx, {
      actor: { kind: 'user', id: row.user_id ?? 'unknown', requestId: context.requestId },
      via: 'enrollment',
      action: 'enrollments.open',
      target: { kind: 'enrollment', id: row.enrollment_id },
      outcome: 'done',
      personal: { address: context.address },
    });
    return startVisit(tx, {
      userId: row.user_id,
      enrollmentId: row.enrollment_id,
      signedInBy: 'code',
      language: context.language,
      now,
    });
  });
  if (cookie === undefined) throw refuse('wrong-code');
  return cookie;
}

type Keys = ReturnType<typeof deriveEnrollmentKeys>;

function keysOf({ publicUrl }: EnrollmentDeps, { slug }: VisitContext, text: string): Keys {
  try {
    return deriveEnrollmentKeys(parseEnrollmentCode(text), {
      organizationSlug: slug,
      publicHost: publicHostOf(publicUrl.href),
    });
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DomainError('invalid-input', 'The one-time password is mistyped', { reason: 'code-mistyped' });
  }
}

/** The locator only names the enrolment; that the code was known is shown by both keys, compared without regard to where they differ. */
async function fits(tx: TenantTx, deps: EnrollmentDeps, row: HandshakeRow, keys: Keys): Promise<boolean> {
  if (!row.server_key || !row.device_key) return false;
  const serverKey = await deps.sealer.open(tx, 'enrollments.server_key', row.enrollment_id, row.server_key);
  const deviceKey = await deps.sealer.open(tx, 'enrollments.device_key', row.enrollment_id, row.device_key);
  const same = [timingSafeEqual(serverKey, keys.serverKey), timingSafeEqual(deviceKey, keys.deviceKey)].every(
    Boolean,
  );
  for (const key of [serverKey, deviceKey, keys.serverKey, keys.deviceKey]) key.fill(0);
  return same;
}

/** @throws DomainError as signInUser. */
export async function enterWithPassword(
  deps: EnrollmentDeps & UserSignInDeps,
  context: VisitContext,
  input: { readonly name: string; readonly password: string; readonly knownBrowser: string | undefined },
): Promise<{ cookie: string; knownBrowser: string }> {
  const { organizationId, requestId, address, language } = context;
  const { userId, knownBrowser } = await signInUser(deps, {
    organizationId,
    requestId,
    address,
    via: 'enrollment',
    ...input,
  });
  const cookie = await deps.database.withTenant(organizationId, (tx) =>
    startVisit(tx, {
      userId,
      enrollmentId: null,
      signedInBy: 'password',
      language,
      now: deps.clock.now(),
    }),
  );
  return { cookie, knownBrowser };
}
