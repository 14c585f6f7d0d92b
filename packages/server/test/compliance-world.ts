// The whole server with everybody around it that a change of a decision concerns: a switch, a RADIUS server that asks, an ISE, a
// receiver of Shared Signals, a receiver of webhooks and a mail server. Administrators talk to its API and nothing else.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeRestRequest } from '@gatehouse/protocols/radius/index.ts';
import { type EnrollmentTicket, newComputer, SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { createSimulatedIse, type SimulatedIse } from '@gatehouse/simulators/cisco-ise/index.ts';
import { type SimulatedNas, startSimulatedNas } from '@gatehouse/simulators/nas/index.ts';
import { Agent, fetch as fetchOver, request } from 'undici';
import {
  type Answer,
  type ReceivedRequest,
  startTestReceiver,
  type TestReceiver,
} from '../src/kernel/outbound/test-receiver.ts';
import { MailPeer } from './mail-peer.ts';
import { type ComposedServer, composeServer } from './security/composed-server.ts';
import { complianceChange, sessionRevoked, type SsfReceiver, startSsfReceiver } from './ssf-receiver.ts';

export const secretOfSwitch = 'quaver-plinth-ocelot-tumbril-0042';
export const addressOfSwitch = '127.0.2.1';
const password = 'plinth ocelot quaver tumbril';

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of many shapes
export type Json = any;

export interface HookMessage {
  readonly id: string;
  readonly type: string;
  readonly data: Json;
}

/** What each gate says of a device at one moment. */
export interface Gates {
  readonly ise: string;
  /** 204: may in; 401: may not. */
  readonly radius: number;
  readonly posture: string;
}

export interface ComplianceWorld extends AsyncDisposable {
  readonly server: ComposedServer;
  readonly organizationId: string;
  readonly nas: SimulatedNas;
  readonly ise: SimulatedIse;
  readonly ssf: SsfReceiver;
  /** What came to the webhook, each message once. */
  readonly hooks: HookMessage[];
  readonly mail: MailPeer;
  /** How the receivers of signals and webhooks answer instead of taking what comes; undefined: they take it. */
  misbehave: Answer | undefined;
  call<T = Json>(method: string, path: string, body?: unknown): Promise<T>;
  /** The same, with whatever comes of it. */
  tryCall(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }>;
  /** A computer, by default of the organization’s first user and corporate; enrolled, and its policy acknowledged. */
  enrol(order?: { user?: string; ownership?: string }): Promise<SimulatedAgent>;
  /** The same computer once more. */
  enrolAgain(agent: SimulatedAgent, order?: object): Promise<void>;
  idOf(agent: SimulatedAgent): string;
  macOf(agent: SimulatedAgent): string;
  /** Its session at the switch begins. */
  connect(agent: SimulatedAgent): Promise<void>;
  ask(
    question: string,
    mac: string,
    attributes?: Readonly<Record<string, readonly string[]>>,
  ): Promise<number>;
  gatesOf(agent: SimulatedAgent): Promise<Gates>;
  /** Assigns to the whole organization, unless another target is named. */
  assign(kind: 'policy' | 'rule', id: string, target?: { kind: string; id: string }): Promise<{ id: string }>;
  /** The server’s time. */
  now(): number;
  /** Moves the clock, and runs what runs by it. */
  advance(milliseconds: number, ...tasks: string[]): Promise<void>;
  until<T>(
    what: string,
    look: () => Promise<T | undefined | false> | T | undefined | false,
    seconds?: number,
  ): Promise<T>;
}

export const networkOf = (gates: Gates): string =>
  `${gates.posture} ${gates.ise} ${gates.radius === 204 ? 'in' : 'out'}`;

export async function openComplianceWorld(): Promise<ComplianceWorld> {
  const hooks: HookMessage[] = [];
  const seen = new Set<string>();
  let http: Agent | undefined;
  // One address for both receivers, known before the server starts: what it says of itself has to be trusted from then on.
  const front: TestReceiver = await startTestReceiver((message, response) => {
    if (world.misbehave) return world.misbehave(message, response);
    if (message.path.startsWith('/events')) return pass(message, response);
    const id = String(message.headers['webhook-id']);
    if (!seen.has(id)) hooks.push(JSON.parse(message.body) as HookMessage);
    seen.add(id);
    return response.writeHead(204).end();
  });
  async function pass({ headers, body }: ReceivedRequest, response: Parameters<Answer>[1]) {
    const answer = await request(world.ssf.endpoint, {
      method: 'POST',
      headers: { 'content-type': String(headers['content-type']), accept: String(headers.accept) },
      body,
      dispatcher: toReceiver,
    });
    response
      .writeHead(answer.statusCode, { 'content-type': 'application/json' })
      .end(await answer.body.text());
  }
  const mail = await MailPeer.start('127.0.0.1');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-compliance-world-'));
  const trusted = join(folder, 'receivers.pem');
  writeFileSync(trusted, front.trust);
  const server = await composeServer({
    env: {
      GATEHOUSE_OUTBOUND_ALLOW: '127.0.0.0/8',
      GATEHOUSE_OUTBOUND_CA: trusted,
      GATEHOUSE_SMTP_URL: mail.url,
      GATEHOUSE_MAIL_FROM: 'IT of Acme <it@acme.example>',
    },
  });
  http = new Agent({ connect: { ca: server.ca } });
  await server.addOrganization('acme');
  await server.addAdministrator('acme', 'radius@acme.example', 'nac-service', password);
  const tokenOf = async (role: string) =>
    (
      (
        await server.operate('POST', '/tokens', { name: role, role, expiresInSeconds: 366 * 86_400 }, 'acme')
      ).json() as { token: string }
    ).token;
  const token = await tokenOf('org-admin');
  const authorization = `Basic ${Buffer.from(`radius@acme.example:${password}`).toString('base64')}`;
  const nas = await startSimulatedNas({ secret: secretOfSwitch, host: addressOfSwitch });
  const ise = createSimulatedIse({
    host: 'localhost',
    port: server.ports.main,
    userName: 'radius@acme.example',
    password,
    trusted: [server.ca],
  });
  const fetching = ((url: string, init: object) =>
    fetchOver(url, { ...init, dispatcher: http as Agent })) as unknown as typeof fetch;
  const ssf = await startSsfReceiver(
    `https://localhost:${server.ports.main}/ssf/acme`,
    await tokenOf('nac-service'),
    fetching,
  );
  const toReceiver = new Agent({ connect: { ca: ssf.trust } });
  const agents: SimulatedAgent[] = [];
  let moved = 0;
  const at = (path: string) => `https://127.0.0.1:${front.port}${path}`;

  const world: ComplianceWorld = {
    server,
    organizationId: '',
    nas,
    ise,
    ssf,
    hooks,
    mail,
    misbehave: undefined,
    async tryCall(method, path, body) {
      const answer = await server.application.main.inject({
        method: method as 'GET',
        url: `/api/v1${path}`,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() };
    },
    async call(method, path, body) {
      const answer = await world.tryCall(method, path, body);
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body;
    },
    async enrol(order) {
      const agent = new SimulatedAgent({
        computer: newComputer(`computer ${agents.length}`, { platform: 'linux' }),
        now: () => Date.now() + moved,
      });
      agents.push(agent);
      await world.enrolAgain(agent, order);
      return agent;
    },
    async enrolAgain(agent, order = {}) {
      const ticket = await world.call<EnrollmentTicket>('POST', '/enrollments', {
        user: 'user@acme.example',
        platform: 'linux',
        ownership: 'corporate',
        ...order,
      });
      await agent.enroll(ticket);
      await agent.report();
      await agent.report();
    },
    idOf: (agent) => agent.memory.identity?.deviceId ?? '',
    macOf: (agent) => agent.computer.interfaces.find(({ kind }) => kind === 'wifi')?.mac ?? '',
    async connect(agent) {
      const mac = world.macOf(agent);
      assert.equal(await world.ask('authorize', mac), 204);
      const session = {
        'Acct-Status-Type': ['Start'],
        'Acct-Session-Id': [mac],
        'NAS-IP-Address': [addressOfSwitch],
      };
      assert.equal(await world.ask('accounting', mac, session), 204);
    },
    async ask(question, mac, attributes = {}) {
      const { statusCode, body } = await request(
        `https://localhost:${server.ports.main}/nac/v1/radius/acme/${question}`,
        {
          method: 'POST',
          dispatcher: http as Agent,
          headers: { authorization, 'content-type': 'application/json' },
          body: Buffer.from(encodeRestRequest({ 'Calling-Station-Id': [mac], ...attributes })),
        },
      );
      await body.dump();
      return statusCode;
    },
    async gatesOf(agent) {
      const mac = world.macOf(agent);
      const [session, radius, explanation] = await Promise.all([
        ise.openSession(mac),
        world.ask('authorize', mac),
        world.call('GET', `/devices/${world.idOf(agent)}/explain`),
      ]);
      return { ise: session.decision, radius, posture: explanation.gates.network.access };
    },
    assign: (kind, id, target = { kind: 'organization', id: world.organizationId }) =>
      world.call('POST', '/assignments', { item: { kind, id }, target }),
    async advance(milliseconds, ...tasks) {
      moved += milliseconds;
      server.advance(milliseconds);
      for (const task of tasks) await server.application.runTask(task);
    },
    async until(what, look, seconds = 10) {
      const end = Date.now() + seconds * 1_000;
      for (;;) {
        const found = await look();
        if (found !== undefined && found !== false) return found as never;
        if (Date.now() > end) {
          const said = server.logged.filter((line) => /"level":(?:"(?:warn|error)"|[45]0)/.test(line));
          throw new Error(`in vain: ${what}\n${said.slice(-5).join('\n')}`);
        }
        await pause(10);
      }
    },
    now: () => Date.now() + moved,
    async [Symbol.asyncDispose]() {
      await Promise.all(agents.map((agent) => agent.close()));
      await ssf.close();
      await toReceiver.close();
      await nas[Symbol.asyncDispose]();
      await ise.close();
      await http?.close();
      await server[Symbol.asyncDispose]();
      await front.close();
      await mail.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  Object.assign(world, { organizationId: (await world.call('GET', '/organization')).id });
  await world.call('POST', '/network-access/nas', {
    name: 'switch',
    address: addressOfSwitch,
    port: nas.port,
    template: 'cisco-ios',
    secret: secretOfSwitch,
    // Clocks of journeys leap further than a session may be silent.
    interimSeconds: 86_400,
  });
  await world.call('PUT', '/network-access/settings', { rules: [], quietSeconds: 0 });
  await world.call('POST', '/webhooks', {
    name: 'hook',
    url: at('/hook'),
    events: ['device.posture-changed', 'device.rule-stage-changed'],
  });
  await ssf.createPushStream([complianceChange, sessionRevoked], {
    delivery: {
      method: 'urn:ietf:rfc:8935',
      endpoint_url: at('/events'),
      authorization_header: 'Bearer of-the-receiver',
    },
  });
  // The first question proves the password the slow way, which on a busy machine takes longer than a RADIUS server is let wait.
  while ((await world.ask('authorize', '00-00-5E-00-53-01')) === 503) await pause(100);
  return world;
}
