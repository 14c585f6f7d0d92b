/**
 * The admin API as the operator at the server's own machine uses it: over the socket in the data directory, each request
 * proved by a fresh file of the caller beside it (ADM-24). For the demonstration, journeys and benchmarks.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type Dispatcher } from 'undici';

export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';
  readonly status: number;
  /** The `reason` of the problem, or its `code`. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

export interface LocalApi {
  /** @param key makes a request that is sent again with it be done once (`Idempotency-Key`). */
  request<T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<T>;
  /** All pages. */
  list<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T[]>;
  text(path: string): Promise<string>;
  close(): Promise<void>;
}

/** @param organization slug; absent for what belongs to no organization. Connects anew when the server was restarted. */
export function connectLocalApi(dataDirectory: string, organization?: string): LocalApi {
  const run = join(dataDirectory, 'run');
  const pointer = join(run, 'local.address');
  const socketPath = existsSync(pointer) ? readFileSync(pointer, 'utf8') : join(run, 'local.sock');
  const client = new Client('http://gatehouse.local', { socketPath, pipelining: 1 });

  async function send(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: unknown,
    key?: string,
  ): Promise<string> {
    const caller = `caller-${randomBytes(16).toString('hex')}`;
    const proof = join(run, caller);
    writeFileSync(proof, '', { flag: 'wx', mode: 0o600 });
    try {
      const answer = await client.request({
        path: `/api/v1${path}`,
        method,
        headers: {
          'gatehouse-caller': caller,
          ...(organization === undefined ? {} : { 'gatehouse-organization': organization }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: 30_000,
        bodyTimeout: 120_000,
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 400) throw refusal(answer.statusCode, text);
      return text;
    } finally {
      rmSync(proof, { force: true });
    }
  }

  return {
    async request<T>(method: Dispatcher.HttpMethod, path: string, body?: unknown, key?: string) {
      const text = await send(method, path, body, key);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    async list<T>(path: string, query: Readonly<Record<string, string>> = {}) {
      const items: T[] = [];
      let cursor: string | undefined;
      do {
        const parameters = new URLSearchParams({ ...query, limit: '200', ...(cursor && { cursor }) });
        const page = JSON.parse(await send('GET', `${path}?${parameters}`)) as {
          items: T[];
          nextCursor?: string;
        };
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return items;
    },
    text: (path) => send('GET', path),
    close: () => client.destroy(),
  };
}

function refusal(status: number, text: string): ApiRefusal {
  try {
    const { reason, code, detail } = JSON.parse(text) as { reason?: string; code?: string; detail?: string };
    return new ApiRefusal(status, reason ?? code ?? 'unknown', detail ?? `the server answered ${status}`);
  } catch {
    return new ApiRefusal(status, 'unknown', `the server answered ${status}`);
  }
}
