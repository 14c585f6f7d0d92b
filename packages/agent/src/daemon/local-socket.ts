/**
 * How local programs talk to the daemon: `GET /status` and `POST /refresh` over a UNIX socket that only root and the group
 * `gatehouse` may open (AGT-T03). Nothing else is offered there: enrolling, leaving and changing anything need root and the
 * state directory.
 */
import { chownSync, readFileSync } from 'node:fs';
import { lstat, unlink } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AgentStatus } from './status.ts';

export interface LocalSocketHandlers {
  status(): AgentStatus;
  refresh(): Promise<void>;
}

export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
}

/** @throws AlreadyRunningError when a daemon answers there. */
export async function listenLocally(path: string, handlers: LocalSocketHandlers): Promise<Server> {
  await removeDeadSocket(path);
  const server = createServer((incoming, answer) => {
    incoming.resume();
    const send = (status: number, body: unknown) => {
      answer.writeHead(status, { 'content-type': 'application/json' });
      answer.end(JSON.stringify(body));
    };
    if (incoming.method === 'GET' && incoming.url === '/status') return send(200, handlers.status());
    if (incoming.method === 'POST' && incoming.url === '/refresh') {
      handlers.refresh().then(
        () => send(200, handlers.status()),
        (error: unknown) => send(503, { error: error instanceof Error ? error.message : String(error) }),
      );
      return;
    }
    send(404, { error: 'only GET /status and POST /refresh are offered here' });
  });
  server.maxConnections = 32;
  // The permission bits must be right from the first moment on: the socket is bound while the mask is narrow.
  const mask = process.umask(0o117);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(mask);
  }
  giveToGroup(path, 'gatehouse');
  return server;
}

async function removeDeadSocket(path: string): Promise<void> {
  const status = await lstat(path).catch(() => undefined);
  if (status === undefined) return;
  if (!status.isSocket()) throw new Error(`${path} is not a socket`);
  const answers = await askLocally(path, 'GET', '/status', 2_000).then(
    () => true,
    () => false,
  );
  if (answers) throw new AlreadyRunningError(`an agent is running already (${path})`);
  await unlink(path);
}

/** Node offers no way to look up a group; the file has the local ones, which is where the package creates ours. */
function giveToGroup(path: string, group: string): void {
  try {
    const gid = new RegExp(`^${group}:[^:]*:([0-9]+):`, 'm').exec(readFileSync('/etc/group', 'utf8'))?.[1];
    if (gid !== undefined) chownSync(path, process.getuid?.() ?? 0, Number(gid));
  } catch {
    // Without the group only root may talk to the daemon.
  }
}

/** One call to the daemon. Rejects when nobody answers. */
export function askLocally(
  path: string,
  method: 'GET' | 'POST',
  url: string,
  timeoutMs: number,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: path, method, path: url, timeout: timeoutMs }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > 4 * 1024 * 1024) call.destroy(new Error('the answer is too long'));
      });
      answer.on('end', () => {
        try {
          const body: unknown = JSON.parse(text);
          if (answer.statusCode === 200) resolve(body);
          else reject(new Error(errorIn(body) ?? `the daemon answered ${answer.statusCode ?? 'nothing'}`));
        } catch (error) {
          reject(error);
        }
      });
      answer.on('error', reject);
    });
    call.on('timeout', () => call.destroy(new Error('no answer in time')));
    call.on('error', reject);
    call.end();
  });
}

function errorIn(body: unknown): string | undefined {
  const error = (body as { error?: unknown } | null)?.error;
  return typeof error === 'string' ? error : undefined;
}
