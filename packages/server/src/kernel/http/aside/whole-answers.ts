// Addresses of the fast lane that answer a request as a whole: a body that has come goes in, an answer comes out. What the server
// sets for every answer is set here too, so that nobody can tell which way a request went.
import type { PlainResponse, WholeRequest } from './plain-exchange.ts';

export interface WholeAnswer {
  readonly status: number;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  readonly body?: Uint8Array | undefined;
}

export interface WholeAddress {
  readonly method: string;
  /** Path and nothing else; as a route it is the same. */
  readonly path: string;
  /**
   * Does not reject.
   * @returns undefined: something about the request is not as usual. Nothing has been done, and Node’s server does it.
   */
  readonly answer: (request: WholeRequest, requestId: string) => Promise<WholeAnswer> | undefined;
}

/** @param name in lower case. @returns undefined when it is missing or there twice. */
export function onlyHeader(rawHeaders: readonly string[], name: string): string | undefined {
  let found: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] as string;
    if (given.length !== name.length || given.toLowerCase() !== name) continue;
    if (found !== undefined) return undefined;
    found = rawHeaders[index + 1];
  }
  return found;
}

/** @param common of every answer: name, value, name, value. */
export function sendWhole(
  response: PlainResponse,
  { status, headers, body }: WholeAnswer,
  common: readonly string[],
): void {
  // Who asked has gone.
  if (response.destroyed) return;
  response.writeHead(status, [...common, ...headers, 'content-length', `${body?.length ?? 0}`]);
  if (body === undefined) response.end();
  else response.end(body);
}
