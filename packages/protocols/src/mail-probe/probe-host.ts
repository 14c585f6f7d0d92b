/** Asks one host at every way, a few at a time. What it speaks through is handed in: the command line has the world, the server a guarded way out. */
import type { DecodeError } from '../decode-error.ts';
import { decodeHttpAnswer, mostAnswerBytes } from './http-answer.ts';
import { type Heard, type Observation, observePort, observeWeb } from './observe.ts';
import { encodeQuestion, ports, type WayName, webQuestions } from './ways.ts';

export interface Place {
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** Opens a connection, says something, and listens until `enough` is content, the other side ends, or time is over. Never fails. */
export type Converse = (
  place: Place,
  send: Uint8Array | undefined,
  enough: (heard: Uint8Array) => boolean,
) => Promise<Heard>;

export interface ProbeTarget {
  readonly host: string;
  /** Of its web server with TLS. */
  readonly port: number;
}

export interface Finding extends Observation {
  readonly way: WayName;
  /** What was asked: `https://mail.example/owa/`, `imap://mail.example:143`. */
  readonly address: string;
}

export const conversationLimits = { bytes: mostAnswerBytes, conversationsAtOnce: 4 };

const greetingIsThere = (heard: Uint8Array) => heard.includes(0x0a);

/** Whether an answer by HTTP has been heard to its end, or is none. */
export function answerIsThere(heard: Uint8Array): boolean {
  if (heard.length >= mostAnswerBytes) return true;
  try {
    return decodeHttpAnswer(heard).complete;
  } catch (error) {
    return (error as DecodeError).reason !== 'incomplete';
  }
}

export const hostInUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** `HOST`, `HOST:PORT`, `[IPv6]`, `[IPv6]:PORT`; undefined for anything else. */
export function parseTarget(text: string): ProbeTarget | undefined {
  const match = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?))(?::(\d{1,5}))?$/i.exec(
    text,
  );
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? 443);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return { host: host.toLowerCase(), port };
}

/**
 * @param nonsense a path that exists nowhere, made anew each time, so that nobody can answer it rightly
 * @returns in the order of the table of ways, never a failure
 */
export async function probeHost(
  target: ProbeTarget,
  nonsense: string,
  converse: Converse,
): Promise<Finding[]> {
  const { host } = target;
  const inUrl = hostInUrl(host);
  const ask = (method: 'OPTIONS' | 'GET', path: string, plain: boolean) => {
    const port = plain ? 80 : target.port;
    const usual = port === (plain ? 80 : 443);
    const question = encodeQuestion({ method, path }, usual ? inUrl : `${inUrl}:${port}`);
    return converse({ host, port, tls: !plain }, question, answerIsThere);
  };
  const first = await ask('OPTIONS', webQuestions[0]?.path ?? '/', false);
  // Where nobody listens, the other paths need not be tried.
  const dead = first.heard !== 'bytes';
  const controls = dead
    ? undefined
    : { OPTIONS: await ask('OPTIONS', nonsense, false), GET: await ask('GET', nonsense, false) };
  const web = webQuestions.map((question) => async (): Promise<Finding> => {
    const { way, method, path, plain } = question;
    const port = plain ? 80 : target.port;
    const heard =
      dead && !plain
        ? first
        : question === webQuestions[0]
          ? first
          : await ask(method as 'GET', path, plain === true);
    const control = plain === true || method === 'POST' ? undefined : controls?.[method];
    const shown = port === (plain ? 80 : 443) ? inUrl : `${inUrl}:${port}`;
    const observation = observeWeb(heard, question, { host: inUrl, port }, control);
    return { way, address: `${plain ? 'http' : 'https'}://${shown}${path}`, ...observation };
  });
  const programs = ports.map((each) => async (): Promise<Finding> => {
    const heard = await converse({ host, port: each.port, tls: each.tls }, undefined, greetingIsThere);
    return { way: each.way, address: `${each.way}://${inUrl}:${each.port}`, ...observePort(heard, each) };
  });
  return await inTurn([...web, ...programs], conversationLimits.conversationsAtOnce);
}

/** Runs tasks, so many at once; results in the order of the tasks. */
async function inTurn<T>(tasks: readonly (() => Promise<T>)[], atOnce: number): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < tasks.length; at = next++) {
      const task = tasks[at];
      if (task !== undefined) results[at] = await task();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
