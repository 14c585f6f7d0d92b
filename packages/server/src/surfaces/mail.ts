// The address of mail clients. It stands beside the framework, because what passes here is not read but relayed: one address, under any
// host name, whose requests are answered in the words of ActiveSync by the gateway alone.
import type { AddressList } from '../kernel/http/address-list.ts';
import type { AsideRequest, AsideResponse } from '../kernel/http/aside/exchange.ts';
import { clientAddress } from '../kernel/http/client-address.ts';
import { activeSyncPath, type MailGateway } from '../integrations/mail-gateway/index.ts';
import type { HttpServerOptions } from '../kernel/http/server.ts';
import type { Log } from '../kernel/log.ts';
import type { ReadClientCertificate } from './client-certificate.ts';

export interface MailSurfaceOptions {
  /** Who may reach it at all; for everybody else there is nothing here (CRY-10). Absent: anybody. */
  readonly from: AddressList | undefined;
  readonly proxies: AddressList | undefined;
  /** Where a client’s certificate is looked for. Absent: nowhere, and a header that names one is worth nothing (DEV-04). */
  readonly certificates: ReadClientCertificate | undefined;
  readonly log: Log;
}

/** What IIS takes too; clients were seen with either. */
const spellings = new Set(['', '/', '/default.eas'].map((end) => `${activeSyncPath}${end}`.toLowerCase()));

/** What phones write, to the letter; the other spellings go the long way. */
const begins = ['POST', 'OPTIONS'].map((method) => `${method} ${activeSyncPath}`);

/** Attachments of phones in bad places. */
const requestTimeoutMs = 300_000;

/** The server’s option `aside`. */
export function mailSurface(
  gateway: Pick<MailGateway, 'visit'>,
  { from, proxies, certificates, log }: MailSurfaceOptions,
): NonNullable<HttpServerOptions['aside']> {
  const takes = (request: AsideRequest, response: AsideResponse): boolean => {
    const target = request.url ?? '';
    // Told by the first letters: everything else that a server does passes here as well.
    if (target.length < activeSyncPath.length || (target[1] !== 'M' && target[1] !== 'm')) return false;
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    if (path !== activeSyncPath && !spellings.has(path.toLowerCase())) return false;
    if (from !== undefined && !from.includes(addressOf(request, proxies))) {
      response.writeHead(404, ['Content-Length', '0', 'Connection', 'close']);
      response.end();
      return true;
    }
    const query = mark < 0 ? '' : target.slice(mark + 1);
    if (certificates === undefined) {
      gateway.visit(request, response, query);
      return true;
    }
    let certificate: Uint8Array | undefined;
    try {
      certificate = certificates(request);
    } catch (error) {
      log.warn({ source: request.socket.remoteAddress, err: error }, 'a certificate header was refused');
      response.writeHead(400, ['Content-Length', '0', 'Connection', 'close']);
      response.end();
      return true;
    }
    gateway.visit(request, response, query, certificate);
    return true;
  };
  return { takes, begins, requestTimeoutMs };
}

function addressOf({ socket, rawHeaders }: AsideRequest, proxies: AddressList | undefined): string {
  const forwarded: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === 'x-forwarded-for') forwarded.push(rawHeaders[index + 1] ?? '');
  return clientAddress(
    socket.remoteAddress,
    forwarded.length === 0 ? undefined : forwarded.join(','),
    proxies,
  );
}
