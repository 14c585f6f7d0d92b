/**
 * The mail of the demonstration: a mail server with a mailbox for everybody, made known to Gatehouse, and colleagues who write to each
 * other. Its phones reach it through the mail gateway only.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type MailAccount, startSimulatedMailServer } from '../activesync/index.ts';
import { seededRandom } from '../agent/index.ts';
import type { LocalApi } from '../operator/local-api.ts';
import { emailOf, type Employee, employees, userNameOf } from './company.ts';

export interface MailSide extends AsyncDisposable {
  /** Under which address phones reach the gateway: whoever enrols is told, and tells the others. */
  readonly gateway: PromiseWithResolvers<string>;
  accountOf(employee: Employee): MailAccount;
  /** Resolves once `signal` ends it. */
  live(signal: AbortSignal): Promise<void>;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

const serverName = 'Company mail';
/** Between two letters. */
const pauseMs = [10_000, 40_000] as const;
const subjects = [
  'Minutes of the meeting',
  'Lunch?',
  'The offer for the harbour',
  'Your travel expenses',
  'Who has the projector',
  'Numbers of this quarter',
] as const;

export async function openMailSide(api: LocalApi, tell: (line: string) => void): Promise<MailSide> {
  const passwords = new Map(
    employees.map((employee) => [userNameOf(employee), randomBytes(12).toString('base64url')]),
  );
  const server = await startSimulatedMailServer({
    users: [...passwords].map(([user, password]) => ({ user, password })),
  });
  await makeKnown(api, `http://127.0.0.1:${server.port}/Microsoft-Server-ActiveSync`, tell);
  return {
    gateway: Promise.withResolvers<string>(),
    accountOf: (employee) => ({
      user: emailOf(employee),
      password: passwords.get(userNameOf(employee)) ?? '',
      email: emailOf(employee),
    }),
    async live(signal) {
      const random = seededRandom(`mail ${Date.now()}`);
      const [first, ...others] = employees;
      if (first === undefined) return;
      while (!signal.aborted) {
        await sleep(random.integer(...pauseMs), undefined, { signal }).catch(() => undefined);
        const [from, to] = [random.pick([first, ...others]), random.pick([first, ...others])];
        const subject = random.pick(subjects);
        server.deliver(userNameOf(to), {
          from: emailOf(from),
          to: emailOf(to),
          subject,
          text: `${subject}.`,
        });
      }
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Its port is another one each time. Who is no enrolled device waits for an administrator. */
async function makeKnown(api: LocalApi, url: string, tell: (line: string) => void): Promise<void> {
  const found = (await api.list<Named>('/mail-servers')).find(({ name }) => name === serverName);
  if (found !== undefined) {
    await api.request('PATCH', `/mail-servers/${found.id}`, { url });
    return;
  }
  const { id } = await api.request<Named>('POST', '/mail-servers', { name: serverName, url });
  await api.request('POST', `/mail-servers/${id}/assignments`, { targetKind: 'organization' });
  await api.request('PATCH', '/mail-settings', { strangers: 'quarantine' });
  tell(`made the mail server ${serverName}; phones that nobody knows wait to be let in`);
}
