// M3 to M4: the device proves that it knows the code and asks for its certificate (OTA-06, OTA-07). Code used, device made,
// certificate issued, audit and event are one transaction: all of it happened, or none.
import {
  decodeClaims,
  decodeProof,
  encodeGrant,
  type EnrollmentClaims,
  type EnrollmentProof,
  isProofGenuine,
  makeGrant,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import type { PublicKeyFacts } from '@gatehouse/protocols/x509/index.ts';
import type { Platform } from '@gatehouse/core/devices/device.ts';
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { isUuid } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { issueAgentCertificate, keyOfRequest } from '../certificates/index.ts';
import { createPendingDevice } from '../devices/index.ts';
import { enrollmentRefused, type HandshakeContext, readMessage } from './begin-enrollment.ts';
import { type EnrollmentDeps, enrollmentLimits } from './enrollment-deps.ts';
import { readmit, requireHardwareAllowed } from './known-hardware.ts';
import {
  claimEnrollment,
  type HandshakeRow,
  keepAnswer,
  lockEnrollment,
  lockUser,
  selectSession,
  type SessionRow,
} from './queries.ts';

/**
 * @returns M4.
 * @throws DomainError `not-found` (`enrollment-refused`) for a wrong proof or a code that is not open; `conflict`
 * (`enrollment-used`) when another request used the code; `unprocessable` (`key-not-accepted`); `invalid-input`.
 */
export async function completeEnrollment(
  deps: EnrollmentDeps,
  context: HandshakeContext,
  message: Uint8Array,
): Promise<Uint8Array> {
  const proof = readMessage(decodeProof, message);
  const [session] = isUuid(proof.enrollmentId)
    ? await deps.database.tenantQuery<SessionRow>(context.organizationId, selectSession, [proof.enrollmentId])
    : [];
  const refuse = (reason: string, error: DomainError): DomainError => {
    deps.refusals.note({
      organizationId: context.organizationId,
      actor: { kind: 'device', id: 'unknown' },
      action: 'enrollments.complete',
      reason,
      target: session && { kind: 'enrollment', id: session.enrollment_id },
      requestId: context.requestId,
    });
    return error;
  };
  if (!session) throw refuse('unknown-handshake', enrollmentRefused());
  try {
    const done = await deps.database.withTenant(context.organizationId, (tx) =>
      answer(tx, deps, context, session, proof),
    );
    if (done instanceof Refused) throw refuse(done.reason, done.error);
    return done;
  } catch (error) {
    // A key or claim that was not accepted leaves the code open: the transaction undid its use.
    if (isDomainError(error, 'unprocessable') || isDomainError(error, 'forbidden')) {
      throw refuse(error.reason ?? error.code, error);
    }
    throw error;
  }
}

/** A refusal whose transaction commits, because it recorded an alarm. */
class Refused {
  readonly reason: string;
  readonly error: DomainError;
  constructor(reason: string, error: DomainError = enrollmentRefused()) {
    this.reason = reason;
    this.error = error;
  }
}

async function answer(
  tx: TenantTx,
  deps: EnrollmentDeps,
  context: HandshakeContext,
  session: SessionRow,
  proof: EnrollmentProof,
): Promise<Uint8Array | Refused> {
  // The lock makes many requests with one code wait for each other; the update below then lets exactly one through.
  const row = await lockEnrollment(tx, session.enrollment_id);
  if (!row?.server_key || !row.device_key) return new Refused(row ? `code-${row.state}` : 'unknown-code');
  const deviceKey = await deps.sealer.open(tx, 'enrollments.device_key', row.enrollment_id, row.device_key);
  const genuine = isProofGenuine(deviceKey, session.transcript, proof);
  deviceKey.fill(0);
  if (!genuine) return new Refused('wrong-proof');
  const now = deps.clock.now();
  const key = keyOfRequest(proof.csr);
  // By the key and not by the request's bytes: a device that signs its request anew is still the same.
  const keyFingerprint = Buffer.from(key.fingerprint, 'hex');
  if (row.state === 'used') {
    const isRepeated =
      row.key_fingerprint !== null && keyFingerprint.equals(row.key_fingerprint) && row.answer !== null;
    const inTime = row.used_at !== null && now - row.used_at.getTime() < enrollmentLimits.repeatAnswerMs;
    if (isRepeated && inTime && row.answer) return grant(tx, deps, row, session, proof, row.answer);
    await raiseReplayAlarm(tx, deps, context, row);
    return new Refused(
      isRepeated ? 'repeated-too-late' : 'used-for-another-request',
      new DomainError('conflict', 'The enrolment code has been used; ask for a new one', {
        reason: 'enrollment-used',
      }),
    );
  }
  if (!(await claimEnrollment(tx, row.enrollment_id, keyFingerprint, now)))
    return new Refused(`code-${row.state}`);
  const claims = readMessage(decodeClaims, proof.claims);
  const issued = await enrolDevice(tx, deps, context, row, key, claims);
  await keepAnswer(tx, row.enrollment_id, issued);
  return grant(tx, deps, row, session, proof, issued);
}

/** The user may have left since the code was issued; a staged device has none yet. */
export async function requireActiveUser(tx: TenantTx, userId: string | null): Promise<void> {
  if (userId === null) return;
  const user = await lockUser(tx, { id: userId, email: null });
  if (user?.state !== 'active') {
    throw new DomainError('forbidden', 'The user of this code is not active any more', {
      reason: 'user-disabled',
    });
  }
}

interface Answer {
  /** DER, base64, leaf first. */
  readonly chain: readonly string[];
  readonly deviceId: string;
}

async function enrolDevice(
  tx: TenantTx,
  deps: EnrollmentDeps,
  { requestId }: HandshakeContext,
  row: HandshakeRow,
  key: PublicKeyFacts,
  claims: EnrollmentClaims,
): Promise<Answer> {
  await requireActiveUser(tx, row.user_id);
  await requireHardwareAllowed(tx, claims);
  const name = (claims['device.host-name'] ?? '').slice(0, 100);
  const deviceId =
    row.device_id === null
      ? (
          await createPendingDevice(tx, {
            userId: row.user_id,
            platform: row.platform as Platform,
            ownership: row.ownership,
            enrollmentId: row.enrollment_id,
            name,
          })
        ).deviceId
      : await readmit(tx, deps, row, row.device_id, claims);
  const actor = { kind: 'device', id: deviceId, organizationId: tx.organizationId, label: name } as const;
  const issued = await issueAgentCertificate(tx, deps, { deviceId, key, actor });
  await recordAudit(tx, {
    actor,
    action: 'enrollments.use',
    target: { kind: 'enrollment', id: row.enrollment_id },
    outcome: 'done',
    ...(requestId === undefined ? {} : { requestId }),
    show: {
      deviceId,
      platform: row.platform,
      ownership: row.ownership,
      certificate: issued.certificate.serial,
      again: row.device_id !== null,
    },
  });
  await deps.events.emit(tx, {
    name: 'device.enrolled',
    subjectId: deviceId,
    payload: {
      deviceId,
      userId: row.user_id,
      platform: row.platform,
      ownership: row.ownership,
      enrollmentId: row.enrollment_id,
    },
  });
  return { deviceId, chain: issued.chain.map((der) => Buffer.from(der).toString('base64')) };
}

/** The proof of M4 is made anew each time: it covers this very M3, while the certificate stays the same. */
async function grant(
  tx: TenantTx,
  deps: EnrollmentDeps,
  row: HandshakeRow,
  session: SessionRow,
  proof: EnrollmentProof,
  { chain, deviceId }: Answer,
): Promise<Uint8Array> {
  if (!row.server_key) throw enrollmentRefused();
  const serverKey = await deps.sealer.open(tx, 'enrollments.server_key', row.enrollment_id, row.server_key);
  const content = { chain: chain.map((der) => Buffer.from(der, 'base64')), deviceId };
  const message = encodeGrant(makeGrant(serverKey, session.transcript, proof, content));
  serverKey.fill(0);
  return message;
}

/** Somebody proved to know a code that was used for another key: the code leaked, or two devices got it. */
async function raiseReplayAlarm(
  tx: TenantTx,
  deps: EnrollmentDeps,
  { requestId }: HandshakeContext,
  row: HandshakeRow,
): Promise<void> {
  await recordAudit(tx, {
    actor: { kind: 'device', id: 'unknown' },
    action: 'enrollments.replay',
    target: { kind: 'enrollment', id: row.enrollment_id },
    outcome: 'refused',
    reason: 'used-for-another-request',
    ...(requestId === undefined ? {} : { requestId }),
    show: { deviceId: row.device_id },
  });
  await deps.events.emit(tx, {
    name: 'enrollment.replayed',
    subjectId: row.enrollment_id,
    payload: { enrollmentId: row.enrollment_id, deviceId: row.device_id },
  });
}
