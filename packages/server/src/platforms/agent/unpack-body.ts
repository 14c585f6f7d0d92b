// Check-ins may be gzipped; nothing else may. Unpacking stops as soon as the result grows out of proportion or out of bounds,
// so a bomb costs its sender a refusal and us next to nothing (HTTP-12).
import { pipeline, type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { agentLimits } from '@gatehouse/contracts/agent.ts';
import { DomainError } from '@gatehouse/core/errors.ts';

/** Small bodies compress beyond any ratio without harm. */
const ratioFreeBytes = 256 * 1024;

function tooLarge(message: string): DomainError {
  return new DomainError('too-large', message, { reason: 'report-too-large' });
}

/** Passes bytes on and reports each chunk before it does. */
function counter(count: (bytes: number) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      try {
        count(chunk.length);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

/** Fastify compares this with Content-Length. */
type CountedStream = Readable & { receivedEncodedLength?: number };

/**
 * @param encoding the Content-Encoding header.
 * @throws DomainError `unsupported-media-type`; the stream fails with `too-large` or `invalid-input`.
 */
export function unpackBody(
  body: Readable,
  encoding: string | undefined,
  contentLength: string | undefined,
): CountedStream {
  if (encoding !== undefined && encoding !== 'gzip' && encoding !== 'identity') {
    throw new DomainError('unsupported-media-type', 'A check-in may be sent as it is or with gzip', {
      reason: 'content-encoding',
    });
  }
  if (Number(contentLength ?? 0) > agentLimits.checkInBytes) throw tooLarge('The report is too large');
  // A body whose length was announced ends there by the rules of HTTP: nothing is left to count.
  if (contentLength !== undefined && encoding !== 'gzip') return body;
  let received = 0;
  let unpacked = 0;
  const countReceived = counter((bytes) => {
    received += bytes;
    out.receivedEncodedLength = received;
    if (received > agentLimits.checkInBytes) throw tooLarge('The report is too large');
  });
  const countUnpacked = counter((bytes) => {
    unpacked += bytes;
    if (unpacked > agentLimits.unpackedBytes) throw tooLarge('The unpacked report is too large');
    if (unpacked > ratioFreeBytes && unpacked > received * agentLimits.unpackedRatio) {
      throw tooLarge('The report is packed too tightly');
    }
  });
  const out: CountedStream = encoding === 'gzip' ? countUnpacked : countReceived;
  const fail = (error: NodeJS.ErrnoException | null) => {
    if (!error || out.destroyed) return;
    out.destroy(error);
  };
  if (encoding === 'gzip') pipeline(body, countReceived, createGunzip(), countUnpacked, fail);
  else pipeline(body, countReceived, fail);
  out.receivedEncodedLength = 0;
  return out;
}

/** What a broken gzip stream is to its sender. */
export function explainUnpacking(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE')) {
    return new DomainError('invalid-input', 'The body is not valid gzip', {
      reason: 'content-encoding',
      cause: error,
    });
  }
  return error;
}
