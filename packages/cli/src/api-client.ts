// The admin API from the command line: over the local socket of the server's own machine, where the data directory's
// permissions are the credential, or over HTTPS with a token.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Agent, Client, type Dispatcher } from 'undici';
import { CommandError } from './command-error.ts';

export interface ApiRequest {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** A raw body instead, with its media type. */
  readonly upload?: { readonly mediaType: string; readonly content: Buffer | Readable };
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiClient {
  request<T>(method: string, path: string, request?: ApiRequest): Promise<T>;
  /** All pages of a list, at most `limit` items. */
  list<T>(path: string, query?: ApiRequest['query'], limit?: number): Promise<T[]>;
  download(path: string, query?: ApiRequest['query']): Promise<Readable>;
  close(): Promise<void>;
}

export interface ApiTarget {
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly organization?: string | undefined;
  readonly certificateAuthority?: string | undefined;
  readonly dataDirectory: string;
}

interface Connection {
  readonly origin: string;
  readonly dispatcher: Dispatcher;
  readonly headers: Record<string, string>;
  /** Made anew for each request; removed when it was not used. */
  prove?(): { headers: Record<string, string>; done(): void };
}

export function connectApi(target: ApiTarget): ApiClient {
  const connection =
    target.server === undefined
      ? connectLocally(target.dataDirectory)
      : connectByToken(target, target.server);
  if (target.organization !== undefined) connection.headers['gatehouse-organization'] = target.organization;

  async function send(method: string, path: string, request: ApiRequest): Promise<Dispatcher.ResponseData> {
    const url = new URL(`/api/v1${path}`, connection.origin);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, value);
    }
    const proof = connection.prove?.();
    const headers: Record<string, string> = { ...connection.headers, ...proof?.headers, ...request.headers };
    let body: string | Buffer | Readable | undefined;
    if (request.upload) {
      headers['content-type'] = request.upload.mediaType;
      body = request.upload.content;
    } else if (request.body !== undefined) {
      headers['content-type'] = 'application/json';
      body = JSON.stringify(request.body);
    }
    try {
      return await connection.dispatcher.request({
        origin: connection.origin,
        path: url.pathname + url.search,
        method: method,
        headers,
        body: body ?? null,
        headersTimeout: 60_000,
        bodyTimeout: 300_000,
      });
    } catch (error) {
      throw unreachable(error as NodeJS.ErrnoException, target);
    } finally {
      proof?.done();
    }
  }

  async function checked(
    method: string,
    path: string,
    request: ApiRequest,
  ): Promise<Dispatcher.ResponseData> {
    const answer = await send(method, path, request);
    if (answer.statusCode >= 400) throw await refusal(answer);
    return answer;
  }

  const client: ApiClient = {
    async request<T>(method: string, path: string, request: ApiRequest = {}) {
      const answer = await checked(method, path, request);
      const text = await answer.body.text();
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    async list<T>(path: string, query: ApiRequest['query'] = {}, limit = 1_000) {
      const items: T[] = [];
      let cursor: string | undefined;
      do {
        const page: { items: T[]; nextCursor?: string } = await client.request('GET', path, {
          query: { ...query, limit: String(Math.min(200, limit - items.length)), cursor },
        });
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== undefined && items.length < limit);
      return items;
    },
    async download(path, query = {}) {
      return (await checked('GET', path, { query })).body;
    },
    close: () => connection.dispatcher.close(),
  };
  return client;
}

function connectByToken(target: ApiTarget, server: string): Connection {
  if (target.token === undefined) {
    throw new CommandError(
      'Give a token with --token or GATEHOUSE_TOKEN; `gatehouse token create` makes one.',
    );
  }
  const authority = target.certificateAuthority ?? existing(join(target.dataDirectory, 'tls', 'trust.pem'));
  const dispatcher = new Agent({
    connect: authority === undefined ? {} : { ca: readFileSync(authority) },
  });
  return { origin: server, dispatcher, headers: { authorization: `Bearer ${target.token}` } };
}

/**
 * The local socket lies in a directory that only the server's user and root may enter. To be sure of the caller's user all
 * the same, each request names a fresh file of the caller's in that directory; the server reads its owner and removes it.
 */
function connectLocally(dataDirectory: string): Connection {
  const run = join(dataDirectory, 'run');
  // A data directory too deep for a socket's path says where the socket is instead.
  const pointer = existing(join(run, 'local.address'));
  const socketPath = pointer === undefined ? join(run, 'local.sock') : readFileSync(pointer, 'utf8');
  return {
    origin: 'http://gatehouse.local',
    dispatcher: new Client('http://gatehouse.local', { socketPath }),
    headers: {},
    prove() {
      const name = `caller-${randomBytes(16).toString('hex')}`;
      const path = join(run, name);
      try {
        writeFileSync(path, '', { flag: 'wx', mode: 0o600 });
      } catch (error) {
        throw unreachable(error as NodeJS.ErrnoException, { dataDirectory });
      }
      return {
        headers: { 'gatehouse-caller': name },
        done: () => {
          if (existsSync(path)) unlinkSync(path);
        },
      };
    },
  };
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

function unreachable(error: NodeJS.ErrnoException, target: ApiTarget): CommandError {
  if (target.server !== undefined)
    return new CommandError(`${target.server} cannot be reached: ${error.message}`);
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return new CommandError(
      `You may not use the server's data directory ${target.dataDirectory}. Run this as the server's user or root, or use --server and --token.`,
    );
  }
  return new CommandError(
    `No Gatehouse server runs on ${target.dataDirectory}. Start it with \`npm start\`, name its directory with --data-dir, or use --server and --token.`,
  );
}

async function refusal(answer: Dispatcher.ResponseData): Promise<CommandError> {
  const text = await answer.body.text();
  try {
    const problem = JSON.parse(text) as {
      detail?: string;
      title?: string;
      fields?: { at: string; problem: string }[];
    };
    return new CommandError(
      problem.detail ?? problem.title ?? `The server answered ${answer.statusCode}`,
      problem,
    );
  } catch {
    return new CommandError(`The server answered ${answer.statusCode}`);
  }
}
