// M1 to M2: a device that knows a code names it by its locator; the server answers with everything the device is to trust from
// then on, under a proof that it knows the code too (OTA-04, OTA-05).
import { randomBytes } from 'node:crypto';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { decodeBegin, encodeOffer, makeOffer } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { ensureAuthorities } from '../certificates/index.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import { insertSession, type LocatedRow, lockEnrollment, selectByLocator } from './queries.ts';

/** One answer for everything that is not an open code, so that nothing can be learned from it. */
export function enrollmentRefused(): DomainError {
  return new DomainError('not-found', 'The enrolment code is not valid here; ask for a new one', {
    reason: 'enrollment-refused',
  });
}

/** What a device sent, read; whatever is wrong with it is the sender's fault. */
export function readMessage<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DomainError('invalid-input', `The message cannot be read: ${error.message}`, {
      reason: error.reason,
      cause: error,
    });
  }
}

export interface HandshakeContext {
  readonly organizationId: string;
  readonly requestId?: string;
}

/** @returns M2. @throws DomainError `not-found` (`enrollment-refused`), `invalid-input`. */
export async function beginEnrollment(
  deps: EnrollmentDeps,
  context: HandshakeContext,
  message: Uint8Array,
): Promise<Uint8Array> {
  const begin = readMessage(decodeBegin, message);
  const now = deps.clock.now();
  const [located] = await deps.database.tenantQuery<LocatedRow>(context.organizationId, selectByLocator, [
    Buffer.from(begin.locator),
  ]);
  if (!located || !mayBegin(located, now)) {
    deps.refusals.note({
      organizationId: context.organizationId,
      actor: { kind: 'device', id: 'unknown' },
      action: 'enrollments.begin',
      reason: located ? `code-${located.state}` : 'unknown-code',
      target: located && { kind: 'enrollment', id: located.enrollment_id },
      requestId: context.requestId,
    });
    throw enrollmentRefused();
  }
  return deps.database.withTenant(context.organizationId, async (tx) => {
    const row = await lockEnrollment(tx, located.enrollment_id);
    if (!row?.server_key || !mayBegin(row, now)) throw enrollmentRefused();
    const { root } = await ensureAuthorities(tx, deps);
    const serverKey = await deps.sealer.open(tx, 'enrollments.server_key', row.enrollment_id, row.server_key);
    const sessionId = newId(now);
    const { offer, transcript } = makeOffer(serverKey, begin, {
      serverNonce: randomBytes(32),
      // The handshake's own id: M3 finds its transcript by it.
      enrollmentId: sessionId,
      deviceRoot: root.certificate.der,
      tlsAnchors: deps.tlsAnchors(),
      csrProfile: 'ec-p256',
      gateway: deps.deviceUrl.origin,
      expiresAt: row.expires_at.getTime(),
    });
    serverKey.fill(0);
    await insertSession(
      tx,
      { sessionId, enrollmentId: row.enrollment_id, transcript, createdAt: now },
      enrollmentLimits.sessions,
    );
    return encodeOffer(offer);
  });
}

/** Open; or used so recently that the device may have lost the answer and begins again to ask for it. */
function mayBegin(row: Pick<LocatedRow, 'state' | 'expires_at' | 'used_at'>, now: number): boolean {
  if (row.state === 'open') return row.expires_at.getTime() > now;
  return (
    row.state === 'used' &&
    row.used_at !== null &&
    now - row.used_at.getTime() < enrollmentLimits.repeatAnswerMs
  );
}
