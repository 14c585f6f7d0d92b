// The Apple platform: devices that are managed by their operating system's own protocol. Wire words become domain words here.
import { DomainError, isDomainError } from '@gatehouse/core/errors.ts';
import { decodeCheckIn, decodeReport, isCheckInType } from '@gatehouse/protocols/apple-mdm/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { createRateLimit } from '../../kernel/http/rate-limit.ts';
import type { VerifiedCertificate } from '../../modules/certificates/index.ts';
import { HandedOverMemory } from '../../modules/commands/index.ts';
import { admit, recognize } from './admit.ts';
import { type AppleAnswer, done } from './answer.ts';
import type { AppleDeps, ApplePlatformOptions } from './apple-deps.ts';
import { createArrivals, createTurns } from './arrival-queries.ts';
import { createChannelWrites } from './enrolment-queries.ts';
import { createEntrance, type Entrance } from './entrance.ts';
import { answerCheckIn } from './check-ins/check-ins.ts';
import { converse, goOn, planAnswer, planPoll } from './conversation.ts';
import type { MessageSignature } from './speaker.ts';

export interface AppleRequestFacts {
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
  readonly signature: MessageSignature | undefined;
  readonly requestId: string;
}

export interface ApplePlatform {
  readonly deps: AppleDeps;
  /**
   * Whose certificate it is, by what never changes: nothing is asked of the database.
   * @param isPassing it came with a message and not with the connection.
   * @throws CertificateRefused
   */
  recognize(certificate: Uint8Array, requestId: string, isPassing?: boolean): Promise<VerifiedCertificate>;
  /**
   * @param certificate of whoever proved to hold its key.
   * @throws DecodeError, DomainError
   */
  answer(certificate: VerifiedCertificate, request: AppleRequestFacts): Promise<AppleAnswer>;
  /** What an asset declaration points at; 404 for whoever has no such declaration. */
  asset(certificate: VerifiedCertificate, identifier: string): Promise<AppleAnswer>;
}

export function createApplePlatform(options: ApplePlatformOptions): ApplePlatform {
  const { clock, database } = options;
  const deps: AppleDeps = {
    ...options,
    arrivals: createArrivals(database),
    turns: createTurns(database),
    writes: createChannelWrites(database),
    expected: new HandedOverMemory(),
    // A device with a full queue asks as fast as it can; one that asks more often is caught in a loop.
    requests: createRateLimit({ clock, burst: 1_000, perMinute: 1_200 }),
  };
  const entrance = createEntrance(deps);
  return {
    deps,
    recognize: (certificate, requestId, isPassing) => recognize(deps, certificate, requestId, isPassing),
    answer: (certificate, request) =>
      isCheckInType(request.contentType)
        ? checkIn(deps, entrance, certificate, request)
        : pollOrResult(deps, certificate, request),
    async asset(certificate, identifier) {
      const found = await database.withTenant(certificate.organizationId, (tx) =>
        deps.declarations.asset(tx, certificate, identifier),
      );
      return found ? { status: 200, contentType: found.contentType, body: found.bytes } : { status: 404 };
    },
  };
}

async function checkIn(
  deps: AppleDeps,
  entrance: Entrance,
  certificate: VerifiedCertificate,
  { body, signature, requestId }: AppleRequestFacts,
): Promise<AppleAnswer> {
  const message = read(decodeCheckIn, body);
  try {
    const isIntroduction = message.type === 'Authenticate';
    const coming = entrance(certificate, message, requestId);
    const door = coming === undefined ? deps : { ...deps, arrivals: coming.arrivals };
    const speaker = await admit(door, certificate, message.identity, { isIntroduction, requestId });
    const isWritten = coming?.isWritten() === true;
    return await answerCheckIn(deps, { ...speaker, signature, isWritten }, message);
  } catch (error) {
    // Its management has ended, as it wants to say.
    if (message.type === 'CheckOut' && isDomainError(error) && error.reason === 'device-unmanaged')
      return done;
    throw error;
  }
}

async function pollOrResult(
  deps: AppleDeps,
  certificate: VerifiedCertificate,
  { body, requestId }: AppleRequestFacts,
): Promise<AppleAnswer> {
  const report = read(decodeReport, body);
  const isPoll = report.status === 'Idle';
  const exchange = (isPoll ? planPoll : planAnswer)(deps, certificate, report, requestId);
  const speaker = await admit(deps, certificate, report.identity, {
    isPoll,
    requestId,
    exchange,
  });
  const { told } = speaker;
  if (exchange === undefined || told === undefined) return converse(deps, speaker, report);
  return goOn(deps, speaker, report, exchange, told);
}

/** @throws DomainError `invalid-input` */
function read<T>(decode: (bytes: Uint8Array) => T, body: Uint8Array): T {
  try {
    return decode(body);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DomainError('invalid-input', 'The message cannot be read', {
      reason: error.reason,
      cause: error,
    });
  }
}
