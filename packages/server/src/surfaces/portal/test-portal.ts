// For tests: the portal beside the admin surface, users with a password and devices, and a browser that signs in as one of them.
import { randomBytes } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import type { Ownership } from '@gatehouse/core/devices/device.ts';
import type { Mail } from '../../kernel/mail.ts';
import type { AdminRoute } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { evaluateDevice } from '../../modules/compliance/index.ts';
import { createPendingDevice, recordReport, registerDevice } from '../../modules/devices/index.ts';
import { choosePassword } from '../../modules/users/index.ts';
import {
  goodPassword,
  openTestAdminSurface,
  publicUrl,
  type TestAdminSurface,
  type TestOrganization,
} from '../admin/test-surface.ts';
import { allPortalRoutes, type PortalSurfaceDeps, registerPortalSurface } from '../portal.ts';

export interface TestPortal extends AsyncDisposable {
  readonly surface: TestAdminSurface;
  readonly deps: PortalSurfaceDeps;
  readonly routes: readonly AdminRoute[];
  /** What was mailed, once the jobs are run by the test. */
  readonly letters: Mail[];
  /** A user with a password. */
  user(name: string, organization?: TestOrganization): Promise<{ id: string; email: string }>;
  /** A registered computer of theirs that has reported. */
  device(
    userId: string,
    options?: { ownership?: Ownership; organization?: TestOrganization; facts?: Record<string, unknown> },
  ): Promise<string>;
  browser(organization?: TestOrganization): Browser;
}

export async function openTestPortal(): Promise<TestPortal> {
  let made: PortalSurfaceDeps | undefined;
  const letters: Mail[] = [];
  const surface = await openTestAdminSurface({
    prepare(server, base) {
      made = {
        ...base,
        sendMail: (mail) => {
          letters.push(mail);
          return Promise.resolve();
        },
        findOrganizationByMailDomain: () => Promise.resolve(undefined),
        cursorKey: randomBytes(32),
      };
      registerPortalSurface(server, made);
    },
  });
  if (made === undefined) throw new Error('the server was not prepared');
  const deps = made;
  const post = async (organization: TestOrganization, path: string, body?: object) => {
    const { token } = organization.administrators['org-admin'];
    const answer = await surface.call(token, 'POST', path, body === undefined ? {} : { body });
    if (answer.statusCode >= 300) throw new Error(answer.body);
    return answer.json() as Record<string, string>;
  };
  return {
    surface,
    deps,
    letters,
    routes: allPortalRoutes(deps),
    async user(name, organization = surface.acme) {
      const email = `${name}@${organization.slug}.example`;
      const { id = '' } = await post(organization, '/users', { email, displayName: name });
      const { url = '' } = await post(organization, `/users/${id}/password-link`);
      const token = new URL(url).hash.slice(1);
      await choosePassword(surface.deps, organization.id, token, goodPassword, {
        id: newId(),
        address: '192.0.2.1',
      });
      return { id, email };
    },
    device: (userId, { ownership = 'corporate', organization = surface.acme, facts = {} } = {}) =>
      surface.db.database.withTenant(organization.id, async (tx) => {
        const { deviceId } = await createPendingDevice(tx, {
          userId,
          platform: 'linux',
          ownership,
          enrollmentId: null,
          name: 'Laptop',
        });
        await registerDevice(tx, deviceId);
        const now = surface.deps.clock.now();
        await recordReport(tx, {
          deviceId,
          counter: 1,
          bootId: 'b',
          sentAt: now,
          receivedAt: now,
          scans: [
            {
              scan: 'security',
              observedAt: now,
              facts: {
                'passcode.set': true,
                'storage.encrypted': true,
                'integrity.compromised': false,
                ...facts,
              } as unknown as Record<string, never>,
            },
            {
              scan: 'device-information',
              observedAt: now,
              facts: { 'device.model': 'Tinkpad', 'device.phone-number': '+41 44 668 18 00' },
            },
          ],
        });
        await evaluateDevice(surface.deps, tx, deviceId, now);
        return deviceId;
      }),
    browser: (organization = surface.acme) => new Browser(surface, organization),
    [Symbol.asyncDispose]: () => surface[Symbol.asyncDispose](),
  };
}

export class Browser {
  readonly cookies = new Map<string, string>();
  csrf = '';
  readonly #surface: TestAdminSurface;
  readonly #organization: TestOrganization;

  constructor(surface: TestAdminSurface, organization: TestOrganization) {
    this.#surface = surface;
    this.#organization = organization;
  }

  async call(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<LightMyRequestResponse> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.#surface.server.inject({
      method: method as 'GET',
      url: `/my/api/v1${path}`,
      headers: {
        ...(cookie === '' ? {} : { cookie }),
        ...(method === 'GET' ? {} : { origin: publicUrl.origin, 'sec-fetch-site': 'same-origin' }),
        ...(this.csrf === '' ? {} : { 'gatehouse-csrf': this.csrf }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = ''] = set.split(';');
      const at = pair.indexOf('=');
      if (pair.length === at + 1) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const token =
      answer.statusCode < 300 && answer.body.startsWith('{') ? answer.json().csrfToken : undefined;
    if (typeof token === 'string') this.csrf = token;
    return answer;
  }

  get(path: string): Promise<LightMyRequestResponse> {
    return this.call('GET', path);
  }

  async signIn(name: string, password = goodPassword): Promise<this> {
    const answer = await this.call('POST', '/session', {
      organization: this.#organization.slug,
      name,
      password,
    });
    if (answer.statusCode !== 201) throw new Error(answer.body);
    return this;
  }
}
