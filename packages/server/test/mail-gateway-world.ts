// The composed server with an organization whose mail is behind the gateway, and a client that says exactly what it is told to.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { element, encodeWbxml, type WbxmlElement } from '@gatehouse/protocols/wbxml/index.ts';
import {
  commandRow,
  type CommandName,
  type ProtocolVersion,
  provisionRequest,
  policyTypeOf,
  readProvisionAnswer,
  isAtLeast,
} from '@gatehouse/protocols/activesync/index.ts';
import pg from 'pg';
import { connectAs } from '../src/kernel/db/address.ts';
import { composeServer, type ComposedServer } from './security/composed-server.ts';
import { type HostileMailServer, startHostileMailServer } from './hostile-mail-server.ts';

export interface ClientAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ClientRequest {
  readonly method?: string;
  readonly target?: string;
  /** Also one that there is not. */
  readonly command?: string;
  readonly user?: string;
  readonly login?: string;
  readonly password?: string;
  readonly authorization?: string;
  readonly deviceId?: string;
  /** Also one that there is not. */
  readonly version?: string;
  readonly policyKey?: number | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly from?: string;
  readonly signal?: AbortSignal;
  /** The certificate of the client and its key, PEM. */
  readonly identity?: { readonly cert: string; readonly key: string };
}

export interface MailWorld extends AsyncDisposable {
  readonly server: ComposedServer;
  readonly mail: HostileMailServer;
  readonly serverId: string;
  send(request?: ClientRequest): Promise<ClientAnswer>;
  /** Sends the head of a request and gives the bare connection: nobody reads from it, or writes to it, but the test. */
  open(request: ClientRequest & { readonly length?: number }): Promise<TLSSocket>;
  /** Raw bytes over TLS, and all that comes back until the server closes or half a second is silent. */
  raw(text: string): Promise<string>;
  /** Both steps of Provision. @returns the final key */
  provision(request?: ClientRequest): Promise<number>;
  /** The mail devices as the API shows them. */
  devices(): Promise<readonly MailDeviceShown[]>;
  operate(method: string, path: string, body?: unknown): Promise<unknown>;
}

export interface MailDeviceShown {
  readonly id: string;
  readonly state: string;
  readonly deviceKey?: string;
  readonly [name: string]: unknown;
}

/** The command’s own root with nothing in it. */
export function bodyOf(command: CommandName, ...children: readonly WbxmlElement[]): Buffer {
  const { root } = commandRow(command);
  if (root === undefined) throw new Error(`${command} has no body`);
  return Buffer.from(encodeWbxml(element(root, ...children)));
}

export const device = 'ANDROID1234567890';

