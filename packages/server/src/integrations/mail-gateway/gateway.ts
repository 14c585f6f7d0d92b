// The way of a request for mail, on one page: read once, whose it is, proved, decided, and then relayed, provisioned, refused or served by
// the stand-in. The order is the defence: nothing of a device is told to whoever has not proved who he is, and nothing goes to the
// mail server that was not decided on within the last second.
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  decideMailAccess,
  type MailDecision,
  type MailStanding,
} from '@gatehouse/core/mail/decide-mail-access.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import {
  type CommandRequest,
  formatList,
  type MailRequest,
  readCredentials,
  readRequest,
  readSettingsRequest,
  refusal,
  statusOfRequestError,
  wbxmlContentType,
} from '@gatehouse/protocols/activesync/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import type { AddressList } from '../../kernel/http/address-list.ts';
import { clientAddress } from '../../kernel/http/client-address.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import { inspectedBytes } from './ask-server.ts';
import { type MailClient, type MailClients, type UnderWay } from './clients.ts';
import type { MailGatewayDeps } from './gateway-deps.ts';
import { createGrants, type GrantFor } from './grants.ts';
import { createLogIn } from './log-in.ts';
import type { MailServers } from './mail-servers.ts';
import { createProofs } from './proofs.ts';
import { answerProvision } from './provisioning/answer-provision.ts';
import { informationOf } from './provisioning/device-information.ts';
import { reportWipe, satisfyServer } from './provisioning/satisfy-server.ts';
import { refusalFor } from './refusal-words.ts';
import { Relay, type RelayOwner, type Route } from './relay.ts';
import { readWhole } from './request-body.ts';
import { type RequestHeaders, readRequestHeaders } from './request-headers.ts';
import type { AnswerReading } from './server-answer.ts';
import { headFor, queryFor } from './server-request.ts';
import { createShapes } from './shapes.ts';
import type { Traffic } from './traffic.ts';
import type { UpstreamError } from './upstream/upstream-error.ts';
import { type Shape, Visit } from './visit.ts';
import { authorizationFor, loginOf, nameAtServer } from './who.ts';

export const gatewayLimits = {
  /** Fetches of a policy by one client, and demands of the mail server for its own, before it is slowed down. */
  fetches: 10,
  serverDemands: 6,
  loopMs: 600_000,
  slowSeconds: 900,
};

export interface GatewayDeps extends MailGatewayDeps {
  readonly clients: MailClients;
  readonly servers: MailServers;
  readonly traffic: Traffic;
  readonly proxies: AddressList | undefined;
  /** What clients reach the gateway at. */
  readonly publicUrl: URL;
}

export interface MailGateway {
  /** @param query what follows the `?`, undecoded. */
  visit(incoming: IncomingMessage, response: ServerResponse, query: string): void;
  close(): void;
}

/** A device id that no device has: what is asked about a person alone. */
const noDevice = new Uint8Array(0);

