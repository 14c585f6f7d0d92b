// A mail server of the tests’ own, written from the protocol and not from our code: it keeps what came over each connection byte for byte, and
// answers as it is told to, also as no server should.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface ReceivedRequest {
  readonly line: string;
  readonly method: string;
  readonly target: string;
  /** Lower-case names; several of one name with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly headerNames: readonly string[];
  readonly body: Buffer;
  readonly command: string;
  readonly connection: number;
}

/** Writes whatever it likes. */
export type Respond = (request: ReceivedRequest, socket: Socket) => void | Promise<void>;

export interface HostileMailServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly requests: ReceivedRequest[];
  /** What came over all connections, undecoded. */
  bytes(): string;
  connections(): number;
  /** Connections that are open now. */
  open(): number;
  /** user -> password */
  readonly passwords: Map<string, string>;
  /** Whose word it takes for who asks, as servers behind a gateway do. */
  takesWordOf:
    | { readonly userHeader: string; readonly secretHeader: string; readonly secret: string }
    | undefined;
  respond: Respond;
}

export const versions = '2.5,12.0,12.1,14.0,14.1,16.0,16.1';

export function plain(
  status: string,
  headers: Readonly<Record<string, string>> = {},
  body: Buffer | string = '',
): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ 'Content-Length': String(bytes.length), ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`, 'latin1'), bytes]);
}

export const wbxml = (body: Buffer | string): Buffer =>
  plain('200 OK', { 'Content-Type': 'application/vnd.ms-sync.wbxml', 'MS-Server-ActiveSync': '14.1' }, body);

export async function startHostileMailServer(): Promise<HostileMailServer> {
  const requests: ReceivedRequest[] = [];
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const passwords = new Map([['ann@acme.example', 'right']]);

  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    let parts: Buffer[] = [];
    let size = 0;
    /** Until then there is nothing to read: large bodies are put together once. */
    let needed = 0;
    let busy = Promise.resolve();
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      if (received.length < 5_000) received.push(chunk.length > 20_000 ? chunk.subarray(0, 20_000) : chunk);
      parts.push(chunk);
      size += chunk.length;
      if (needed === endless ? !endsChunks(parts.slice(-2)) : size < needed) return;
      for (;;) {
        const pending = Buffer.concat(parts);
        const read = takeRequest(pending, connection);
        if (typeof read === 'number') {
          parts = [pending];
          needed = read;
          return;
        }
        parts = [read.rest];
        size = read.rest.length;
        needed = 0;
        requests.push(read.request);
        busy = busy.then(() => answer(read.request, socket));
      }
    });
  });

  async function answer(request: ReceivedRequest, socket: Socket): Promise<void> {
    if (!isRight(request)) {
      socket.write(plain('401 Unauthorized', { 'WWW-Authenticate': 'Basic realm="exchange"' }));
      return;
    }
    if (request.method === 'OPTIONS') {
      socket.write(
        plain('200 OK', {
          'MS-ASProtocolVersions': `1.0,2.0,${versions},99.9`,
          'MS-ASProtocolCommands': 'Sync,FolderSync,Ping,Settings,SendMail,Notify',
          'MS-Server-ActiveSync': '14.1',
        }),
      );
      return;
    }
    await hostile.respond(request, socket);
  }

  function isRight({ headers }: ReceivedRequest): boolean {
    const { takesWordOf } = hostile;
    if (takesWordOf !== undefined && headers[takesWordOf.userHeader] !== undefined)
      return (
        headers[takesWordOf.secretHeader] === takesWordOf.secret &&
        passwords.has(headers[takesWordOf.userHeader] ?? '')
      );
    const [scheme = '', value = ''] = (headers['authorization'] ?? '').split(' ');
    if (scheme === 'Bearer') return value.endsWith('.good');
    const [user = '', ...password] = Buffer.from(value, 'base64').toString().split(':');
    return passwords.get(user) === password.join(':');
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const hostile: HostileMailServer = {
    url: `http://127.0.0.1:${port}/Microsoft-Server-ActiveSync`,
    port,
    requests,
    bytes: () => Buffer.concat(received).toString('latin1'),
    connections: () => connections,
    open: () => sockets.size,
    passwords,
    takesWordOf: undefined,
    respond: (_request, socket) => void socket.write(wbxml('mail')),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return hostile;
}

const endless = Number.POSITIVE_INFINITY;
const endsChunks = (last: readonly Buffer[]) =>
  Buffer.concat(last).subarray(-5).toString('latin1') === '0\r\n\r\n';

/** @returns the bytes that there must be before it makes sense to look again. */
function takeRequest(
  bytes: Buffer,
  connection: number,
): { readonly request: ReceivedRequest; readonly rest: Buffer } | number {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length + 1;
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers: Record<string, string> = {};
  const headerNames: string[] = [];
  for (const each of lines) {
    const colon = each.indexOf(':');
    const name = each.slice(0, colon).toLowerCase();
    const value = each.slice(colon + 1).trim();
    headerNames.push(name);
    headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  let body: Buffer;
  let used: number;
  if (headers['transfer-encoding'] === 'chunked') {
    const read = takeChunks(bytes.subarray(end + 4));
    if (read === undefined) return endless;
    body = read.body;
    used = end + 4 + read.used;
  } else {
    const length = Number(headers['content-length'] ?? 0);
    if (bytes.length < end + 4 + length) return end + 4 + length;
    body = Buffer.from(bytes.subarray(end + 4, end + 4 + length));
    used = end + 4 + length;
  }
  const [method = '', target = ''] = line.split(' ');
  const command = /[?&]Cmd=([A-Za-z]+)/.exec(target)?.[1] ?? (method === 'OPTIONS' ? 'OPTIONS' : '?');
  const request = { line, method, target, headers, headerNames, body, command, connection };
  return { request, rest: Buffer.from(bytes.subarray(used)) };
}

function takeChunks(bytes: Buffer): { readonly body: Buffer; readonly used: number } | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const start = lineEnd + 2;
    if (bytes.length < start + size + 2) return undefined;
    if (size === 0) return { body: Buffer.concat(parts), used: start + 2 };
    parts.push(bytes.subarray(start, start + size));
    at = start + size + 2;
  }
}
