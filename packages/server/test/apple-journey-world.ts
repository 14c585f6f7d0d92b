// The whole server, a simulated APNs, and simulated Apple devices that come in by the enrolment page: nothing between them is
// scripted. Devices are woken by pushes, as real ones are.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LightMyRequestResponse } from 'fastify';
import { type SimulatedApns, startSimulatedApns } from '@gatehouse/simulators/apns/index.ts';
import {
  type AppleDeviceEvent,
  type DeviceOptions,
  type DeviceState,
  downloadProfile,
  type Misbehaviour,
  newAppleDevice,
  obtainCertificate,
  SimulatedAppleDevice,
} from '@gatehouse/simulators/apple/index.ts';
import { parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { createPasswords } from '../src/modules/administrators/index.ts';
import { type ComposedServer, composeServer } from './security/composed-server.ts';

export const topic = 'com.apple.mgmt.External.3a5c0f6e-1111-4222-8333-944455556666';

export interface Owner {
  readonly id: string;
  readonly email: string;
}

export interface Comer {
  readonly owner: Owner;
  readonly simulated: SimulatedAppleDevice;
  readonly device: DeviceState;
  readonly events: AppleDeviceEvent[];
  /** Errors of conversations that pushes began. */
  readonly troubles: unknown[];
}

export interface OrganizationJourney {
  readonly server: ComposedServer;
  readonly apns: SimulatedApns;
  /** A device of the organization’s user that has come in by the page. */
  enrol(options?: EnrolOptions): Promise<Comer>;
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Another organization on the same server. */
  alongside(slug: string): Promise<OrganizationJourney>;
  /** Moves the server’s clock, and runs what it then does by itself. */
  advance(milliseconds: number, ...tasks: readonly string[]): Promise<void>;
  /** The id under which the server knows the device, from its certificate. */
  idOf(comer: Comer): string | undefined;
  /** Comes in by the page, again or for the first time, for its owner. */
  comeIn(
    comer: Comer,
    order?: Pick<EnrolOptions, 'ownership' | 'platform'> & { readonly replacesDeviceId?: string },
  ): Promise<void>;
  addOwner(details?: object): Promise<Owner>;
  /** Waits until the device has answered its first call. @returns its id. */
  registered(comer: Comer): Promise<string>;
  order(comer: Comer, name: string, params?: object, more?: object): Promise<string>;
  /** Waits for the command’s end. */
  ended(commandId: string, state?: string): Promise<ShownCommand>;
  /** Orders, and waits until it is done. */
  carriedOut(comer: Comer, name: string, params?: object, more?: object): Promise<ShownCommand>;
  facts(comer: Comer): Promise<Readonly<Record<string, unknown>>>;
  /** A password of the person’s, and a session in the portal with it. @returns what posts there */
  signInToPortal(owner: Owner): Promise<(path: string, body?: object) => Promise<LightMyRequestResponse>>;
  /** Waits until something holds, as somebody who watches would; at most ten seconds. */
  until<T>(what: string, look: () => Promise<T | undefined | false> | T | undefined | false): Promise<T>;
}

export interface AppleJourney extends OrganizationJourney, AsyncDisposable {}

export interface ShownCommand {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly Readonly<Record<string, unknown>>[] | null;
}

export interface EnrolOptions extends DeviceOptions {
  readonly seed?: string;
  readonly owner?: Owner;
  readonly misbehaviour?: Misbehaviour;
  /** Does not hear the first call, until it is woken. */
  readonly asleep?: boolean;
  readonly ownership?: 'corporate' | 'personal';
  readonly platform?: 'ios' | 'macos';
}

/** What all organizations of a journey share. */
interface Ground {
  readonly server: ComposedServer;
  readonly apns: SimulatedApns;
  readonly comers: Comer[];
  /** The clock is no longer the true one. */
  moved: boolean;
}

export async function openAppleJourney(
  slug = 'acme',
  env: Readonly<Record<string, string>> = {},
): Promise<AppleJourney> {
  const apns = await startSimulatedApns();
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-apns-trust-'));
  const trust = join(folder, 'trust.pem');
  writeFileSync(trust, apns.authority.trust);
  const server = await composeServer({
    env: { GATEHOUSE_APNS_URL: apns.url.href, GATEHOUSE_APNS_CA: trust, ...env },
  });
  const comers: Comer[] = [];
  const journey = await beginIn({ server, apns, comers, moved: false }, slug, topic);
  return Object.assign(journey, {
    async [Symbol.asyncDispose]() {
      for (const { simulated } of comers) await simulated.close();
      await server[Symbol.asyncDispose]();
      await apns.close();
      rmSync(folder, { recursive: true });
    },
  });
}

async function beginIn(ground: Ground, slug: string, topic: string): Promise<OrganizationJourney> {
  const { server, apns, comers } = ground;
  await server.addOrganization(slug);
  let owners = 0;

  // The operator at the machine itself is known by a file’s true time: once the clock is moved, a token speaks.
  const tokenOrder = { role: 'org-admin', expiresInSeconds: 366 * 86_400 };
  const made = await server.operate('POST', '/tokens', tokenOrder, slug);
  const { token } = made.json() as { token: string };
  // It lives a year at most; journeys may take longer.
  await (await server.db.superuser()).query(
    `update gh.api_tokens set expires_at = now() + interval '20 years'`,
  );
  function byToken(method: string, path: string, body: unknown) {
    return server.application.main.inject({
      method: method as 'GET',
      url: `/api/v1${path}`,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
  }
  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await (ground.moved
      ? byToken(method, path, body)
      : server.operate(method, path, body, slug));
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`);
    return (answer.body === '' ? undefined : answer.json()) as T;
  }

  /** Of devices and of the server, for whoever reads that something did not come. */
  function whatWentWrong(): string {
    const troubles = comers.flatMap((comer) => comer.troubles.map(String));
    const logged = server.logged.filter((line) => /"level":(?:"(?:warn|error)"|[45]0)/.test(line));
    return [...troubles, ...logged.slice(-5)].map((line) => `\n  ${line.slice(0, 500)}`).join('');
  }

  const issued = apns.authority.issuePushCertificate({ topic });
  await api('PUT', '/apple/push-certificate', { certificate: issued.certificate, key: issued.key });

  const journey: OrganizationJourney = {
    server,
    apns,
    api,
    async enrol({
      seed = `device ${comers.length}`,
      owner,
      ownership = 'corporate',
      platform = 'ios',
      misbehaviour = {},
      asleep = false,
      ...options
    } = {}) {
      const device = newAppleDevice(seed, { family: platform === 'macos' ? 'mac' : 'iphone', ...options });
      const events: AppleDeviceEvent[] = [];
      const troubles: unknown[] = [];
      const simulated: SimulatedAppleDevice = new SimulatedAppleDevice({
        device,
        anchors: [server.ca],
        obtainCertificate,
        onEvent: (event) => {
          if (event.kind !== 'token') return void events.push(event);
          apns.register({
            token: event.push.token,
            topic: device.enrolment?.topic ?? '',
            deliver: (magic) => void simulated.pushed(magic).catch((error: unknown) => troubles.push(error)),
          });
          if (asleep) apns.sleep(event.push.token);
        },
      });
      const comer = { owner: owner ?? (await journey.addOwner()), device, events, troubles, simulated };
      comers.push(comer);
      simulated.misbehave(misbehaviour);
      await journey.comeIn(comer, { ownership, platform });
      return comer;
    },
    async comeIn({ owner, device, simulated }, order = {}) {
      const platform = device.model.family === 'mac' ? 'macos' : 'ios';
      const ticket = await api<{ page: string; oneTimePassword: string }>('POST', '/enrollments', {
        user: owner.email,
        platform,
        ownership: 'corporate',
        ...order,
      });
      await simulated.installProfile(await downloadProfile({ ...ticket, anchors: [server.ca] }));
    },
    async addOwner(details = {}) {
      owners += 1;
      return api('POST', '/users', { email: `owner-${owners}@${slug}.example`, ...details });
    },
    async registered(comer) {
      const id = journey.idOf(comer) ?? '';
      await journey.until('the device is registered', async () => {
        const { state } = await api<{ state: string }>('GET', `/devices/${id}`);
        return state === 'registered';
      });
      return id;
    },
    async order(comer, name, params, more = {}) {
      const order = { name, ...(params === undefined ? {} : { params }), ...more };
      return (await api<{ id: string }>('POST', `/devices/${journey.idOf(comer)}/commands`, order)).id;
    },
    ended: (id, wanted = 'acknowledged') =>
      journey.until(`command ${id} is ${wanted}`, async () => {
        const command = await api<ShownCommand>('GET', `/commands/${id}`);
        if (
          ['acknowledged', 'failed', 'expired', 'cancelled'].includes(command.state) &&
          command.state !== wanted
        )
          throw new Error(`${command.state}: ${command.reason}`);
        return command.state === wanted && command;
      }),
    async carriedOut(comer, name, params, more) {
      return journey.ended(await journey.order(comer, name, params, more));
    },
    async facts(comer) {
      const { facts } = await api<{ facts: { name: string; value: unknown }[] }>(
        'GET',
        `/devices/${journey.idOf(comer)}/facts`,
      );
      return Object.fromEntries(facts.map(({ name, value }) => [name, value]));
    },
    async signInToPortal({ id, email }) {
      const password = 'plinth ocelot quaver tumbril';
      const client = await server.db.superuser();
      await client.query(
        `insert into gh.user_credentials (organization_id, user_id, password_hash, changed_at)
         select organization_id, user_id, $2, now() from gh.users where user_id = $1`,
        [id, await createPasswords().hash(password)],
      );
      await client.end();
      let signedIn = {};
      const post = (path: string, payload: object = {}) =>
        server.application.main.inject({
          method: 'POST',
          url: `/my/api/v1${path}`,
          headers: {
            origin: `https://localhost:${server.ports.main}`,
            'sec-fetch-site': 'same-origin',
            ...signedIn,
          },
          payload,
        });
      const session = await post('/session', { organization: slug, name: email, password });
      if (session.statusCode !== 201) throw new Error(session.body);
      signedIn = {
        cookie: session.cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
        'gatehouse-csrf': session.json().csrfToken,
      };
      return post;
    },
    async advance(milliseconds, ...tasks) {
      ground.moved = true;
      server.advance(milliseconds);
      for (const task of tasks) await server.application.runTask(task);
    },
    alongside: (other) => beginIn(ground, other, `${topic}.${other}`),
    idOf({ device }) {
      const certificate = device.enrolment?.identity.certificate;
      return certificate && parseCertificate(certificate).subject.commonName;
    },
    async until(what, look) {
      const end = Date.now() + 10_000;
      for (;;) {
        const seen = await look();
        if (seen !== undefined && seen !== false) return seen as never;
        if (Date.now() > end) throw new Error(`in vain: ${what}${whatWentWrong()}`);
        await sleep(50);
      }
    },
  };

  return journey;
}
