/** Makes of what was heard at one way what can be judged: a word, and what it needs to be told. Nothing of the stranger's text is kept. */
import { readAutodiscoverAnswer } from '../activesync/autodiscover.ts';
import { DecodeError } from '../decode-error.ts';
import { decodeHttpAnswer, type HttpAnswer } from './http-answer.ts';
import type { Port, WayName, WebQuestion } from './ways.ts';

/** What a conversation came to: bytes, or why there are none. */
export type Heard =
  | { readonly heard: 'bytes'; readonly bytes: Uint8Array }
  /** Nobody listens there. */
  | { readonly heard: 'refused' }
  /** No answer in time: what is thrown away on the way looks so. */
  | { readonly heard: 'silent' }
  /** A connection came about, and not a word. */
  | { readonly heard: 'mute' }
  | { readonly heard: 'no-address' }
  /** Whoever asks here may not speak to that address. */
  | { readonly heard: 'forbidden-address' }
  /** Somebody listens, and does not speak TLS with strangers. */
  | { readonly heard: 'no-tls' };

export const seenWords = [
  'refused',
  'silent',
  'mute',
  'no-address',
  'forbidden-address',
  'no-tls',
  'not-understood',
  'greeting',
  'mail-service',
  'asks-password',
  'gateway',
  'denied',
  'absent',
  'page',
  'sign-in-page',
  'elsewhere',
  'secure-only',
  'trouble',
  'odd',
  'names',
] as const;

export interface Observation {
  readonly seen: (typeof seenWords)[number];
  /** Of an answer by HTTP. */
  readonly status?: number;
  /** Where it sends whoever asks: a host's name, with the port if it is an unusual one. */
  readonly host?: string;
  /** An address that cannot exist is answered alike, so that this answer says little. */
  readonly everywhere?: true;
}

/** Our own gateway marks its answers with it, so that the probe does not take the gateway for the mail server. */
export const gatewayMark = 'gatehouse-mail-gateway';

export function observePort(heard: Heard, { greeting }: Port): Observation {
  if (heard.heard !== 'bytes') return { seen: heard.heard };
  if (heard.bytes.length === 0) return { seen: 'mute' };
  return {
    seen: greeting.test(Buffer.from(heard.bytes.slice(0, 200)).toString('latin1'))
      ? 'greeting'
      : 'not-understood',
  };
}

export interface WebPlace {
  readonly host: string;
  readonly port: number;
}

/** @param control what was answered to a question that makes no sense there */
export function observeWeb(
  heard: Heard,
  question: Pick<WebQuestion, 'way' | 'path' | 'plain'>,
  place: WebPlace,
  control?: Heard,
): Observation {
  const answer = httpAnswer(heard);
  if ('seen' in answer) return answer;
  const observation = observeAnswer(answer, question, place);
  const alike = control === undefined ? undefined : httpAnswer(control);
  const isEverywhere =
    alike !== undefined && !('seen' in alike) && areAlike(answer, alike) && !tellsMail(answer);
  if (!isEverywhere) return observation;
  // A web server for files alone takes no such question at any address.
  if (answer.status === 405) return { seen: 'absent', status: 405 };
  return { ...observation, everywhere: true };
}

function httpAnswer(heard: Heard): HttpAnswer | Observation {
  if (heard.heard !== 'bytes') return { seen: heard.heard };
  if (heard.bytes.length === 0) return { seen: 'mute' };
  try {
    return decodeHttpAnswer(heard.bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { seen: 'not-understood' };
  }
}

/** Fields that only a server of this protocol sends. */
function tellsMail({ header }: HttpAnswer): boolean {
  return ['ms-server-activesync', 'ms-asprotocolversions', 'ms-asprotocolcommands', 'x-ms-rp'].some(
    (name) => header(name) !== undefined,
  );
}

function areAlike(one: HttpAnswer, other: HttpAnswer): boolean {
  const { status } = one;
  if (status !== other.status) return false;
  if (status === 401) return one.header('www-authenticate') === other.header('www-authenticate');
  if (status >= 300 && status < 400) return hostOf(one)?.host === hostOf(other)?.host;
  return true;
}

const hostOf = ({ header }: HttpAnswer) => {
  const location = header('x-ms-location') ?? header('location') ?? '';
  return URL.canParse(location) ? new URL(location) : undefined;
};

function observeAnswer(
  answer: HttpAnswer,
  { way, plain }: Pick<WebQuestion, 'way' | 'plain'>,
  place: WebPlace,
): Observation {
  const { status, header } = answer;
  if (header(gatewayMark) !== undefined) return { seen: 'gateway', status };
  const phone = way === 'activesync' || way === 'activesync-plain';
  if (status === 451 || (status >= 300 && status < 400))
    return observeRedirect(answer, plain === true, place);
  // 449: to be provisioned first; some servers say so to whoever has not even shown a password.
  if (phone && (status === 449 || (status < 500 && tellsMail(answer))))
    return { seen: 'mail-service', status };
  if (status === 401)
    return header('www-authenticate') === undefined
      ? { seen: 'odd', status }
      : { seen: 'asks-password', status };
  if (status === 403) return { seen: 'denied', status };
  if (status === 404 || status === 410 || status === 501 || status === 421) return { seen: 'absent', status };
  // Another service of this web server that takes no such questions.
  if (status === 405)
    return phone && way === 'activesync' ? { seen: 'odd', status } : { seen: 'absent', status };
  if (status >= 500 || status === 429) return { seen: 'trouble', status };
  if (status >= 200 && status < 300) return observePage(answer, way);
  return { seen: 'odd', status };
}

function observePage({ status, header, body }: HttpAnswer, way: WayName): Observation {
  const type = header('content-type') ?? '';
  const text = body.toString('latin1');
  if (way === 'autodiscover') {
    const host = namedServer(body);
    if (host !== undefined) return { seen: 'names', status, host };
  }
  if (way === 'jmap' && /json/i.test(type)) return { seen: 'mail-service', status };
  if (/html/i.test(type) || /<html|<!doctype html/i.test(text))
    return { seen: /type\s*=\s*["']?password/i.test(text) ? 'sign-in-page' : 'page', status };
  return { seen: 'odd', status };
}

/** The server that phones are told to use. */
function namedServer(body: Uint8Array): string | undefined {
  try {
    const answer = readAutodiscoverAnswer(body);
    const named =
      answer.kind === 'settings'
        ? answer.url
        : answer.kind === 'redirect'
          ? `https://${answer.emailAddress.split('@').at(-1)}`
          : '';
    const host = URL.canParse(named) ? new URL(named).host : '';
    return /^[\w.:[\]-]{1,262}$/.test(host) ? host : undefined;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return undefined;
  }
}

function observeRedirect(answer: HttpAnswer, plain: boolean, { host, port }: WebPlace): Observation {
  const { status, header } = answer;
  const location = header('x-ms-location') ?? header('location') ?? '';
  const scheme = plain ? 'http' : 'https';
  const base = `${scheme}://${host}:${port}/`;
  const target = URL.canParse(location, base) ? new URL(location, base) : undefined;
  if (target === undefined || !['http:', 'https:'].includes(target.protocol)) return { seen: 'odd', status };
  const here = new URL(base);
  if (target.hostname !== here.hostname) return { seen: 'elsewhere', status, host: target.host };
  if (plain && target.protocol === 'https:') return { seen: 'secure-only', status };
  return {
    seen: /log[io]n|sign-?in|auth/i.test(`${target.pathname}${target.search}`) ? 'sign-in-page' : 'odd',
    status,
  };
}
