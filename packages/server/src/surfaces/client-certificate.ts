// Where a device's certificate comes from: the TLS connection itself, or, when an operator has put a TLS-terminating proxy in
// front, one header of that proxy (RFC 9440, or nginx's variable). The header is worth exactly as much as the certainty that
// it is the proxy's: from anybody else, in any other form or twice, it is an attempt at forgery (DEV-04).
import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { TLSSocket } from 'node:tls';
import { DomainError } from '@gatehouse/core/errors.ts';

export interface ClientCertificateOptions {
  /** Addresses and CIDR ranges. */
  readonly trustedProxies: readonly string[];
  readonly header: 'rfc9440' | 'nginx' | undefined;
}

/** The certificate in DER; undefined when there is none. @throws DomainError `invalid-input` (`forged-certificate-header`) */
export type ReadClientCertificate = (
  message: Pick<IncomingMessage, 'rawHeaders' | 'socket'>,
) => Uint8Array | undefined;

/** One header carries the certificate; the proxy may send these beside it, and they are not read. */
const headers = {
  rfc9440: { name: 'client-cert', beside: ['client-cert-chain'], decode: fromByteSequence },
  nginx: { name: 'x-ssl-client-cert', beside: [], decode: fromEscapedPem },
} as const;

const maxHeaderLength = 12 * 1024;

export function createCertificateReader(options: ClientCertificateOptions): ReadClientCertificate {
  const proxies = blockListOf(options.trustedProxies);
  const mode = options.header === undefined ? undefined : headers[options.header];
  /** A connection's certificate never changes: renegotiation is off. Reading it once spares a copy per request. */
  const ofSocket = new WeakMap<object, Uint8Array>();

  return (message) => {
    const { socket } = message;
    const fromProxy = mode !== undefined && isListed(proxies, socket.remoteAddress);
    const named = certificateHeaders(message);
    if (fromProxy) {
      const strange = named.find(
        ({ name }) => name !== mode.name && !(mode.beside as readonly string[]).includes(name),
      );
      if (strange) throw forged(`the proxy sent ${strange.name}`);
      const values = named.filter(({ name }) => name === mode.name);
      if (values.length > 1) throw forged('the proxy sent two certificates');
      const [only] = values;
      return only === undefined || only.value === '' ? undefined : decode(mode.decode, only.value);
    }
    if (named.length > 0) throw forged('the header did not come from the proxy');
    if (!(socket instanceof TLSSocket)) return undefined;
    const known = ofSocket.get(socket);
    if (known) return known;
    const der = socket.getPeerX509Certificate()?.raw;
    if (der) ofSocket.set(socket, der);
    return der;
  };
}

/** Every header that any common proxy would carry a certificate in, its underscore twins included. */
function certificateHeaders({
  rawHeaders,
}: Pick<IncomingMessage, 'rawHeaders'>): { name: string; value: string }[] {
  const found: { name: string; value: string }[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const raw = rawHeaders[index] ?? '';
    if (!/cert/i.test(raw)) continue;
    const name = raw.toLowerCase();
    if (/client[-_]?cert/.test(name)) found.push({ name, value: rawHeaders[index + 1] ?? '' });
  }
  return found;
}

function forged(why: string): DomainError {
  return new DomainError('invalid-input', 'A certificate header is not accepted here', {
    reason: 'forged-certificate-header',
    cause: new Error(why),
  });
}

function decode(decoder: (value: string) => Uint8Array | undefined, value: string): Uint8Array {
  const der = value.length > maxHeaderLength ? undefined : decoder(value);
  if (!der) throw forged('the proxy’s header cannot be read');
  return der;
}

/** RFC 9440 section 2.1: a structured field byte sequence (RFC 8941 section 3.3.5). */
function fromByteSequence(value: string): Uint8Array | undefined {
  const text = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value)?.[1];
  return text === undefined || text.length % 4 !== 0 ? undefined : Buffer.from(text, 'base64');
}

/** nginx `$ssl_client_escaped_cert`: PEM, percent-encoded. */
function fromEscapedPem(value: string): Uint8Array | undefined {
  try {
    const pem = decodeURIComponent(value);
    return /^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/.test(pem)
      ? new X509Certificate(pem).raw
      : undefined;
  } catch {
    return undefined;
  }
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function isListed(list: BlockList, address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  const family = isIP(plain);
  return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}
