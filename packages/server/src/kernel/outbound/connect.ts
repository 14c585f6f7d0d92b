// Opens connections to addresses that tenants chose. The address that was checked is the one that is connected to, whatever the
// name resolves to a moment later (HOOK-02); an address in the URL itself is checked like one that a resolver gave.
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import tls from 'node:tls';
import type { buildConnector } from 'undici';
import type { AddressList } from '../http/address-list.ts';
import { mayConnect } from './forbidden-addresses.ts';
import { OutboundError } from './outbound-error.ts';

/** All addresses of a name, in the order of preference. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** This machine itself, whatever the DNS says: such names are not asked for there (RFC 6761 section 6.3). */
const ownName = /^(?:.+\.)?localhost\.?$/i;

/** By the DNS alone: the system's look-up would take a thread of this process for as long as a foreign server is silent. */
export function resolveByDns(): ResolveHost {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  return async (host) => {
    if (ownName.test(host)) return ['127.0.0.1', '::1'];
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return [
      ...(four.status === 'fulfilled' ? four.value : []),
      ...(six.status === 'fulfilled' ? six.value : []),
    ];
  };
}

export interface ConnectOptions {
  readonly resolve: ResolveHost;
  readonly allowed: AddressList;
  /** PEM of authorities to trust beside those that everybody trusts. */
  readonly trust: readonly string[];
  readonly connectMs: number;
}

/** @throws OutboundError when none of the name's addresses may be connected to. */
export async function permittedAddress(
  host: string,
  { resolve, allowed }: Pick<ConnectOptions, 'resolve' | 'allowed'>,
): Promise<string> {
  const literal = host.replace(/^\[|\]$/g, '');
  const addresses = isIP(literal) === 0 ? await resolve(host).catch(() => []) : [literal];
  if (addresses.length === 0)
    throw new OutboundError('unresolved', 'The name of the receiver has no address');
  const address = addresses.find((each) => mayConnect(each, allowed));
  if (address === undefined)
    throw new OutboundError('refused-address', 'The receiver has an address that is not public');
  return address;
}

export function connectorFor(options: ConnectOptions): buildConnector.connector {
  const ca = options.trust.length === 0 ? undefined : [...tls.rootCertificates, ...options.trust];
  return ({ hostname, port }, callback) => {
    permittedAddress(hostname, options).then(
      (address) => {
        const socket = tls.connect({
          host: address,
          port: Number(port) || 443,
          // An address has no place in SNI; the certificate is then checked for the address itself.
          ...(isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? { servername: hostname } : {}),
          ALPNProtocols: ['http/1.1'],
          minVersion: 'TLSv1.2',
          ...(ca === undefined ? {} : { ca }),
        });
        const timer = setTimeout(
          () => socket.destroy(new OutboundError('timeout', 'The receiver does not answer')),
          options.connectMs,
        );
        const settle = (error?: Error) => {
          clearTimeout(timer);
          socket.off('error', settle);
          socket.off('secureConnect', settle);
          if (error) callback(error, null);
          else callback(null, socket);
        };
        socket.setNoDelay(true);
        socket.once('error', settle);
        socket.once('secureConnect', () => settle());
      },
      (error: Error) => callback(error, null),
    );
  };
}
