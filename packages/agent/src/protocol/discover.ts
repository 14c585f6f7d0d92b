/**
 * Finds the enrolment address from an e-mail address (OTA-03): `https://gatehouse.<domain>/.well-known/gatehouse-enrollment`,
 * by the machine's own certificate store, answers `{ "enrollmentUrl": "https://…/agent/v1/enroll/…" }`. The part before the
 * @ is not sent, so the answer is the same for every user. Redirects are not followed, addresses instead of names are not
 * accepted, and a person confirms the host before anything is sent to it (ENR-T11).
 */
import { isIP } from 'node:net';
import { parseEnrollmentUrl } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { Agent, type Dispatcher } from 'undici';
import { sendRequest } from './http-request.ts';

export interface Discovered {
  readonly url: string;
  /** Host, with a port unless 443: what the person is asked about. */
  readonly host: string;
}

export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError';
}

/** Labels of letters, digits and hyphens, at least two: no addresses, no bare host names, no user part, no port. */
const domainPattern =
  /^(?=.{1,200}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

export function discoveryUrl(email: string): URL {
  const at = email.lastIndexOf('@');
  const domain = email
    .slice(at + 1)
    .trim()
    .toLowerCase();
  if (at < 1 || !domainPattern.test(domain))
    throw new DiscoveryError(`"${email.slice(0, 200)}" is no e-mail address`);
  return new URL(`https://gatehouse.${domain}/.well-known/gatehouse-enrollment`);
}

export async function discover(email: string, dispatcher?: Dispatcher): Promise<Discovered> {
  const url = discoveryUrl(email);
  const own = dispatcher ?? new Agent({ connect: { rejectUnauthorized: true } });
  try {
    const answer = await sendRequest({
      url,
      method: 'GET',
      dispatcher: own,
      headers: { accept: 'application/json' },
      timeoutMs: 10_000,
      maximumBytes: 16 * 1024,
    });
    if (answer.status !== 200) throw new DiscoveryError(`${url.host} answered ${answer.status}`);
    return readDiscovery(answer.text);
  } finally {
    if (dispatcher === undefined) await own.destroy();
  }
}

export function readDiscovery(text: string): Discovered {
  let found: unknown;
  try {
    found = (JSON.parse(text) as { enrollmentUrl?: unknown } | null)?.enrollmentUrl;
  } catch {
    throw new DiscoveryError('the answer is not JSON');
  }
  if (typeof found !== 'string') throw new DiscoveryError('the answer names no enrolment address');
  const { publicHost, codeText } = parseEnrollmentUrl(found);
  if (codeText !== undefined) throw new DiscoveryError('a discovered address must not carry a code');
  const { hostname } = new URL(found);
  if (isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0 || !hostname.includes('.')) {
    throw new DiscoveryError(`the answer names ${hostname}, which is no public host name`);
  }
  return { url: found, host: publicHost };
}
