// The whole server with everybody around it that a change of a decision concerns: a switch, a RADIUS server that asks, an ISE, a
// receiver of Shared Signals, a receiver of webhooks and a mail server. Administrators talk to its API and nothing else.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeRestRequest } from '@gatehouse/protocols/radius/index.ts';
import { type EnrollmentTicket, newComputer, SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { createSimulatedIse, type SimulatedIse } from '@gatehouse/simulators/cisco-ise/index.ts';
import { type SimulatedNas, startSimulatedNas } from '@gatehouse/simulators/nas/index.ts';
import { Agent, request } from 'undici';
import { type ComplianceReceivers, type Json, startComplianceReceivers } from './compliance-receivers.ts';
import { MailPeer } from './mail-peer.ts';
import { type ComposedServer, composeServer } from './security/composed-server.ts';
import type { SsfReceiver } from './ssf-receiver.ts';

export const secretOfSwitch = 'quaver-plinth-ocelot-tumbril-0042';
export const addressOfSwitch = '127.0.2.1';
const password = 'plinth ocelot quaver tumbril';

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
  readonly receivers: ComplianceReceivers;
  readonly mail: MailPeer;
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
  const receivers = await startComplianceReceivers();
  const mail = await MailPeer.start('127.0.0.1');
  const server = await composeServer({
    env: {
      ...receivers.env,
      GATEHOUSE_SMTP_URL: mail.url,
      GATEHOUSE_MAIL_FROM: 'IT of Acme <it@acme.example>',
    },
  });
  const http = new Agent({ connect: { ca: server.ca } });
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
  const ssf = await receivers.startSignals(
    `https://localhost:${server.ports.main}/ssf/acme`,
    await tokenOf('nac-service'),
    server.ca,
  );
  const agents: SimulatedAgent[] = [];
  let moved = 0;

  const world: ComplianceWorld = {
    server,
    organizationId: '',
    nas,
    ise,
    ssf,
    receivers,
    mail,
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
          dispatcher: http,
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
      await nas[Symbol.asyncDispose]();
      await ise.close();
      await http.close();
      await server[Symbol.asyncDispose]();
      await receivers.close();
      await mail.stop();
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
    url: receivers.hookUrl,
    events: ['device.posture-changed', 'device.rule-stage-changed'],
  });
  // The first question proves the password the slow way, which on a busy machine takes longer than a RADIUS server is let wait.
  while ((await world.ask('authorize', '00-00-5E-00-53-01')) === 503) await pause(100);
  return world;
}
