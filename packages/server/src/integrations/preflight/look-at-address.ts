// One of our own addresses as a device sees it: the name, the connection, the certificate and its chain, an answer. Only
// addresses that the operator configured are looked at, never one that a request names.
import { lookup } from 'node:dns/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, rootCertificates, type TLSSocket } from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import type { PreflightStep } from '@gatehouse/contracts/admin/system.ts';
import { within } from '../../kernel/within.ts';

export interface LookOptions {
  readonly now: number;
  /** PEM of the authorities of this installation: devices get them with their enrolment. */
  readonly ownAuthorities: readonly string[];
  readonly timeoutMs?: number;
}

type Found = Omit<PreflightStep, 'milliseconds' | 'step'>;

const dayMs = 86_400_000;
const warnsBeforeMs = 30 * dayMs;

/** The steps in their order; after one that fails the others are not tried. */
export async function lookAtAddress(url: URL, options: LookOptions): Promise<PreflightStep[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 443);
  const limit = options.timeoutMs ?? 5_000;
  const looks: [PreflightStep['step'], () => Promise<Found>][] = [
    ['name', () => lookUp(host, limit)],
    ['connection', () => reach(host, port, limit)],
    ['certificate', () => judgeCertificate(host, port, limit, options)],
    ['answer', () => askForHealth(host, port, limit)],
  ];
  const steps: PreflightStep[] = [];
  for (const [step, look] of looks) {
    if (steps.some((each) => each.outcome === 'bad')) {
      steps.push({ step, outcome: 'not-tried', finding: 'not-tried', detail: '', milliseconds: 0 });
      continue;
    }
    const began = performance.now();
    const found = await look();
    steps.push({ step, ...found, milliseconds: Math.round(performance.now() - began) });
  }
  return steps;
}

const good = (finding: Found['finding'], detail: string): Found => ({ outcome: 'good', finding, detail });
const warning = (finding: Found['finding'], detail: string): Found => ({
  outcome: 'warning',
  finding,
  detail,
});
const bad = (finding: Found['finding'], detail: string): Found => ({ outcome: 'bad', finding, detail });

async function lookUp(host: string, limit: number): Promise<Found> {
  try {
    const found = await within(limit, lookup(host, { all: true }), timedOut);
    const addresses = found.map(({ address }) => address);
    const loopback = addresses.every((address) => address === '::1' || address.startsWith('127.'));
    const detail = addresses.slice(0, 4).join(', ');
    return loopback ? warning('loopback-only', detail) : good('resolves', detail);
  } catch {
    return bad('does-not-resolve', host);
  }
}

async function reach(host: string, port: number, limit: number): Promise<Found> {
  const socket = connectTcp({ host, port });
  try {
    await opened(socket, 'connect', limit);
    return good('connects', `${host}:${port}`);
  } catch (error) {
    return bad(connectionFinding(error), `${host}:${port}`);
  } finally {
    socket.destroy();
  }
}

function connectionFinding(error: unknown): Found['finding'] {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ECONNREFUSED' || code === 'ECONNRESET') return 'refused';
  return code === 'TIMEOUT' ? 'timed-out' : 'no-route';
}

async function judgeCertificate(
  host: string,
  port: number,
  limit: number,
  options: LookOptions,
): Promise<Found> {
  let socket: TLSSocket;
  try {
    socket = await openTls(host, port, limit, [...rootCertificates, ...options.ownAuthorities]);
  } catch {
    return bad('tls-failed', `${host}:${port}`);
  }
  try {
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return bad('tls-failed', `${host}:${port}`);
    const ends = certificate.validToDate.getTime();
    if (ends <= options.now) return bad('expired', certificate.validToDate.toISOString());
    if (!matches(certificate, host))
      return bad('wrong-name', certificate.subjectAltName ?? certificate.subject);
    if (!socket.authorized) return mistrust(socket, certificate);
    if (ends - options.now < warnsBeforeMs)
      return warning('expires-soon', certificate.validToDate.toISOString());
    const own = await isOwn(host, port, limit);
    return own
      ? warning('own-authority', certificate.issuer.replaceAll('\n', ', '))
      : good('trusted', certificate.validToDate.toISOString());
  } finally {
    socket.destroy();
  }
}

/** Whether only the authorities of this installation vouch for it. */
async function isOwn(host: string, port: number, limit: number): Promise<boolean> {
  const socket = await openTls(host, port, limit, [...rootCertificates]);
  socket.destroy();
  return !socket.authorized;
}

function mistrust(socket: TLSSocket, certificate: X509Certificate): Found {
  const issuer = certificate.issuer.replaceAll('\n', ', ');
  const code = String(socket.authorizationError);
  return code.includes('UNABLE_TO_VERIFY_LEAF') || code.includes('UNABLE_TO_GET_ISSUER')
    ? bad('chain-incomplete', issuer)
    : bad('untrusted', issuer);
}

const matches = (certificate: X509Certificate, host: string): boolean =>
  certificate.checkHost(host) !== undefined || certificate.checkIP(host) !== undefined;

async function openTls(host: string, port: number, limit: number, ca: string[]): Promise<TLSSocket> {
  // What is wrong with the certificate is what is to be found out.
  const socket = connectTls({
    host,
    port,
    ca,
    rejectUnauthorized: false,
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
  });
  try {
    await opened(socket, 'secureConnect', limit);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** A person's page and a device's door both say that they live. */
async function askForHealth(host: string, port: number, limit: number): Promise<Found> {
  let socket: TLSSocket | undefined;
  try {
    socket = await openTls(host, port, limit, [...rootCertificates]);
    const reading = firstLine(socket, limit);
    socket.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(await reading)?.[1] ?? '?';
    return status === '200' || status === '404'
      ? good('answers', status)
      : warning('answers-otherwise', status);
  } catch (error) {
    return bad(connectionFinding(error), `${host}:${port}`);
  } finally {
    socket?.destroy();
  }
}

function firstLine(socket: Socket, limit: number): Promise<string> {
  return within(
    limit,
    new Promise((resolve, reject) => {
      socket.once('data', (data) => resolve(data.subarray(0, 64).toString('latin1')));
      socket.once('error', reject);
      socket.once('end', () => resolve(''));
    }),
    timedOut,
  );
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', limit: number): Promise<unknown> {
  return within(
    limit,
    new Promise((resolve, reject) => {
      socket.once(event, resolve);
      socket.once('error', reject);
    }),
    timedOut,
  );
}

function timedOut(): never {
  throw Object.assign(new Error('no answer in time'), { code: 'TIMEOUT' });
}