export async function openMailWorld(
  env: Readonly<Record<string, string>> = {},
  settings: object = { strangers: 'allow' },
  /** Of a listener of the gateway’s own. */
  port?: number,
): Promise<MailWorld> {
  const server = await composeServer({ env: { GATEHOUSE_OUTBOUND_ALLOW: '127.0.0.1', ...env } });
  const mail = await startHostileMailServer();
  await server.addOrganization('acme');
  const made = await server.operate(
    'POST',
    '/tokens',
    { name: 'tests', role: 'org-admin', expiresInSeconds: 366 * 86_400 },
    'acme',
  );
  const { token } = made.json() as { token: string };
  // By the API and not as the operator: that goes on when the clock is moved.
  const operate: MailWorld['operate'] = async (method, path, body) => {
    const answer = await server.application.main.inject({
      method: method as 'GET',
      url: `/api/v1${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`);
    return answer.body === '' ? undefined : answer.json();
  };
  const users = (await operate('GET', '/users')) as { items: { id: string; email: string }[] };
  if (!users.items.some(({ email }) => email === 'ann@acme.example'))
    await operate('POST', '/users', { email: 'ann@acme.example' });
  const { id: serverId } = (await operate('POST', '/mail-servers', {
    name: 'Exchange',
    url: mail.url,
    lockoutAttempts: 20,
  })) as { id: string };
  await operate('POST', `/mail-servers/${serverId}/assignments`, { targetKind: 'organization' });
  await operate('PATCH', '/mail-settings', { maximumDevices: 100, ...settings });
  const agent = new https.Agent({ keepAlive: true, ca: server.ca, servername: 'localhost' });

  const send: MailWorld['send'] = (request = {}) => {
    const {
      method = 'POST',
      command = 'FolderSync',
      login = 'ann@acme.example',
      password = 'right',
      deviceId = device,
      version = '14.1',
      body = method === 'OPTIONS' || command === 'GetAttachment' ? undefined : bodyOf(command as CommandName),
    } = request;
    const user = request.user ?? login;
    const target =
      request.target ??
      (method === 'OPTIONS'
        ? '/Microsoft-Server-ActiveSync'
        : `/Microsoft-Server-ActiveSync?Cmd=${command}&User=${encodeURIComponent(user)}&DeviceId=${encodeURIComponent(deviceId)}&DeviceType=Android`);
    const headers: Record<string, string> = {
      authorization:
        request.authorization ?? `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
      'user-agent': 'Android-Mail/8',
      ...(method === 'OPTIONS' ? {} : { 'ms-asprotocolversion': version }),
      ...(request.policyKey === undefined ? {} : { 'x-ms-policykey': String(request.policyKey) }),
      ...(body === undefined
        ? {}
        : {
            'content-type': 'application/vnd.ms-sync.wbxml',
            ...(request.headers?.['transfer-encoding'] === undefined
              ? { 'content-length': String(body.length) }
              : {}),
          }),
      ...request.headers,
    };
    if (headers['authorization'] === '') delete headers['authorization'];
    return new Promise((resolve, reject) => {
      const sent = https.request(
        {
          host: '127.0.0.1',
          port: port ?? server.ports.main,
          method,
          path: target,
          headers,
          ...(request.from === undefined && request.identity === undefined
            ? { agent }
            : { agent: false, ca: server.ca, servername: 'localhost' }),
          ...(request.from === undefined ? {} : { localAddress: request.from }),
          ...request.identity,
          ...(request.signal === undefined ? {} : { signal: request.signal }),
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  };

  const provision: MailWorld['provision'] = async (request = {}) => {
    const version = (request.version ?? '14.1') as ProtocolVersion;
    const policyType = policyTypeOf(version);
    const first = await send({
      ...request,
      command: 'Provision',
      policyKey: 0,
      body: Buffer.from(
        provisionRequest(version, {
          kind: 'download',
          policyType,
          ...(isAtLeast(version, '14.1') ? { deviceInformation: { Model: 'Pixel' } } : {}),
        }),
      ),
    });
    if (first.status !== 200) throw new Error(`Provision: ${first.status}`);
    const offered = readProvisionAnswer(first.body);
    if (offered.policyKey === undefined || offered.policy === undefined)
      throw new Error(`no policy: ${JSON.stringify(offered)}`);
    const second = await send({
      ...request,
      command: 'Provision',
      policyKey: offered.policyKey,
      body: Buffer.from(
        provisionRequest(version, {
          kind: 'acknowledge',
          policyType,
          policyKey: offered.policyKey,
          status: 1,
        }),
      ),
    });
    const key = second.status === 200 ? readProvisionAnswer(second.body).policyKey : undefined;
    if (key === undefined || key === offered.policyKey) throw new Error(`no final key: ${second.status}`);
    return key;
  };

  return {
    server,
    mail,
    serverId,
    send,
    provision,
    operate,
    raw: (text) => exchange(server, text),
    async open({ command = 'ItemOperations', policyKey = 0, length }) {
      const body = length === undefined ? bodyOf(command as CommandName) : Buffer.alloc(0);
      const socket = connectTls({
        host: '127.0.0.1',
        port: server.ports.main,
        ca: server.ca,
        servername: 'localhost',
      });
      await once(socket, 'secureConnect');
      socket.on('error', () => undefined).pause();
      const lines = [
        `POST /Microsoft-Server-ActiveSync?Cmd=${command}&User=ann%40acme.example&DeviceId=${device}&DeviceType=Android HTTP/1.1`,
        'Host: localhost',
        `Authorization: Basic ${Buffer.from('ann@acme.example:right').toString('base64')}`,
        'MS-ASProtocolVersion: 14.1',
        `X-MS-PolicyKey: ${policyKey}`,
        'User-Agent: Android-Mail/8',
        'Content-Type: application/vnd.ms-sync.wbxml',
        `Content-Length: ${length ?? body.length}`,
      ];
      socket.write(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]));
      return socket;
    },
    async devices() {
      return ((await operate('GET', '/mail-devices')) as { items: MailDeviceShown[] }).items;
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await server[Symbol.asyncDispose]();
      await mail[Symbol.asyncDispose]();
    },
  };
}

function exchange(server: ComposedServer, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket: TLSSocket = connectTls({
      host: '127.0.0.1',
      port: server.ports.main,
      ca: server.ca,
      servername: 'localhost',
    });
    let heard = '';
    let quiet: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(quiet);
      socket.destroy();
      resolve(heard);
    };
    const wait = () => {
      clearTimeout(quiet);
      quiet = setTimeout(end, 600);
    };
    socket.on('secureConnect', () => {
      socket.write(text, 'latin1');
      wait();
    });
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      wait();
    });
    socket.on('error', end);
    socket.on('close', end);
  });
}

/** Nobody can connect to the database meanwhile, and whoever was connected is not any more. */
export async function withoutDatabase(
  { server }: Pick<MailWorld, 'server'>,
  work: () => Promise<void>,
): Promise<void> {
  const { address } = server.db;
  const name = address.config.database;
  const database = new pg.Client(
    connectAs({ ...address, config: { ...address.config, database: 'postgres' } }, 'login'),
  );
  await database.connect();
  await database.query(`alter database "${name}" with allow_connections false`);
  await database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()`,
    [name],
  );
  try {
    await work();
  } finally {
    await database.query(`alter database "${name}" with allow_connections true`);
    await database.end();
  }
}

export const randomDevice = (): string => `D${randomBytes(8).toString('hex')}`;
