// The mail server behind both: as little as can answer. Every log-in is right, if there is one, every Sync brings two kilobytes, an attachment is 25 MB,
// and a Ping is held until the end. It reads no more of a request than where it ends.
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export const attachmentBytes = 25 * 1024 * 1024;

const answer = (headers: string, body: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${headers}\r\n\r\n`, 'latin1'),
    body,
  ]);

const wbxml = 'Content-Type: application/vnd.ms-sync.wbxml\r\nMS-Server-ActiveSync: 16.1';
/** <Sync><Collections> with an opaque piece that makes it as long as a handful of new mails. */
const newMail = Buffer.concat([
  Buffer.from([0x03, 0x01, 0x6a, 0x00, 0x45, 0x5c, 0xc3, 0x90, 0x00]),
  Buffer.alloc(2_048, 'm'),
  Buffer.from([0x01, 0x01]),
]);
/** <Provision><Status>1</Status><Policies/></Provision>: a server that has no policy of its own. */
const noPolicy = Buffer.from([0x03, 0x01, 0x6a, 0x00, 0x00, 0x0e, 0x45, 0x4b, 0x03, 0x31, 0x00, 0x01, 0x01]);
/** <FolderSync><Status>1</Status><SyncKey>1</SyncKey></FolderSync> */
const folders = Buffer.from([
  0x03, 0x01, 0x6a, 0x00, 0x00, 0x07, 0x56, 0x4c, 0x03, 0x31, 0x00, 0x01, 0x52, 0x03, 0x31, 0x00, 0x01, 0x01,
]);

const unauthorized = Buffer.from(
  'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="mail"\r\nContent-Length: 0\r\n\r\n',
);

const answers = {
  OPTIONS: answer(
    'MS-ASProtocolVersions: 2.5,12.0,12.1,14.0,14.1,16.0,16.1\r\nMS-ASProtocolCommands: Sync,SendMail,FolderSync,Settings,Ping,ItemOperations,Provision',
    Buffer.alloc(0),
  ),
  Sync: answer(wbxml, newMail),
  Provision: answer(wbxml, noPolicy),
  FolderSync: answer(wbxml, folders),
  ItemOperations: answer(
    'Content-Type: application/vnd.ms-sync.multipart',
    Buffer.alloc(attachmentBytes, 'attachment '),
  ),
} as const;

/** @returns the port, and how many requests are held. */
export async function startBackend(): Promise<{ port: number; held(): number }> {
  const held = new Set<Socket>();
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    let bodyLeft = 0;
    let begun = '';
    socket.on('error', () => undefined);
    socket.on('close', () => held.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      let at = 0;
      while (at < chunk.length) {
        const skipped = Math.min(bodyLeft, chunk.length - at);
        bodyLeft -= skipped;
        at += skipped;
        if (at >= chunk.length) return;
        const end = chunk.indexOf('\r\n\r\n', at);
        if (end === -1) {
          begun += chunk.toString('latin1', at);
          const whole = begun.indexOf('\r\n\r\n');
          if (whole === -1) return;
          // A head that came in two pieces; what follows it in the second one is body.
          const rest = begun.slice(whole + 4);
          bodyLeft = lengthIn(begun) - rest.length;
          respond(begun);
          begun = '';
          return;
        }
        const head = begun + chunk.toString('latin1', at, end);
        begun = '';
        at = end + 4;
        bodyLeft = lengthIn(head);
        respond(head);
      }
    });
    function respond(head: string): void {
      if (head.startsWith('OPTIONS ')) {
        // The gateway looks whether anybody is asked who he is.
        socket.write(/\r\nauthorization: /i.test(head) ? answers.OPTIONS : unauthorized);
        return;
      }
      const command = /[?&]Cmd=(\w+)/.exec(head)?.[1] ?? '';
      if (command === 'Ping') held.add(socket);
      else socket.write(answers[command as keyof typeof answers] ?? answers.Sync);
    }
  });
  server.listen(0, '127.0.0.1', 4_096);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, held: () => held.size };
}

function lengthIn(head: string): number {
  return Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
}
