// For tests: the enrolment page of two organizations on a real database, real profiles, and a visitor with a cookie jar who
// reads what is on the page and sends its forms as a browser does.
import { randomBytes } from 'node:crypto';
import type { EnrollmentWays, MailAccount, ProveMailAccount } from '../../modules/enrollment/index.ts';
import { createRefusals } from '../../modules/certificates/index.ts';
import { createMailStandings } from '../../modules/mail/index.ts';
import { createProfileMaker } from '../../platforms/apple/enrollment/index.ts';
import { silentLog } from '../../kernel/log.ts';
import {
  openTestAdminSurface,
  publicUrl,
  type TestAdminSurface,
  type TestOrganization,
} from '../admin/test-surface.ts';
import { type EnrollPageDeps, registerEnrollPage } from '../enroll.ts';

export const deviceUrl = new URL('https://gatehouse.example:8444');
export const topic = 'com.apple.mgmt.External.7d5f3a10-1111-4222-8333-944455556666';

export interface TestPage extends AsyncDisposable {
  readonly surface: TestAdminSurface;
  readonly deps: EnrollPageDeps;
  /** Whether the organizations have a push certificate. */
  push: boolean;
  /** Devices for which the network was asked to let them in. */
  readonly continued: string[];
  /** Passwords of mail accounts as the mail server of this test takes them; what it was asked, in this order. */
  readonly mail: { answer: ProveMailAccount; readonly asked: MailAccount[] };
  visitor(options?: VisitorOptions): Visitor;
  /** An enrolment of a new user, as an administrator issues it. */
  issue(change?: object, organization?: TestOrganization): Promise<Issued>;
  rows<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  audited(
    action: string,
  ): Promise<{ outcome: string; reason: string | null; show: Record<string, unknown> }[]>;
}

export interface Issued {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly page: string;
  readonly oneTimePassword: string;
}

interface VisitorOptions {
  readonly organization?: string;
  readonly address?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function openTestPage(): Promise<TestPage> {
  let page: { push: boolean } = { push: true };
  let deps: EnrollPageDeps | undefined;
  const continued: string[] = [];
  const mail: TestPage['mail'] = { answer: async () => ({ is: 'right', server: 'Test' }), asked: [] };
  const surface = await openTestAdminSurface({
    prepare(server, base) {
      const maker = createProfileMaker({
        ...base,
        deviceUrl,
        tlsAnchors: () => [],
        pushTopic: async () => (page.push ? topic : undefined),
        signMessages: false,
      });
      // The administrators' routes and the page know the same ways in.
      const ways = base.ways as { -readonly [Key in keyof EnrollmentWays]: EnrollmentWays[Key] };
      ways.ios = { profile: maker };
      ways.macos = { agent: true, profile: maker };
      const refusals = createRefusals({ database: base.database, clock: base.clock, log: silentLog });
      deps = {
        ...base,
        refusals,
        deviceUrl,
        tlsAnchors: () => [randomBytes(100)],
        mailStandingOf: createMailStandings(base),
        proveMailAccount(account) {
          mail.asked.push(account);
          return mail.answer(account);
        },
        reauthorize: (_organizationId, deviceId) => {
          continued.push(deviceId);
          return Promise.resolve();
        },
      };
      registerEnrollPage(server, deps);
    },
  });
  if (!deps) throw new Error('the server was not prepared');
  const made = deps;
  let count = 0;
  const opened: TestPage = {
    surface,
    deps: made,
    push: true,
    continued,
    mail,
    visitor: (options = {}) => new Visitor(surface, options),
    async issue(change = {}, organization = surface.acme) {
      count += 1;
      const { token } = organization.administrators['org-admin'];
      const email = `person-${count}@${organization.slug}.example`;
      const user = await surface.call(token, 'POST', '/users', { body: { email } });
      const answer = await surface.call(token, 'POST', '/enrollments', {
        body: { user: email, platform: 'ios', ...change },
      });
      if (answer.statusCode !== 201) throw new Error(answer.body);
      return { ...answer.json(), email, userId: user.json().id } as Issued;
    },
    async rows<Row>(text: string, values: unknown[] = []) {
      const admin = await surface.db.superuser();
      try {
        return (await admin.query(text, values)).rows as Row[];
      } finally {
        await admin.end();
      }
    },
    async audited(action) {
      await made.refusals.flush();
      return opened.rows(
        `select content->>'outcome' as outcome, content->>'reason' as reason, content->'show' as show
         from audit_entries where content->>'action' = $1 order by entry_id`,
        [action],
      );
    },
    async [Symbol.asyncDispose]() {
      await made.refusals.close();
      await surface[Symbol.asyncDispose]();
    },
  };
  page = opened;
  return opened;
}

export interface Shown {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly raw: Buffer;
  /** The heading. */
  readonly title: string;
  readonly problem: string | undefined;
}

export class Visitor {
  readonly cookies = new Map<string, string>();
  shown: Shown | undefined;
  readonly #surface: TestAdminSurface;
  readonly #options: VisitorOptions;

  constructor(surface: TestAdminSurface, options: VisitorOptions) {
    this.#surface = surface;
    this.#options = options;
  }

  get path(): string {
    return `/enroll/${this.#options.organization ?? 'acme'}`;
  }

  /** Without following a redirect. */
  async request(
    method: 'GET' | 'POST',
    path: string,
    fields?: readonly (readonly [string, string])[],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Shown> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.#surface.server.inject({
      method,
      url: `${this.path}${path}`,
      remoteAddress: this.#options.address ?? '192.0.2.7',
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        // What browsers send from a page that asks for no referrer.
        ...(method === 'GET' ? {} : { origin: 'null', 'sec-fetch-site': 'same-origin' }),
        ...(fields === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...this.#options.headers,
        ...headers,
      },
      ...(fields === undefined
        ? {}
        : { payload: new URLSearchParams(fields.map(([k, v]): [string, string] => [k, v])).toString() }),
    });
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const { body } = answer;
    return {
      status: answer.statusCode,
      body,
      headers: answer.headers,
      raw: answer.rawPayload,
      title: /<h1>(.*?)<\/h1>/.exec(body)?.[1] ?? '',
      problem: /<span id="problem">(.*?)<\/span>/.exec(body)?.[1],
    };
  }

  async open(path = ''): Promise<Shown> {
    this.shown = await this.request('GET', path);
    return this.shown;
  }

  /** The token of the forms on the page that is shown. */
  get token(): string {
    return /name="form" value="([^"]*)"/.exec(this.shown?.body ?? '')?.[1] ?? '';
  }

  /** Sends a form of the page that is shown, and follows where it leads. */
  async send(path: string, fields: readonly (readonly [string, string])[] = []): Promise<Shown> {
    const answer = await this.request('POST', path, [['form', this.token], ...fields]);
    if (answer.status !== 303) {
      if (answer.body.includes('<h1>')) this.shown = answer;
      return answer;
    }
    const to = String(answer.headers['location']);
    if (!to.startsWith(this.path)) throw new Error(`led astray to ${to}`);
    const next = await this.request('GET', to.slice(this.path.length));
    if (next.body.includes('<h1>')) this.shown = next;
    return next;
  }

  async enterCode(code: string): Promise<Shown> {
    if (!this.shown) await this.open();
    return this.send('/code', [['code', code]]);
  }
}

export { publicUrl };
