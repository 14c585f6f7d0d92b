// Finds where the mail of a domain really is, by the mail server’s own Autodiscover (ENR-15): the domain, autodiscover.DOMAIN, then what the DNS names. Over
// https alone, never a parent domain, and nowhere else than below the domain unless somebody has confirmed the host (EAS-T14): a
// password that an administrator gives goes only there.
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import {
  autodiscoverContentType,
  autodiscoverRequest,
  readAutodiscoverAnswer,
} from '@gatehouse/protocols/activesync/index.ts';
import { gatewayMark } from '@gatehouse/protocols/mail-probe/index.ts';
import type { FindServices } from '../../../kernel/outbound/find-services.ts';
import { OutboundError } from '../../../kernel/outbound/outbound-error.ts';
import type { Outbound, OutboundAnswer } from '../../../kernel/outbound/outbound.ts';

export interface FindMailServerDeps {
  readonly outbound: Pick<Outbound, 'request'>;
  readonly findServices: FindServices;
}

export interface MailServerQuestion {
  /** Of anybody who has mail there. */
  readonly address: string;
  /** Shown where a password is asked for, and nowhere else; undefined: asked without. */
  readonly credentials?: { readonly userName: string; readonly password: string } | undefined;
  /** The first place that does not take the credentials ends the search: each one asks the same directory, which counts. */
  readonly onlyOnce?: boolean;
  /** Hosts outside of the domain that may be asked as well, in lower case. */
  readonly confirmed: readonly string[];
  /** PEM of an authority to trust beside the public ones. */
  readonly trust?: string | undefined;
}

export type StepOutcome =
  | 'found'
  | 'asks-password'
  | 'refused'
  | 'elsewhere'
  | 'not-confirmed'
  | 'no-answer'
  | 'not-understood'
  | 'this-gateway'
  | 'too-many';

export interface Step {
  readonly asked: string;
  readonly outcome: StepOutcome;
  /** Where it sent us. */
  readonly host?: string;
}

export interface FoundMailServer {
  /** Of ActiveSync; undefined: nobody said. */
  readonly url: string | undefined;
  readonly steps: readonly Step[];
  /** Hosts that would have to be confirmed to go on. */
  readonly toConfirm: readonly string[];
}

const path = '/autodiscover/autodiscover.xml';
const mostHops = 4;
/** With all its places and hops; each may take as long as a call may. */
const mostSteps = 12;

/** Never fails: what went wrong is in the steps. */
export async function findMailServer(
  deps: FindMailServerDeps,
  question: MailServerQuestion,
): Promise<FoundMailServer> {
  const domain = domainOf(question.address);
  const steps: Step[] = [];
  if (domain === undefined) return { url: undefined, steps, toConfirm: [] };
  const places = [domain, `autodiscover.${domain}`].map((host) => `https://${host}${path}`);
  let url: string | undefined;
  const isOver = () =>
    url !== undefined || (question.onlyOnce === true && steps.at(-1)?.outcome === 'asks-password');
  for (const place of places) {
    url = await ask(deps, question, domain, new URL(place), steps);
    if (isOver()) break;
  }
  if (!isOver()) {
    for (const { host, port } of await deps.findServices(domain)) {
      url = await ask(deps, question, domain, new URL(`https://${host}:${port}${path}`), steps);
      if (isOver()) break;
    }
  }
  const toConfirm = steps.flatMap(({ outcome, host }) =>
    outcome === 'not-confirmed' && host !== undefined ? [host] : [],
  );
  return { url, steps, toConfirm: [...new Set(toConfirm)] };
}

/** In lower case, for a domain of two labels and more; undefined for what is no address. */
function domainOf(address: string): string | undefined {
  return /^[^\s@]{1,250}@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])$/i
    .exec(address)?.[1]
    ?.toLowerCase();
}

