/**
 * One short conversation with a stranger over a connection of its own: something is said, and as much is heard as is wanted. Nothing secret may be
 * said: whose certificate it is that the other side shows is not asked, because whoever looks for open doors wants to know of those with
 * bad certificates too.
 */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Conversation {
  /** An address, not a name. */
  readonly address: string;
  readonly port: number;
  /** Present: with TLS. The name is what the other side is told that it is called; an address is not told. */
  readonly tls?: { readonly name: string };
  /** One of this machine's addresses, to speak from. */
  readonly localAddress?: string | undefined;
  readonly send?: Uint8Array | undefined;
  /** Asked whenever more has been heard. */
  readonly enough: (heard: Uint8Array) => boolean;
}

export const conversationLimits = { bytes: 64 * 1024, connectMs: 5_000, totalMs: 8_000 };

export type Heard =
  | { readonly heard: 'bytes'; readonly bytes: Uint8Array }
  | { readonly heard: 'refused' }
  | { readonly heard: 'silent' }
  /** The connection came about, and not a word. */
  | { readonly heard: 'mute' }
  | { readonly heard: 'no-tls' };

/** Never fails: what went wrong is what was heard. */
export function converse(
  conversation: Conversation,
  limits: typeof conversationLimits = conversationLimits,
): Promise<Heard> {
  return new Promise((resolve) => {
    const { send, enough, tls } = conversation;
    const parts: Buffer[] = [];
    let length = 0;
    let connected = false;
    let ready = false;
    const socket = open(conversation);
    const finish = (otherwise: Exclude<Heard['heard'], 'bytes'>) => {
      clearTimeout(connecting);
      clearTimeout(whole);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      resolve(length > 0 ? { heard: 'bytes', bytes: Buffer.concat(parts) } : { heard: otherwise });
    };
    const silence = () => (ready ? 'mute' : connected ? 'no-tls' : 'silent');
    const connecting = setTimeout(() => {
      if (!ready) finish(silence());
    }, limits.connectMs);
    const whole = setTimeout(() => finish(silence()), limits.totalMs);
    socket.once('connect', () => (connected = true));
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      ready = true;
      if (send !== undefined) socket.write(send);
    });
    socket.on('data', (bytes: Buffer) => {
      parts.push(bytes.subarray(0, limits.bytes - length));
      length = Math.min(limits.bytes, length + bytes.length);
      if (length >= limits.bytes || enough(Buffer.concat(parts))) finish('mute');
    });
    const gone = () => finish(connected ? silence() : 'refused');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (connected) gone();
      else finish(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET' ? 'refused' : 'silent');
    });
    socket.once('close', gone);
    socket.once('end', gone);
  });
}

function open({ address, port, tls, localAddress }: Conversation): Socket {
  const from = localAddress === undefined ? {} : { localAddress };
  if (tls === undefined) return connectTcp({ host: address, port, ...from });
  return connectTls({
    host: address,
    port,
    ...from,
    ...(isIP(tls.name) === 0 ? { servername: tls.name } : {}),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: false,
    // Old mail servers are the ones that are worth finding.
    minVersion: 'TLSv1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
}
