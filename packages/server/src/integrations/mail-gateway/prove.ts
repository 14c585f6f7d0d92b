// Whether credentials are right is the mail server’s to say, and OPTIONS is the one question whose answer says nothing else: some servers
// answer other commands with 449 or with a wipe before they look at the password. A server that answers OPTIONS to anybody can prove
// nothing, so it is asked without credentials first.
import {
  type CommandName,
  readCommandList,
  readVersionList,
  type ProtocolVersion,
} from '@gatehouse/protocols/activesync/index.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import { askServer } from './ask-server.ts';
import { beginHead } from './server-request.ts';
import { versionsOf } from './server-answer.ts';
import type { ServerPool } from './upstream/pool.ts';
import { headerOf } from './upstream/response-head.ts';
import { UpstreamError } from './upstream/upstream-error.ts';

/** What a server offers to those whom it knows. */
export interface ServerOffer {
  readonly versions: readonly ProtocolVersion[];
  readonly commands: readonly CommandName[];
  /** What it calls its own version. */
  readonly product: string | undefined;
}

export type Proving =
  | { readonly is: 'right'; readonly offer: ServerOffer }
  | { readonly is: 'wrong' }
  /** It knows the person and wants nothing of him. */
  | { readonly is: 'refused'; readonly status: number }
  | { readonly is: 'unknown'; readonly why: string };

const rejectsStrangersMs = 600_000;

export interface Prover {
  /** @param identity header lines that say who asks. */
  prove(profile: MailServerProfile, pool: ServerPool, identity: string): Promise<Proving>;
  /** What comes of a question without credentials: `wrong`, as it should be, or why there is no telling. */
  knock(profile: MailServerProfile, pool: ServerPool): Promise<Proving>;
}

export function createProver(): Prover {
  const rejects = new WeakMap<MailServerProfile, { readonly until: number; readonly does: boolean }>();
  const asking = new WeakMap<MailServerProfile, Promise<boolean>>();

  const ask = (profile: MailServerProfile, pool: ServerPool, identity: string) =>
    askServer(pool, {
      head: `${beginHead(profile.url, 'OPTIONS', '')}${identity}Content-Length: 0\r\n\r\n`,
      body: null,
      timeoutMs: profile.timeoutMs,
    });

  async function rejectsStrangers(profile: MailServerProfile, pool: ServerPool): Promise<boolean> {
    const known = rejects.get(profile);
    if (known !== undefined && performance.now() < known.until) return known.does;
    const under = asking.get(profile);
    if (under !== undefined) return under;
    const question = ask(profile, pool, '')
      .then(({ head }) => {
        const does = head.status === 401;
        rejects.set(profile, { until: performance.now() + rejectsStrangersMs, does });
        return does;
      })
      .finally(() => asking.delete(profile));
    asking.set(profile, question);
    return question;
  }

  const tellsNothing: Proving = {
    is: 'unknown',
    why: 'The mail server answers OPTIONS without asking who it is',
  };
  const answersOdd = (status: number): Proving => ({
    is: 'unknown',
    why: `The mail server answered OPTIONS with status ${status}`,
  });

  return {
    async knock(profile, pool) {
      try {
        if (!(await rejectsStrangers(profile, pool))) return tellsNothing;
        const { head } = await ask(profile, pool, '');
        return head.status === 401 ? { is: 'wrong' } : answersOdd(head.status);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        return { is: 'unknown', why: error.message };
      }
    },
    async prove(profile, pool, identity) {
      try {
        if (!(await rejectsStrangers(profile, pool))) return tellsNothing;
        const { head } = await ask(profile, pool, identity);
        if (head.status === 401) return { is: 'wrong' };
        if (head.status === 403 || head.status === 456 || head.status === 457)
          return { is: 'refused', status: head.status };
        if (head.status !== 200) return answersOdd(head.status);
        return { is: 'right', offer: offerOf(head, profile) };
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        return { is: 'unknown', why: error.message };
      }
    },
  };
}

function offerOf(head: Parameters<typeof headerOf>[0], profile: MailServerProfile): ServerOffer {
  return {
    versions: readVersionList(headerOf(head, 'ms-asprotocolversions') ?? '', versionsOf(profile)),
    commands: readCommandList(headerOf(head, 'ms-asprotocolcommands') ?? ''),
    product: headerOf(head, 'ms-server-activesync'),
  };
}