async function ask(
  deps: FindMailServerDeps,
  question: MailServerQuestion,
  domain: string,
  from: URL,
  steps: Step[],
): Promise<string | undefined> {
  let at = from;
  let { address } = question;
  for (let hop = 0; hop < mostHops; hop += 1) {
    const asked = at.href;
    if (steps.some((each) => each.asked === asked && each.outcome !== 'elsewhere')) return undefined;
    if (steps.length >= mostSteps) return void steps.push({ asked, outcome: 'too-many' });
    if (!mayAsk(at, domain, question.confirmed))
      return void steps.push({ asked, outcome: 'not-confirmed', host: at.hostname });
    const answer = await callAt(deps, question, at, address);
    if (answer === undefined) return void steps.push({ asked, outcome: 'no-answer' });
    if (answer.header(gatewayMark) !== undefined) return void steps.push({ asked, outcome: 'this-gateway' });
    const told = read(answer, at);
    if (told.kind === 'found') {
      steps.push({ asked, outcome: 'found', host: new URL(told.url).hostname });
      return told.url;
    }
    if (told.kind === 'failed') return void steps.push({ asked, outcome: told.outcome });
    steps.push({ asked, outcome: 'elsewhere', host: told.at.hostname });
    at = told.at;
    address = told.address ?? address;
  }
  return void steps.push({ asked: at.href, outcome: 'too-many' });
}

/** Https below the domain, or at a host that was confirmed. */
function mayAsk(url: URL, domain: string, confirmed: readonly string[]): boolean {
  const host = url.hostname.toLowerCase();
  return (
    url.protocol === 'https:' && (host === domain || host.endsWith(`.${domain}`) || confirmed.includes(host))
  );
}

/** A web server that is no mail server’s, and answers without asking who it is, gets to see no password. */
async function callAt(
  { outbound }: FindMailServerDeps,
  { credentials, trust }: MailServerQuestion,
  at: URL,
  address: string,
): Promise<OutboundAnswer | undefined> {
  const call = (more: Readonly<Record<string, string>>) =>
    outbound.request(at, {
      method: 'POST',
      headers: { 'content-type': autodiscoverContentType, ...more },
      body: autodiscoverRequest(address),
      trust,
    });
  try {
    const answer = await call({});
    if (answer.status !== 401 || credentials === undefined) return answer;
    const secret = Buffer.from(`${credentials.userName}:${credentials.password}`).toString('base64');
    return await call({ authorization: `Basic ${secret}` });
  } catch (error) {
    if (error instanceof OutboundError) return undefined;
    throw error;
  }
}

type Told =
  | { readonly kind: 'found'; readonly url: string }
  | { readonly kind: 'elsewhere'; readonly at: URL; readonly address?: string }
  | { readonly kind: 'failed'; readonly outcome: StepOutcome };

function read({ status, header, body }: OutboundAnswer, at: URL): Told {
  const failed = (outcome: StepOutcome): Told => ({ kind: 'failed', outcome });
  if (status === 401) return failed('asks-password');
  if ([301, 302, 303, 307, 308, 451].includes(status)) {
    const location = header('x-ms-location') ?? header('location') ?? '';
    if (!URL.canParse(location, at.href)) return failed('not-understood');
    const target = new URL(location, at);
    // Where TLS ends the password would be read by whoever listens.
    if (target.protocol !== 'https:' || target.username !== '') return failed('refused');
    return { kind: 'elsewhere', at: target };
  }
  if (status !== 200) return failed(status === 403 || status === 404 ? 'refused' : 'not-understood');
  try {
    const answer = readAutodiscoverAnswer(body);
    if (answer.kind === 'error') return failed('refused');
    if (answer.kind === 'settings') return foundAt(answer.url);
    const domain = domainOf(answer.emailAddress);
    if (domain === undefined) return failed('not-understood');
    return {
      kind: 'elsewhere',
      at: new URL(`https://autodiscover.${domain}${path}`),
      address: answer.emailAddress,
    };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return failed('not-understood');
  }
}

function foundAt(text: string): Told {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'https:' && url.username === '' && url.hash === ''
    ? { kind: 'found', url: url.href }
    : { kind: 'failed', outcome: 'not-understood' };
}
