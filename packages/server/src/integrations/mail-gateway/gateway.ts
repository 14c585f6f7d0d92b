// The way of a request for mail, on one page: read once, whose it is, proved, decided, and then relayed, provisioned, refused or served by
// the stand-in. The order is the defence: nothing of a device is told to whoever has not proved who he is, and nothing goes to the
// mail server that was not decided on within the last second.
import { type MailDecision, type MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import { isDomainError } from '@gatehouse/core/errors.ts';
import {
  type CommandRequest,
  formatList,
  type MailRequest,
  readRequest,
  refusal,
  wbxmlContentType,
} from '@gatehouse/protocols/activesync/index.ts';
import type { AddressList } from '../../kernel/http/address-list.ts';
import type { AsideRequest, AsideResponse } from '../../kernel/http/aside/exchange.ts';
import { clientAddress } from '../../kernel/http/client-address.ts';
import { inspectedBytes } from './ask-server.ts';
import { createCertification } from './certification.ts';
import type { MailClients } from './clients.ts';
import type { MailGatewayDeps } from './gateway-deps.ts';
import { KnownRequest } from './known-request.ts';
import { createLogIn } from './log-in.ts';
import type { MailServers } from './mail-servers.ts';
import { createProofs } from './proofs.ts';
import { answerProvision } from './provisioning/answer-provision.ts';
import { refusalFor } from './refusal-words.ts';
import { createRelaying } from './relaying.ts';
import { readWhole } from './request-body.ts';
import { type RequestHeaders, readRequestHeaders } from './request-headers.ts';
import { createRulings } from './rulings.ts';
import { createServing } from './serving.ts';
import { createShapes } from './shapes.ts';
import type { Sprays } from './sprays.ts';
import type { Traffic } from './traffic.ts';
import { type Shape, Visit } from './visit.ts';
import { loginOf } from './who.ts';

export interface GatewayDeps extends MailGatewayDeps {
  readonly clients: MailClients;
  readonly servers: MailServers;
  readonly traffic: Traffic;
  readonly sprays: Sprays;
  readonly proxies: AddressList | undefined;
  /** What clients reach the gateway at. */
  readonly publicUrl: URL;
}

export interface MailGateway {
  /**
   * @param query what follows the `?`, undecoded.
   * @param certificate that the client proved to hold the key of, DER; nothing is known of it yet.
   */
  visit(incoming: AsideRequest, response: AsideResponse, query: string, certificate?: Uint8Array): void;
  close(): void;
}

/** A device id that no device has: what is asked about a person alone. */
const noDevice = new Uint8Array(0);

export function createMailGateway(deps: GatewayDeps): MailGateway {
  const { books, standIn, clock, log, clients, servers, traffic, proxies } = deps;
  const proofs = createProofs();
  const shapes = createShapes();
  const logIn = createLogIn({ ...deps, proofs, addressOf });
  const rulings = createRulings(deps);
  const certification = createCertification(deps);
  const serving = createServing({ ...deps, rulings, certification });
  const relaying = createRelaying({ ...deps, logIn, rulings, serving, certification });

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
      ...whose(visit),
    );
  }

  /** What a certificate says, and who has the device now. */
  const whose = ({ certified }: Visit): readonly string[] =>
    certified === undefined ? [] : [certified.fingerprint, certified.deviceId, certified.user?.userId ?? ''];

  /** undefined: the visit is answered. @throws DecodeError */
  async function shapeOf(visit: Visit, key: string, query: string): Promise<Shape | undefined> {
    const { incoming, headers } = visit;
    const { credentials, ...request }: MailRequest = readRequest({
      method: incoming.method ?? '',
      query,
      rawHeaders: incoming.rawHeaders,
    });
    const isVouched = credentials === undefined && visit.certified !== undefined;
    const login = isVouched
      ? certification.loginOf(visit, request)
      : credentials === undefined
        ? undefined
        : loginOf(credentials);
    if (isVouched && login === undefined) return undefined;
    const host = headers.host.replace(/:\d+$/, '');
    const organizationId = isVouched
      ? visit.certified?.organizationId
      : login === undefined
        ? undefined
        : await books.organizationOf(login, host);
    if (login === undefined || organizationId === undefined) {
      // Nobody whom anybody here knows: as slow as a wrong password, and in the same words.
      if (credentials !== undefined) await pause(logIn.refusalMs());
      visit.challenge();
      return undefined;
    }
    const deviceId = request.kind === 'command' ? request.deviceId : noDevice;
    const client = clients.client(organizationId, login.name, deviceId);
    return shapes.remember(key, {
      // Of credentials and organization alone: what was proved once holds for every request with them.
      proofKey: proofs.keyOf(organizationId, headers.authorization),
      organizationId,
      login,
      isVouched,
      client,
      // Its bytes are kept once.
      request: (request.kind === 'command'
        ? { ...request, deviceId: client.deviceKey }
        : request) as Shape['request'],
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
    if (visit.isBlind) return prepareBlind(visit, shape, undefined);
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
    if (!certification.isOfAccount(visit, shape, standing)) return false;
    if (!(await logIn.prove(visit, shape, standing))) return false;
    if (request.kind === 'options') return true;
    if (standing.mailDevice !== null) return certification.isOfDevice(visit, shape, standing);
    try {
      const found = await books.discover(organizationId, {
        userId: standing.user?.userId ?? null,
        login: shape.login.name,
        deviceKey: request.deviceId,
        deviceType: request.deviceType,
        protocolVersion: request.version,
        userAgent: visit.headers.userAgent === '' ? null : visit.headers.userAgent,
        certificateDeviceId: visit.certified?.deviceId,
      });
      clients.forget(client);
      if ('refused' in found) {
        client.readAt = performance.now();
        return true;
      }
      return await certification.isOfDevice(visit, shape, await clients.read(client));
    } catch (error) {
      return prepareBlind(visit, shape, error);
    }
  }

  /** The database does not answer: only who was let in a moment ago goes on (EAS-T03). */
  async function prepareBlind(visit: Visit, shape: Shape, error: unknown): Promise<boolean> {
    const { client, organizationId } = shape;
    if (error !== undefined && !isDomainError(error, 'unavailable'))
      log.warn({ err: error }, 'a decision on mail cannot be read');
    const { standing } = client;
    const profile =
      standing?.server === undefined || standing.server === null
        ? undefined
        : servers.peek(organizationId, standing.server);
    if (standing === undefined || profile === undefined || shape.request.kind === 'options') {
      visit.later('undecided', 15);
      return false;
    }
    switch (rulings.checkGrant(shape, standing, profile)) {
      case 'live':
        visit.profile = profile;
        visit.byGrant = true;
        if (!certification.isOfAccount(visit, shape, standing)) return false;
        visit.isBlind = true;
        if (!(await certification.isOfDevice(visit, shape, standing))) return false;
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

  function go(visit: Visit, shape: Shape): void {
    if (visit.isOver) return;
    const { client, request } = shape;
    const standing = client.standing as MailStanding;
    if (request.kind === 'options') {
      void answerOptions(visit, shape).catch((error: unknown) => rulings.fail(visit, error));
      return;
    }
    const decision = rulings.decide(shape, standing);
    visit.decision = decision;
    if (request.command === 'Provision') {
      void provision(visit, shape, request, standing, decision).catch((error: unknown) =>
        rulings.fail(visit, error),
      );
      return;
    }
    if (decision.effect === 'refuse' && decision.quarantine) {
      void serving
        .serve(visit, shape, request, 'quarantine')
        .catch((error: unknown) => rulings.fail(visit, error));
      return;
    }
    if (decision.effect !== 'pass') {
      rulings.refuse(visit, request, decision);
      return;
    }
    const { profile } = visit;
    if (profile === undefined) {
      void serving
        .serve(visit, shape, request, 'mailbox')
        .catch((error: unknown) => rulings.fail(visit, error));
      return;
    }
    if (!visit.byGrant) rulings.renewGrant(shape, standing, profile);
    const { head } = visit.incoming;
    const isNew = KnownRequest.find(head, visit.startedAt) === undefined;
    if (head !== undefined && isNew && visit.certificate === undefined)
      KnownRequest.keep(head, shape, visit.headers);
    relaying.relay(visit, shape, request, profile);
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
    if (decision.effect !== 'wipe' && rulings.loops(visit, shape, 'fetches', 'Provision')) return;
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
      relaying.tellServer(visit, shape, request, visit.profile, reply.wiped);
    visit.answer(reply.outcome, 200, { 'Content-Type': wbxmlContentType }, reply.body);
  }

  const stopListening = books.onNews((id) => clients.hear(id));

  return {
    visit(incoming, response, query, certificate) {
      const { head } = incoming;
      const known = certificate === undefined ? KnownRequest.find(head, performance.now()) : undefined;
      if (head !== undefined && known !== undefined) {
        const visit = new Visit(incoming, response, known.headersIn(head), owner);
        visit.shape = known.shape;
        proceed(visit, query);
        return;
      }
      let headers: RequestHeaders;
      try {
        headers = readRequestHeaders(incoming.rawHeaders);
      } catch (error) {
        const visit = new Visit(incoming, response, noHeaders, owner);
        rulings.fail(visit, error);
        return;
      }
      const visit = new Visit(incoming, response, headers, owner, certificate);
      if (certificate !== undefined) {
        void arriveCertified(visit, query).catch((error: unknown) => rulings.fail(visit, error));
        return;
      }
      proceed(visit, query);
    },
    close: stopListening,
  };

  function proceed(visit: Visit, query: string): void {
    const key = visit.shape === undefined ? keyOf(visit, query) : '';
    visit.shape ??= shapes.find(key, visit.startedAt);
    const { shape } = visit;
    if (shape !== undefined && isReady(visit, shape)) go(visit, shape);
    else void arrive(visit, key, query).catch((error: unknown) => rulings.fail(visit, error));
  }

  /** Never by what is remembered alone: whether a certificate holds is asked with each request. */
  async function arriveCertified(visit: Visit, query: string): Promise<void> {
    if (!(await certification.admit(visit))) return;
    const key = keyOf(visit, query);
    visit.shape = shapes.find(key, visit.startedAt);
    await arrive(visit, key, query);
  }

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
