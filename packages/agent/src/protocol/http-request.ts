/** One HTTPS request with every bound set: time, size of the answer, no redirects, no compression of the answer. */
import { type Dispatcher, request } from 'undici';
import { UnreachableError } from './errors.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly dispatcher: Dispatcher;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  /** ms until the answer must be complete. */
  readonly timeoutMs: number;
  readonly maximumBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** @throws UnreachableError whatever goes wrong on the way. */
export async function sendRequest(of: HttpRequest): Promise<HttpAnswer> {
  if (of.url.protocol !== 'https:') throw new UnreachableError(`${of.url.protocol} is not https`);
  const deadline = AbortSignal.timeout(of.timeoutMs);
  try {
    const answer = await request(of.url, {
      method: of.method,
      dispatcher: of.dispatcher,
      headers: { ...of.headers },
      body: of.body === undefined ? null : Buffer.from(of.body),
      signal: of.signal === undefined ? deadline : AbortSignal.any([deadline, of.signal]),
      headersTimeout: of.timeoutMs,
      bodyTimeout: of.timeoutMs,
    });
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      total += chunk.length;
      if (total > of.maximumBytes) {
        answer.body.destroy();
        throw new UnreachableError(`the answer is longer than ${of.maximumBytes} bytes`);
      }
      chunks.push(chunk);
    }
    return { status: answer.statusCode, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    if (error instanceof UnreachableError) throw error;
    throw new UnreachableError(reasonOf(error), { cause: error });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${code === undefined ? '' : `${code} `}${error.message}${cause}`;
}