export function createMailGateway(deps: GatewayDeps): MailGateway {
  const { books, standIn, clock, log, clients, servers, traffic, proxies } = deps;
  const proofs = createProofs();
  const grants = createGrants();
  const shapes = createShapes();
  const logIn = createLogIn({ proofs, servers, standIn, clock, addressOf });

  const owner = {
    over(visit: Visit): void {
      const { shape } = visit;
      const { request } = shape ?? {};
      traffic.note(
        shape?.organizationId,
        {
          mailDeviceId: shape?.client.standing?.mailDevice?.mailDeviceId ?? null,
          serverId: visit.profile?.serverId ?? null,
          command: request === undefined ? 'none' : request.kind === 'options' ? 'OPTIONS' : request.command,
          outcome: visit.outcome,
          protocolVersion: request?.kind === 'command' ? request.version : null,
          userAgent: visit.headers.userAgent === '' ? null : visit.headers.userAgent,
          bytesIn: visit.bytesIn,
          bytesOut: visit.bytesOut,
          at: clock.now(),
          error: visit.error,
        },
        (performance.now() - visit.startedAt) / 1_000,
      );
    },
  };

  // --------------------------------------------------------------------------------------------------- who it is

  function keyOf(visit: Visit, query: string): string {
    const { headers } = visit;
    return proofs.keyOf(
      visit.incoming.method ?? '',
      query,
      headers.authorization,
      headers.version,
      headers.policyKey,
      headers.multiPart,
      headers.contentType,
      headers.length === 0 ? '' : '1',
      headers.host,
    );
  }

  /** undefined: the visit is answered. @throws DecodeError */
  async function shapeOf(visit: Visit, key: string, query: string): Promise<Shape | undefined> {
    const { incoming, headers } = visit;
    const { credentials, ...request }: MailRequest = readRequest({
      method: incoming.method ?? '',
      query,
      rawHeaders: incoming.rawHeaders,
    });
    const login = credentials === undefined ? undefined : loginOf(credentials);
    const host = headers.host.replace(/:\d+$/, '');
    const organizationId = login === undefined ? undefined : await books.organizationOf(login, host);
    if (login === undefined || organizationId === undefined) {
      // Nobody whom anybody here knows: as slow as a wrong password, and in the same words.
      if (credentials !== undefined) await pause(logIn.refusalMs());
      visit.challenge();
      return undefined;
    }
    const deviceId = request.kind === 'command' ? request.deviceId : noDevice;
    return shapes.remember(key, {
      // Of credentials and organization alone: what was proved once holds for every request with them.
      proofKey: proofs.keyOf(organizationId, headers.authorization),
      organizationId,
      login,
      client: clients.client(organizationId, login.name, deviceId),
      request: request as Shape['request'],
      proof: undefined,
      query: undefined,
    });
  }

  function addressOf({ incoming, headers }: Visit): string {
    return clientAddress(incoming.socket.remoteAddress, headers.forwardedFor, proxies);
  }

  // --------------------------------------------------------------------------------------------------- the way

  /** Everything that is needed is remembered: no promise, no question. */
  function isReady(visit: Visit, shape: Shape): boolean {
    const { client } = shape;
    if (!clients.isFresh(client, visit.startedAt)) return false;
    const standing = client.standing as MailStanding;
    if (standing.mailDevice === null && shape.request.kind === 'command') return false;
    if (standing.server !== null) {
      visit.profile = servers.peek(shape.organizationId, standing.server);
      if (visit.profile === undefined) return false;
      return logIn.isProved(shape, visit.profile, standing);
    }
    return logIn.isProved(shape, undefined, standing);
  }

  /** @returns false: the visit is answered. */
  async function prepare(visit: Visit, shape: Shape): Promise<boolean> {
    const { client, organizationId, request } = shape;
    let standing: MailStanding;
    try {
      standing = await clients.read(client);
      if (standing.server !== null) {
        visit.profile = await servers.find(organizationId, standing.server);
        if (visit.profile === undefined) {
          visit.later('undecided', 15);
          return false;
        }
      }
    } catch (error) {
      return prepareBlind(visit, shape, error);
    }
    if (!(await logIn.prove(visit, shape, standing))) return false;
    if (request.kind === 'options' || standing.mailDevice !== null) return true;
    try {
      const found = await books.discover(organizationId, {
        userId: standing.user?.userId ?? null,
        login: shape.login.name,
        deviceKey: request.deviceId,
        deviceType: request.deviceType,
        protocolVersion: request.version,
        userAgent: visit.headers.userAgent === '' ? null : visit.headers.userAgent,
      });
      clients.forget(client);
      if (!('refused' in found)) await clients.read(client);
      else client.readAt = performance.now();
    } catch (error) {
      return prepareBlind(visit, shape, error);
    }
    return true;
  }

  /** The database does not answer: only who was let in a moment ago goes on (EAS-T03). */
  async function prepareBlind(visit: Visit, shape: Shape, error: unknown): Promise<boolean> {
    const { client, organizationId } = shape;
    if (!isDomainError(error, 'unavailable')) log.warn({ err: error }, 'a decision on mail cannot be read');
    const { standing } = client;
    const profile =
      standing?.server === undefined || standing.server === null
        ? undefined
        : servers.peek(organizationId, standing.server);
    if (standing === undefined || profile === undefined || shape.request.kind === 'options') {
      visit.later('undecided', 15);
      return false;
    }
    switch (grants.check(client.grant, grantOf(shape, standing, profile), clock.now())) {
      case 'live':
        visit.profile = profile;
        visit.byGrant = true;
        return logIn.prove(visit, shape, standing);
      case 'forged':
        log.error({ organizationId }, 'a grant for mail was forged');
        visit.answer('blocked', 403);
        return false;
      default:
        visit.later('undecided', 15);
        return false;
    }
  }

  function grantOf(
    { organizationId, client }: Shape,
    { policy }: MailStanding,
    profile: MailServerProfile,
  ): GrantFor {
    return {
      organizationId,
      login: client.login,
      deviceKey: client.deviceText,
      policyVersion: policy?.version ?? '',
      serverId: profile.serverId,
    };
  }

  function decisionFor(shape: Shape, standing: MailStanding): MailDecision {
    const { request } = shape;
    const carriesNone =
      request.kind === 'options' || request.command === 'Ping' || request.command === 'Provision';
    return decideMailAccess({
      standing,
      presentedKey: carriesNone ? 'not-needed' : (request.policyKey ?? 'absent'),
      now: clock.now(),
    });
  }

  function go(visit: Visit, shape: Shape): void {
    if (visit.isOver) return;
    const { client, request } = shape;
    const standing = client.standing as MailStanding;
    if (request.kind === 'options') {
      void answerOptions(visit, shape).catch((error: unknown) => fail(visit, error));
      return;
    }
    const decision = decisionFor(shape, standing);
    visit.decision = decision;
    if (request.command === 'Provision') {
      void provision(visit, shape, request, standing, decision).catch((error: unknown) => fail(visit, error));
      return;
    }
    if (decision.effect === 'refuse' && decision.quarantine) {
      void serve(visit, shape, request, 'quarantine').catch((error: unknown) => fail(visit, error));
      return;
    }
    if (decision.effect !== 'pass') {
      refuse(visit, request, decision);
      return;
    }
    const { profile } = visit;
    if (profile === undefined) {
      void serve(visit, shape, request, 'mailbox').catch((error: unknown) => fail(visit, error));
      return;
    }
    if (!visit.byGrant) renewGrant(shape, standing, profile);
    if (request.command === 'Settings') {
      void relaySettings(visit, shape, request, profile).catch((error: unknown) => fail(visit, error));
      return;
    }
    relay(visit, shape, request, profile);
  }

  function renewGrant(shape: Shape, standing: MailStanding, profile: MailServerProfile): void {
    const now = clock.now();
    const { grant } = shape.client;
    if (
      grant !== undefined &&
      grant.expiresAt - now > 540_000 &&
      grant.of.serverId === profile.serverId &&
      grant.of.policyVersion === (standing.policy?.version ?? '')
    )
      return;
    shape.client.grant = grants.issue(grantOf(shape, standing, profile), now);
  }

  function refuse(
    visit: Visit,
    request: CommandRequest,
    decision: Exclude<MailDecision, { effect: 'pass' }>,
  ): void {
    const { outcome, refusal: words } = refusalFor(request, decision);
    visit.refuse(outcome, words);
  }

  function fail(visit: Visit, error: unknown): void {
    if (error instanceof DecodeError) {
      visit.error = `${error.path ?? 'The request'}: ${error.reason ?? 'malformed'}`;
      visit.answer('malformed', statusOfRequestError(error));
      return;
    }
    if (isDomainError(error, 'unavailable')) {
      visit.later('undecided', 15);
      return;
    }
    log.error({ err: error }, 'a request for mail failed');
    visit.answer('undecided', 500);
  }

  // --------------------------------------------------------------------------------------------------- OPTIONS

  async function answerOptions(visit: Visit, shape: Shape): Promise<void> {
    const { profile } = visit;
    if (profile === undefined) {
      visit.answer('passed', 200, standIn.options());
      return;
    }
    const offer = await logIn.offerTo(visit, shape, profile);
    if (offer === undefined) return;
    const { versions, commands, product } = offer;
    visit.answer('passed', 200, {
      ...(product === undefined ? {} : { 'MS-Server-ActiveSync': product }),
      'MS-ASProtocolVersions': formatList(versions),
      // Provision is ours, whether the mail server has it or not.
      'MS-ASProtocolCommands': formatList([...new Set([...commands, 'Provision' as const])]),
      Allow: 'OPTIONS,POST',
      Public: 'OPTIONS,POST',
    });
  }

  // --------------------------------------------------------------------------------------------------- Provision

  /** @returns true: it asks for the same again and again, and the visit is answered. */
  function loops(visit: Visit, shape: Shape, times: number[], most: number, command: string): boolean {
    const now = performance.now();
    while (times.length > 0 && (times[0] ?? 0) <= now - gatewayLimits.loopMs) times.shift();
    times.push(now);
    if (times.length <= most) return false;
    const mailDeviceId = shape.client.standing?.mailDevice?.mailDeviceId;
    // Told once, and while it goes on, no more often than it is counted anew.
    if (times.length === most + 1 && mailDeviceId !== undefined)
      void books
        .noteLoop(shape.organizationId, mailDeviceId, {
          command,
          times: most,
          withinMs: gatewayLimits.loopMs,
        })
        .catch((error: unknown) => log.warn({ err: error }, 'a looping mail client could not be reported'));
    if (times.length > most * 2) times.splice(1, 1);
    visit.later('throttled', gatewayLimits.slowSeconds);
    return true;
  }

  async function provision(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    standing: MailStanding,
    decision: MailDecision,
  ): Promise<void> {
    const { client, organizationId } = shape;
    if (visit.byGrant) {
      visit.later('undecided', 15);
      return;
    }
    const body = await readWhole(visit, inspectedBytes);
    if (body === undefined || visit.isOver) return;
    if (decision.effect !== 'wipe' && loops(visit, shape, client.fetches, gatewayLimits.fetches, 'Provision'))
      return;
    const reply = await answerProvision(books, { organizationId, request, body, standing, decision });
    clients.forget(client);
    if ('malformed' in reply) {
      visit.error = reply.malformed;
      visit.answer('malformed', 400);
      return;
    }
    if ('refused' in reply) {
      if (decision.effect === 'pass')
        visit.refuse(reply.outcome, refusal(request.version, 'Provision', 'too-many-devices'));
      else visit.refuse(reply.outcome, refusalFor(request, decision).refusal);
      return;
    }
    if (reply.wiped !== undefined && visit.profile !== undefined)
      tellServer(visit, shape, request, visit.profile, reply.wiped);
    visit.answer(reply.outcome, 200, { 'Content-Type': wbxmlContentType }, reply.body);
  }

  function tellServer(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    profile: MailServerProfile,
    wiped: { readonly scope: 'device' | 'account'; readonly done: boolean },
  ): void {
    void reportWipe(atServer(visit, shape, request, profile), wiped).catch(() =>
      log.info({ serverId: profile.serverId }, 'a mail server could not be told of a wipe'),
    );
  }

  function atServer(visit: Visit, shape: Shape, request: CommandRequest, profile: MailServerProfile) {
    const url = placeOf(shape.client, profile);
    const user = nameAtServer(profile, shape.login, shape.client.standing?.user?.email);
    const credentials = readCredentials(visit.headers.authorization);
    return {
      profile,
      url,
      pool: servers.pool(profile, url),
      request,
      headers: visit.headers,
      authorization:
        credentials === undefined ? '' : authorizationFor(credentials, visit.headers.authorization, user),
      user,
    };
  }

  // --------------------------------------------------------------------------------------------------- the stand-in

  async function serve(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    purpose: 'mailbox' | 'quarantine',
  ): Promise<void> {
    const body = await readWhole(visit, inspectedBytes);
    if (body === undefined || visit.isOver) return;
    noteInformation(shape, request, body);
    const abort = new AbortController();
    const { decision } = visit;
    const passedOutcome = decision?.effect === 'refuse' ? decision.because : 'passed';
    const underWay: UnderWay = {
      mayHold: request.command === 'Ping' || request.command === 'Sync',
      isHeld: request.command === 'Ping',
      since: visit.startedAt,
      reconsider: () => void redecide(visit, shape, request, purpose, () => abort.abort()),
      giveWay() {
        abort.abort();
        if (!visit.response.headersSent) visit.later('throttled', 1);
      },
    };
    visit.onClose = () => abort.abort();
    clients.begin(shape.client, underWay);
    try {
      const answer = await standIn.answer({
        organizationId: shape.organizationId,
        request,
        login: shape.login.name,
        body,
        standing: shape.client.standing as MailStanding,
        purpose,
        says: decision?.says ?? [],
        acceptLanguage: visit.headers.acceptLanguage === '' ? undefined : visit.headers.acceptLanguage,
        signal: abort.signal,
      });
      if (!visit.isOver && !visit.response.headersSent)
        visit.answer(passedOutcome, answer.status, answer.headers, answer.body);
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    } finally {
      clients.end(shape.client, underWay);
    }
  }

  /** Of what the stand-in holds: another decision, or another server, ends it. */
  async function redecide(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    purpose: 'mailbox' | 'quarantine',
    end: () => void,
  ): Promise<void> {
    let standing: MailStanding;
    // Of several news at a time the first may have ended it, and its answer is on its way.
    const isAnswered = () => visit.isOver || visit.response.headersSent;
    try {
      standing = await clients.read(shape.client);
    } catch {
      if (isAnswered()) return;
      end();
      visit.later('undecided', 15);
      return;
    }
    if (isAnswered()) return;
    const decision = decisionFor(shape, standing);
    const same =
      purpose === 'mailbox'
        ? decision.effect === 'pass' && standing.server === null
        : decision.effect === 'refuse' && decision.quarantine;
    if (same) return;
    end();
    // What it may now fetch is to be had elsewhere: the list of folders is another.
    if (decision.effect === 'pass' || (decision.effect === 'refuse' && decision.quarantine))
      visit.later(decision.effect === 'pass' ? 'passed' : decision.because, 1);
    else refuse(visit, request, decision);
  }

  function noteInformation(shape: Shape, request: CommandRequest, body: Uint8Array): void {
    const mailDeviceId = shape.client.standing?.mailDevice?.mailDeviceId;
    if (request.command !== 'Settings' || mailDeviceId === undefined || body.length === 0) return;
    try {
      const { deviceInformation } = readSettingsRequest(body);
      if (deviceInformation === undefined) return;
      void books
        .recordInformation(shape.organizationId, mailDeviceId, informationOf(deviceInformation))
        .catch((error: unknown) => log.warn({ err: error }, 'what a mail client says of itself was lost'));
    } catch (error) {
      // Whether it makes sense is for whom it is meant for.
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  // --------------------------------------------------------------------------------------------------- the relay

  /** Settings are looked into on their way: there a device says what it is. */
  async function relaySettings(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    profile: MailServerProfile,
  ): Promise<void> {
    const copied: Buffer[] = [];
    let bytes = 0;
    visit.incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= inspectedBytes) copied.push(chunk);
    });
    visit.incoming.once('end', () => {
      if (bytes <= inspectedBytes) noteInformation(shape, request, Buffer.concat(copied));
    });
    relay(visit, shape, request, profile);
  }

  function relay(visit: Visit, shape: Shape, request: CommandRequest, profile: MailServerProfile): void {
    visit.outcome = visit.byGrant ? 'granted' : 'passed';
    const started = new Relay(relays, visit, request, profile);
    clients.begin(shape.client, started);
    const left = visit.onClose;
    visit.onClose = () => {
      clients.end(shape.client, started);
      left?.();
    };
    started.start();
  }

  const shapeFor = (relayed: Relay) => relayed.visit.shape as Shape;

  function serverKeyOf(client: MailClient, profile: MailServerProfile): number | undefined {
    const { serverKey } = client;
    return serverKey?.serverId === profile.serverId && serverKey.version === profile.version
      ? serverKey.key
      : undefined;
  }

  function placeOf({ movedTo }: MailClient, profile: MailServerProfile): URL {
    return movedTo?.serverId === profile.serverId && movedTo.version === profile.version
      ? movedTo.url
      : profile.url;
  }

  const relays: RelayOwner = {
    route(relayed): Route {
      const { visit, request, profile } = relayed;
      const shape = shapeFor(relayed);
      const { client } = shape;
      const url = placeOf(client, profile);
      const isAsGiven = profile.loginForm === 'as-given';
      const user = isAsGiven ? undefined : nameAtServer(profile, shape.login, client.standing?.user?.email);
      const at = { user, policyKey: serverKeyOf(client, profile) };
      if (shape.query === undefined || shape.query.user !== user || shape.query.policyKey !== at.policyKey)
        shape.query = { text: queryFor(request, at), ...at };
      const credentials = isAsGiven ? undefined : readCredentials(visit.headers.authorization);
      const authorization =
        credentials === undefined
          ? visit.headers.authorization
          : authorizationFor(credentials, visit.headers.authorization, user);
      return {
        pool: servers.pool(profile, url),
        head: headFor(url, shape.query.text, request, visit.headers, authorization, at, false),
      };
    },

    divert(relayed, answer) {
      void divert(relayed, answer).catch((error: unknown) => fail(relayed.visit, error));
    },

    failed(relayed, error) {
      const { client } = shapeFor(relayed);
      const wasMoved = client.movedTo !== undefined;
      // Where it was sent to is not there any more: it is asked where it was before.
      client.movedTo = undefined;
      if (wasMoved && error.reason === 'unreachable' && relayed.canRepeat) relayed.send(true);
      else failRelay(relayed.visit, error);
    },

    reconsider(relayed) {
      void reconsider(relayed).catch((error: unknown) => fail(relayed.visit, error));
    },

    giveWay(relayed) {
      relayed.stop();
      relayed.visit.later('throttled', 1);
    },
  };

  function failRelay(visit: Visit, error: UpstreamError): void {
    visit.error = error.message;
    visit.outcome = 'server-failed';
    if (visit.isOver) return;
    if (visit.response.headersSent) visit.response.destroy();
    else if (error.reason === 'malformed' || error.reason === 'closed' || error.reason === 'too-large')
      visit.answer('server-failed', 502);
    else visit.later('server-failed', error.reason === 'busy' ? 5 : 30);
  }

  async function divert(relayed: Relay, answer: Exclude<AnswerReading, { is: 'mail' }>): Promise<void> {
    const { visit } = relayed;
    const shape = shapeFor(relayed);
    switch (answer.is) {
      case 'bare': {
        visit.outcome = answer.status === 403 ? 'server-refused' : 'server-failed';
        visit.error = `The mail server answered with status ${answer.status}`;
        if (!visit.isOver) {
          visit.response.writeHead(answer.status, [...answer.headers, 'Content-Length', '0']);
          visit.response.end();
        }
        return;
      }
      case 'wrong-credentials':
        logIn.forget(shape);
        visit.challenge();
        return;
      case 'nonsense':
        visit.error = answer.why;
        visit.answer('server-failed', 502);
        return;
      case 'moved':
        moved(relayed, shape, answer.to);
        return;
      case 'demands-policy':
        await satisfy(relayed, shape);
        return;
      default:
        answer satisfies never;
    }
  }

  function moved(relayed: Relay, shape: Shape, to: URL): void {
    const { visit } = relayed;
    const before = placeOf(shape.client, relayed.profile);
    // One step for each request: servers that send a client round and round are not followed.
    if (relayed.attempts > 2 || before.href === to.href) {
      visit.error = 'The mail server sends its clients round in circles';
      shape.client.movedTo = undefined;
      visit.answer('server-failed', 502);
      return;
    }
    const { serverId, version } = relayed.profile;
    shape.client.movedTo = { serverId, version, url: to };
    if (relayed.canRepeat) {
      relayed.send(false);
      return;
    }
    // It asks again, here, and goes to the other place then.
    const here = new URL('/Microsoft-Server-ActiveSync', deps.publicUrl);
    visit.answer('passed', 451, { 'X-MS-Location': here.href });
  }

  async function satisfy(relayed: Relay, shape: Shape): Promise<void> {
    const { visit, request, profile } = relayed;
    const { client, organizationId } = shape;
    if (loops(visit, shape, client.serverDemands, gatewayLimits.serverDemands, request.command)) return;
    const got = await satisfyServer(atServer(visit, shape, request, profile));
    if (visit.isOver) return;
    switch (got.is) {
      case 'key':
      case 'no-policy':
        client.serverKey = {
          serverId: profile.serverId,
          version: profile.version,
          key: got.is === 'key' ? got.key : 0,
        };
        if (relayed.canRepeat && relayed.attempts < 3) relayed.send(false);
        else visit.later('server-failed', 1);
        return;
      case 'wrong-credentials':
        logIn.forget(shape);
        visit.challenge();
        return;
      case 'wipe': {
        const mailDeviceId = client.standing?.mailDevice?.mailDeviceId;
        if (mailDeviceId === undefined) return visit.later('undecided', 15);
        await books.wipeWanted(organizationId, mailDeviceId, { serverId: profile.serverId, kind: got.kind });
        clients.forget(client);
        const decision = decisionFor(shape, await clients.read(client));
        if (decision.effect === 'pass') visit.answer('server-refused', 403);
        else refuse(visit, request, decision);
        return;
      }
      case 'failed':
        visit.later('server-failed', 60, got.why);
        return;
      default:
        got satisfies never;
    }
  }

  /** What is known is other than it was when this request was let through. */
  async function reconsider(relayed: Relay): Promise<void> {
    const { visit, request } = relayed;
    const shape = shapeFor(relayed);
    let standing: MailStanding | undefined;
    try {
      standing = await clients.read(shape.client);
    } catch {
      // Nobody can say; who has a live grant keeps what he has.
      const known = shape.client.standing;
      const live =
        known !== undefined &&
        grants.check(shape.client.grant, grantOf(shape, known, relayed.profile), clock.now()) === 'live';
      if (live || relayed.isOver) return;
      relayed.stop();
      if (visit.response.headersSent) visit.response.destroy();
      else visit.later('undecided', 15);
      return;
    }
    if (relayed.isOver || visit.isOver) return;
    const decision = decisionFor(shape, standing);
    const isSameServer = standing.server?.serverId === relayed.profile.serverId;
    if (decision.effect === 'pass' && isSameServer) {
      renewGrant(shape, standing, relayed.profile);
      return;
    }
    relayed.stop();
    shape.client.grant = undefined;
    if (visit.response.headersSent) {
      visit.outcome = decision.effect === 'pass' ? 'passed' : refusalFor(request, decision).outcome;
      visit.response.destroy();
    } else if (decision.effect === 'pass') visit.later('passed', 1);
    else refuse(visit, request, decision);
  }

  const stopListening = books.onNews((id) => clients.hear(id));

  return {
    visit(incoming, response, query) {
      let headers: RequestHeaders;
      try {
        headers = readRequestHeaders(incoming.rawHeaders);
      } catch (error) {
        const visit = new Visit(incoming, response, noHeaders, owner);
        fail(visit, error);
        return;
      }
      const visit = new Visit(incoming, response, headers, owner);
      const key = keyOf(visit, query);
      const known = shapes.find(key, visit.startedAt);
      if (known !== undefined) {
        visit.shape = known;
        if (isReady(visit, known)) {
          go(visit, known);
          return;
        }
      }
      void arrive(visit, key, query).catch((error: unknown) => fail(visit, error));
    },
    close: stopListening,
  };

  async function arrive(visit: Visit, key: string, query: string): Promise<void> {
    const shape = visit.shape ?? (await shapeOf(visit, key, query));
    if (shape === undefined) return;
    visit.shape = shape;
    if (await prepare(visit, shape)) go(visit, shape);
  }
}

const noHeaders: RequestHeaders = readRequestHeaders([]);

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
