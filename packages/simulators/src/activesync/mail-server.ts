/**
 * A small mail server: mailboxes in memory, log-in with name and password, ActiveSync of every version without a policy of its own.
 * Enough for phones to be content with; for tests and the demonstration.
 */
import { once } from 'node:events';
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  bodyKind,
  commandNames,
  type CommandRequest,
  decodeDocument,
  folderSyncAnswer,
  folderTypes,
  pingAnswer,
  policyTypeOf,
  protocolVersions,
  provisionAnswer,
  readFolderSyncRequest,
  readPingRequest,
  readRequest,
  readSettingsRequest,
  settingsAnswer,
  statusOfRequestError,
  wbxmlContentType,
} from '@gatehouse/protocols/activesync/index.ts';
import { Mailbox, type MailMessage, waitOf } from './mailbox.ts';
import { messageIn, readMessage, recipientsOf } from './sent-message.ts';

export interface SimulatedMailServerOptions {
  /** By log-in name; a mailbox is made for each. */
  readonly users: readonly { readonly user: string; readonly password: string }[];
  readonly host?: string;
  readonly port?: number;
  /** PEM; absent: plain HTTP, as behind a proxy of its own. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface SimulatedMailServer extends AsyncDisposable {
  /** https://HOST:PORT or http:// */
  readonly url: string;
  readonly port: number;
  /** Commands that came, newest last, by whom. */
  readonly asked: readonly { readonly user: string; readonly command: string }[];
  deliver(user: string, message: MailMessage): void;
  /** Requests that are held now. */
  held(): number;
}

const mostAsked = 1_000;
const mostBody = 32 * 1024 * 1024;
/** Seconds. */
const heartbeat = { shortest: 5, longest: 3_540 };

export async function startSimulatedMailServer(
  options: SimulatedMailServerOptions,
): Promise<SimulatedMailServer> {
  const mailboxes = new Map(
    options.users.map(({ user, password }) => [user, { password, mailbox: new Mailbox() }]),
  );
  const asked: { user: string; command: string }[] = [];
  let held = 0;

  const handle = (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      const status = error instanceof DecodeError ? statusOfRequestError(error) : 500;
      if (!response.headersSent) response.writeHead(status);
      response.end();
    });
  };
  const server: Server =
    options.tls === undefined ? createPlainServer(handle) : createServer({ ...options.tls }, handle);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path, query = ''] = (request.url ?? '').split('?', 2);
    if (path !== '/Microsoft-Server-ActiveSync') {
      response.writeHead(404).end();
      return;
    }
    const read = readRequest({ method: request.method ?? '', query, rawHeaders: request.rawHeaders });
    const { credentials } = read;
    const name = credentials?.scheme === 'basic' ? credentials.user.replace(/^.*\\|@.*$/g, '') : '';
    const account = mailboxes.get(name);
    if (
      credentials?.scheme !== 'basic' ||
      account === undefined ||
      account.password !== credentials.password
    ) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="mail"' }).end();
      return;
    }
    const command = read.kind === 'options' ? 'OPTIONS' : read.command;
    asked.push({ user: name, command });
    if (asked.length > mostAsked) asked.shift();
    if (read.kind === 'options') {
      response.writeHead(200, {
        'MS-Server-ActiveSync': '16.1',
        'MS-ASProtocolVersions': protocolVersions.join(','),
        'MS-ASProtocolCommands': commandNames.join(','),
        'Content-Length': '0',
      });
      response.end();
      return;
    }
    const body = await bodyOf(request);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const bytes = await commandAnswer(read, body, account.mailbox, gone.signal);
    if (gone.signal.aborted) return;
    response.writeHead(200, {
      'MS-Server-ActiveSync': '16.1',
      ...(bytes.length === 0 ? {} : { 'Content-Type': wbxmlContentType }),
      'Content-Length': String(bytes.length),
    });
    response.end(bytes);
  }

  async function commandAnswer(
    request: CommandRequest,
    body: Buffer,
    mailbox: Mailbox,
    gone: AbortSignal,
  ): Promise<Uint8Array> {
    const { version, command } = request;
    const holdFor = async (seconds: number): Promise<boolean> => {
      held += 1;
      try {
        return await mailbox.news(request.deviceId, seconds * 1_000, gone);
      } finally {
        held -= 1;
      }
    };
    switch (command) {
      case 'Provision':
        return provisionAnswer(version, { status: 1, policy: { status: 2, type: policyTypeOf(version) } });
      case 'Settings': {
        const { deviceInformation, otherParts } = readSettingsRequest(body);
        return settingsAnswer(version, {
          status: 1,
          ...(deviceInformation === undefined ? {} : { deviceInformation: 1 }),
          ...(otherParts.includes('userInformation')
            ? { userInformation: { status: 1, emailAddresses: [] } }
            : {}),
        });
      }
      case 'FolderSync':
        return listFolders(readFolderSyncRequest(body).syncKey);
      case 'Ping': {
        const { heartbeatInterval = heartbeat.longest } = readPingRequest(body);
        const seconds = Math.min(heartbeat.longest, Math.max(heartbeat.shortest, heartbeatInterval));
        const heard = await holdFor(seconds);
        return pingAnswer(heard ? { status: 2, folders: [inboxId] } : { status: 1 });
      }
      case 'Sync': {
        const root = decodeDocument(body);
        const seconds = waitOf(root);
        if (seconds > 0) await holdFor(seconds);
        return mailbox.sync(version, request.deviceId, root);
      }
      case 'SendMail': {
        const message = readMessage(bodyKind(command, version) === 'mime' ? body : messageIn(body));
        for (const to of recipientsOf(message)) mailboxes.get(to)?.mailbox.deliver(message);
        return new Uint8Array(0);
      }
      default:
        throw new DecodeError(`${command} is not known here`, { reason: 'unknown-command' });
    }
  }

  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${options.host ?? 'localhost'}:${port}`,
    port,
    asked,
    deliver(user, message) {
      mailboxes.get(user)?.mailbox.deliver(message);
    },
    held: () => held,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
}

const inboxId = '1';

/** The list never changes, so a device has it or has nothing. */
function listFolders(syncKey: string): Uint8Array {
  if (syncKey !== '0' && syncKey !== 'folders') return folderSyncAnswer({ status: 9 });
  const folders = [
    { serverId: inboxId, displayName: 'Inbox', type: folderTypes.inbox },
    { serverId: '2', displayName: 'Drafts', type: folderTypes.drafts },
    { serverId: '3', displayName: 'Sent', type: folderTypes.sent },
    { serverId: '4', displayName: 'Deleted', type: folderTypes.deleted },
    { serverId: '5', displayName: 'Calendar', type: folderTypes.calendar },
    { serverId: '6', displayName: 'Contacts', type: folderTypes.contacts },
  ];
  return folderSyncAnswer({
    status: 1,
    syncKey: 'folders',
    added: syncKey === '0' ? folders.map((folder) => ({ ...folder, parentId: '0' })) : [],
  });
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > mostBody) throw new DecodeError('too much', { reason: 'too-large' });
  }
  return Buffer.concat(chunks);
}
