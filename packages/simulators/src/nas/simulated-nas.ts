// A switch or access point as a policy server sees it: it knows sessions, and is told by CoA- and Disconnect-Requests (RFC 5176)
// that one has to be authorized anew or to end. It answers as its rules say, or as a test makes it misbehave.
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  type Attribute,
  decodePacket,
  encodeAttribute,
  type ErrorCauseName,
  errorCauses,
  nameAttributes,
  packetName,
  signResponse,
  verifyRequest,
} from '@gatehouse/protocols/radius/index.ts';

export interface NasRequest {
  readonly name: 'CoA-Request' | 'Disconnect-Request';
  readonly identifier: number;
  readonly attributes: readonly Attribute[];
  /** When it came, ms since the epoch. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Values of the attributes of this name, as text. */
  all(name: string): string[];
}

/** How it answers a request that proves itself. */
export type NasAnswer =
  | 'ack'
  | 'silence'
  /** An ACK that is signed with another secret. */
  | 'forged'
  /** An ACK for another request. */
  | 'other-identifier'
  | { readonly nak: ErrorCauseName | undefined };

export interface NasOptions {
  readonly secret: string;
  readonly host?: string;
  readonly port?: number;
  /** Seconds by which Event-Timestamp may be off; absent: it is not looked at. */
  readonly window?: number;
  readonly requireMessageAuthenticator?: boolean;
  readonly answer?: (request: NasRequest, transmission: number) => NasAnswer;
}

export interface SimulatedNas extends AsyncDisposable {
  readonly port: number;
  /** All that proved themselves, retransmissions included. */
  readonly requests: readonly NasRequest[];
  /** Packets that were dropped without an answer, each with the reason. */
  readonly dropped: readonly string[];
  /** How it answers from now on. */
  answerWith(answer: (request: NasRequest, transmission: number) => NasAnswer): void;
}

export async function startSimulatedNas(options: NasOptions): Promise<SimulatedNas> {
  const host = options.host ?? '127.0.0.1';
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const secret = Buffer.from(options.secret);
  const requests: NasRequest[] = [];
  const dropped: string[] = [];
  const transmissions = new Map<string, number>();
  let answer = options.answer ?? ((): NasAnswer => 'ack');

  function reply(request: NasRequest, kind: NasAnswer, to: RemoteInfo): void {
    if (kind === 'silence') return;
    const base = request.name.replace('-Request', '') as 'CoA' | 'Disconnect';
    const packet = decodePacket(request.bytes);
    const asked =
      kind === 'other-identifier' ? { ...packet, identifier: (packet.identifier + 1) % 256 } : packet;
    const isNak = typeof kind === 'object';
    const cause = isNak ? kind.nak : undefined;
    const attributes =
      cause === undefined ? [] : [encodeAttribute({ name: 'Error-Cause', value: errorCauses[cause][0] })];
    const bytes = signResponse(`${base}-${isNak ? 'NAK' : 'ACK'}`, asked, attributes, {
      secret: kind === 'forged' ? Buffer.from('not the secret') : secret,
      messageAuthenticator: packet.attributes.some(({ type }) => type === 80),
    });
    socket.send(bytes, to.port, to.address);
  }

  socket.on('message', (bytes, from) => {
    const request = read(bytes);
    if (typeof request === 'string') {
      dropped.push(request);
      return;
    }
    const text = bytes.toString('latin1');
    const transmission = (transmissions.get(text) ?? 0) + 1;
    transmissions.set(text, transmission);
    requests.push(request);
    reply(request, answer(request, transmission), from);
  });

  function read(bytes: Uint8Array): NasRequest | string {
    let proves: boolean;
    try {
      proves = verifyRequest(bytes, secret);
    } catch (error) {
      if (error instanceof DecodeError) return 'no packet';
      throw error;
    }
    const packet = decodePacket(bytes);
    const name = packetName(packet.code);
    if (name !== 'CoA-Request' && name !== 'Disconnect-Request') return `a packet of code ${packet.code}`;
    if (!proves) return 'a wrong authenticator';
    const attributes = nameAttributes(packet.attributes);
    const values = (wanted: string) => attributes.filter((attribute) => attribute.name === wanted);
    if (options.requireMessageAuthenticator && values('Message-Authenticator').length === 0)
      return 'no Message-Authenticator';
    const [time] = values('Event-Timestamp');
    if (options.window !== undefined) {
      const off = typeof time?.value === 'number' ? Math.abs(Date.now() / 1000 - time.value) : Number.NaN;
      if (!(off <= options.window)) return 'an Event-Timestamp outside the window';
    }
    return {
      name,
      identifier: packet.identifier,
      attributes,
      at: Date.now(),
      bytes: Uint8Array.from(bytes),
      all: (wanted) => values(wanted).map(({ value }) => String(value)),
    };
  }

  socket.bind(options.port ?? 0, host);
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  return {
    port,
    requests,
    dropped,
    answerWith(next) {
      answer = next;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
