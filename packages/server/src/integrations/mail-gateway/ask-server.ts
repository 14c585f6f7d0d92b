// Short questions of the gateway’s own to a mail server, whose answers are read whole: who is this, what do you speak, what is your policy.
import { gunzip, inflate } from 'node:zlib';
import type { Exchange } from './upstream/connection.ts';
import type { ServerPool } from './upstream/pool.ts';
import { headerOf, type ResponseHead } from './upstream/response-head.ts';
import { UpstreamError } from './upstream/upstream-error.ts';

export interface ServerAnswer {
  readonly head: ResponseHead;
  /** Uncompressed. */
  readonly body: Buffer;
}

/** As much of an answer as is looked into. */
export const inspectedBytes = 1024 * 1024;

/** @throws UpstreamError */
export async function askServer(
  pool: ServerPool,
  request: { readonly head: string; readonly body: Buffer | null; readonly timeoutMs: number },
): Promise<ServerAnswer> {
  try {
    return await uncompressed(await once(pool, request, false));
  } catch (error) {
    if (!(error instanceof StaleConnection)) throw error;
    return uncompressed(await once(pool, request, true));
  }
}

/** It had been used before and was closed before a word of the answer. */
class StaleConnection extends Error {}

function once(
  pool: ServerPool,
  {
    head,
    body,
    timeoutMs,
  }: { readonly head: string; readonly body: Buffer | null; readonly timeoutMs: number },
  fresh: boolean,
): Promise<ServerAnswer> {
  return new Promise((resolve, reject) => {
    const now = performance.now();
    const connection = pool.take(now, fresh);
    const parts: Buffer[] = [];
    let bytes = 0;
    let answered: ResponseHead | undefined;
    const exchange: Exchange = {
      onHead(given) {
        answered = given;
      },
      onPart(part) {
        bytes += part.length;
        if (bytes > inspectedBytes) {
          connection.abandon(new UpstreamError('too-large', 'The mail server’s answer is too long'));
          return false;
        }
        parts.push(Buffer.from(part));
        return true;
      },
      onEnd() {
        if (answered !== undefined) resolve({ head: answered, body: Buffer.concat(parts) });
      },
      onError(error) {
        const isStale = error.reason === 'closed' && connection.served > 0 && answered === undefined;
        reject(isStale ? new StaleConnection() : error);
      },
      onDrain: () => undefined,
    };
    connection.deadline = now + timeoutMs;
    connection.request(exchange, head, body, true);
  });
}

async function uncompressed(answer: ServerAnswer): Promise<ServerAnswer> {
  const encoding = headerOf(answer.head, 'content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity' || answer.body.length === 0) return answer;
  const body = await uncompress(encoding, answer.body);
  return { head: answer.head, body };
}

/** @throws UpstreamError for what cannot be, or becomes too much (HTTP-12) */
export function uncompress(encoding: string, bytes: Buffer): Promise<Buffer> {
  const expand =
    encoding === 'gzip' || encoding === 'x-gzip' ? gunzip : encoding === 'deflate' ? inflate : undefined;
  return new Promise((resolve, reject) => {
    const fail = () =>
      reject(new UpstreamError('malformed', 'The mail server’s answer cannot be uncompressed'));
    if (expand === undefined) return fail();
    expand(bytes, { maxOutputLength: inspectedBytes }, (error, result) => (error ? fail() : resolve(result)));
  });
}
