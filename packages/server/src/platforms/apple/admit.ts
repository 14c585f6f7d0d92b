// Whether whoever comes may speak: the certificate holds, it is on record, its device is under management, and the message names
// that very device. A certificate manages only the device it was issued for, whatever the message says (APL-02).
import { DomainError } from '@gatehouse/core/errors.ts';
import type { EnrolmentIdentity } from '@gatehouse/protocols/apple-mdm/index.ts';
import { CertificateRefused, type VerifiedCertificate } from '../../modules/certificates/index.ts';
import type { ExchangeAnswer, PlannedExchange } from '../../modules/commands/index.ts';
import type { AppleDeps } from './apple-deps.ts';
import type { AppleStanding, Arrival, Arrived, DeviceChannel } from './arrival-queries.ts';
import type { Speaker } from './speaker.ts';

/**
 * @returns the certificate's device, from memory where it came before; nothing is asked of the database.
 * @throws CertificateRefused
 */
export async function recognize(
  deps: Pick<AppleDeps, 'verifier' | 'refusals'>,
  der: Uint8Array,
  requestId: string,
  isPassing?: boolean,
): Promise<VerifiedCertificate> {
  try {
    return await deps.verifier.verify(der, 'mdm', isPassing);
  } catch (error) {
    throw noted(deps, error, requestId);
  }
}

export interface AdmissionFacts {
  /** The message says who the device is, and may say so for the first time. */
  readonly isIntroduction?: boolean;
  /** It begins a conversation about commands. */
  readonly isPoll?: boolean;
  readonly requestId: string;
  /** Done for whoever is admitted and heard, in the statement that asks. */
  readonly exchange?: PlannedExchange | undefined;
}

export interface Admitted extends Speaker {
  /** What came of the exchange; undefined when there was none. */
  readonly told: ExchangeAnswer | undefined;
}

/**
 * @throws CertificateRefused, DomainError `invalid-input` for who speaks before the introduction.
 */
export async function admit(
  deps: Pick<AppleDeps, 'arrivals' | 'turns' | 'clock' | 'refusals' | 'requests'>,
  certificate: VerifiedCertificate,
  identity: EnrolmentIdentity,
  { isIntroduction = false, isPoll = false, requestId, exchange }: AdmissionFacts,
): Promise<Admitted> {
  const { organizationId, deviceId, fingerprint } = certificate;
  // Counted only now: whoever shows a certificate without its key must not use up what its device may ask.
  const wait = deps.requests.spend(deviceId);
  if (wait > 0) {
    throw new DomainError('too-many-requests', 'The device asks too often', { retryAfterSeconds: wait });
  }
  const now = deps.clock.now();
  const { channel, deviceKey } = identity;
  const arrival = { fingerprint, deviceId, channel, deviceKey, isPoll, at: now };
  const { standing, told } = await arrive(deps, organizationId, arrival, exchange);
  try {
    requireStanding(certificate, standing);
    requireSameDevice(certificate, standing.device, identity, isIntroduction);
  } catch (error) {
    throw noted(deps, error, requestId);
  }
  return { organizationId, deviceId, certificate, identity, standing, requestId, now, told };
}

async function arrive(
  { arrivals, turns }: Pick<AppleDeps, 'arrivals' | 'turns'>,
  organizationId: string,
  arrival: Arrival,
  exchange: PlannedExchange | undefined,
): Promise<Arrived> {
  if (exchange === undefined) return arrivals(organizationId, arrival);
  return turns(organizationId, { deviceId: arrival.deviceId, arrival, order: exchange.order });
}

function requireStanding(
  certificate: VerifiedCertificate,
  standing: AppleStanding | undefined,
): asserts standing is AppleStanding {
  if (standing === undefined) throw new CertificateRefused('not-on-record', certificate);
  const { state } = standing;
  if (state === 'unmanaged') {
    throw new CertificateRefused('device-unmanaged', certificate, 'device-unmanaged');
  }
  if (state === 'blocked') throw new CertificateRefused('device-blocked', certificate, 'device-blocked');
  if (standing.certificate.revoked) {
    const why = standing.certificate.revocationReason ?? 'no reason given';
    throw new CertificateRefused(`revoked: ${why}`, certificate);
  }
}

/** What names the device in its messages. */
export function keyOf(device: DeviceChannel): string | null {
  return device.enrollmentRef ?? device.udid;
}

function requireSameDevice(
  certificate: VerifiedCertificate,
  device: DeviceChannel | undefined,
  { deviceKey, kind }: EnrolmentIdentity,
  isIntroduction: boolean,
): void {
  if (device === undefined) {
    if (isIntroduction) return;
    throw new DomainError('invalid-input', 'The device has not said who it is', { reason: 'not-introduced' });
  }
  if (keyOf(device) === deviceKey) return;
  // A user enrolment gives the device another name each time; its new certificate is what allows that.
  const isRenamed =
    isIntroduction &&
    certificate.fingerprint !== device.certificate &&
    (device.enrollmentRef !== null || kind === 'user-enrolment');
  if (!isRenamed) throw new CertificateRefused('claims-another-device', certificate);
}

/** The administrator reads of it; the device is told only that it is refused. */
function noted(deps: Pick<AppleDeps, 'refusals'>, error: unknown, requestId: string): unknown {
  if (error instanceof CertificateRefused && error.of) {
    const { organizationId, deviceId, serial } = error.of;
    deps.refusals.note({
      organizationId,
      actor: { kind: 'device', id: deviceId },
      action: 'devices.authenticate',
      target: { kind: 'certificate', id: serial },
      reason: error.why,
      via: 'apple',
      requestId,
    });
  }
  return error;
}
