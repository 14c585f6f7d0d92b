// Whose log-in it is, before anything is known: the organization by the name that the operator gave it (the gateway's host, a
// domain of Windows), by the domain of the mail address, or because there is no other. Answers are remembered for some seconds,
// good and bad ones: whoever asks is a stranger and may ask often.
import type { MailLogin } from '@gatehouse/core/mail/mail-login.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { FindOrganizationByMailDomain } from '../organizations/index.ts';
import { findByHost, findByWindowsDomain, findOnlyWithMail } from './settings-queries.ts';

export interface MailDirectory {
  /** @param host to which the client came, without a port. undefined: nobody, or several, say that it is theirs. */
  organizationOf(login: MailLogin | undefined, host: string): Promise<string | undefined>;
}

const lifeMs = 10_000;
const remembered = 10_000;

/** One per process. */
export function createMailDirectory(deps: {
  readonly database: Pick<Database, 'withSystem'>;
  readonly clock: Clock;
  readonly findOrganizationByMailDomain: FindOrganizationByMailDomain;
}): MailDirectory {
  const known = new Map<string, { readonly found: string | undefined; readonly until: number }>();

  async function once(key: string, find: () => Promise<string | undefined>): Promise<string | undefined> {
    const now = deps.clock.now();
    const answer = known.get(key);
    if (answer !== undefined && answer.until > now) return answer.found;
    const found = await find();
    if (known.size >= remembered) known.clear();
    known.set(key, { found, until: now + lifeMs });
    return found;
  }

  const across = (work: (tx: Parameters<typeof findOnlyWithMail>[0]) => Promise<string | undefined>) =>
    deps.database.withSystem('find-organization', work);

  async function find(
    name: string,
    windowsDomain: string | null,
    mailDomain: string | null,
  ): Promise<string | undefined> {
    const byHost = await once(`host ${name}`, () => across((tx) => findByHost(tx, name)));
    if (byHost !== undefined) return byHost;
    if (windowsDomain !== null) {
      const found = await once(`windows ${windowsDomain}`, () =>
        across((tx) => findByWindowsDomain(tx, windowsDomain)),
      );
      if (found !== undefined) return found;
    }
    if (mailDomain !== null) {
      const found = await deps.findOrganizationByMailDomain(mailDomain);
      if (found !== undefined) return found.organizationId;
    }
    return once('only', () => across(findOnlyWithMail));
  }

  /** What was said last: whoever has a grant is somebody’s still while the database does not answer. */
  const last = new Map<string, string>();

  return {
    async organizationOf(login, host) {
      const { windowsDomain = null, mailDomain = null } = login ?? {};
      const name = host.toLowerCase();
      const key = JSON.stringify([name, windowsDomain, mailDomain]);
      try {
        const found = await find(name, windowsDomain, mailDomain);
        if (found === undefined) last.delete(key);
        else if (last.get(key) !== found) {
          if (last.size >= remembered) last.clear();
          last.set(key, found);
        }
        return found;
      } catch (error) {
        const found = last.get(key);
        if (found === undefined) throw error;
        return found;
      }
    },
  };
}
