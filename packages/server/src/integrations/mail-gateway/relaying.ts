// Requests on their way to the mail server and what comes of them there: passwords that it does not take, policies and wipes of its own, other
// places that it sends clients to, and decisions that change while something is under way.
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { CommandRequest } from '@gatehouse/protocols/activesync/index.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import { inspectedBytes } from './ask-server.ts';
import type { Certification } from './certification.ts';
import type { MailClient, MailClients } from './clients.ts';
import type { MailGatewayDeps } from './gateway-deps.ts';
import { identityAt, notTaken } from './identity.ts';
import { KnownRequest } from './known-request.ts';
import type { LogIn } from './log-in.ts';
import type { MailServers } from './mail-servers.ts';
import { type DeviceAtServer, reportWipe, satisfyServer } from './provisioning/satisfy-server.ts';
import { refusalFor } from './refusal-words.ts';
import { Relay, type RelayOwner, type Route } from './relay.ts';
import type { Rulings } from './rulings.ts';
import type { AnswerReading } from './server-answer.ts';
import { type HeadAround, headAround, headWith, queryFor } from './server-request.ts';
import type { Serving } from './serving.ts';
import type { UpstreamError } from './upstream/upstream-error.ts';
import type { Shape, Visit } from './visit.ts';

export interface Relaying {
  relay(visit: Visit, shape: Shape, request: CommandRequest, profile: MailServerProfile): void;
  /** Tells the mail server what became of the wipe that it may have wanted. */
  tellServer(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    profile: MailServerProfile,
    wiped: { readonly scope: 'device' | 'account'; readonly done: boolean },
  ): void;
}

export interface RelayingDeps extends Pick<MailGatewayDeps, 'books' | 'log'> {
  readonly clients: MailClients;
  readonly servers: MailServers;
  readonly logIn: LogIn;
  readonly rulings: Rulings;
  readonly serving: Serving;
  readonly certification: Pick<Certification, 'stillHolds'>;
  /** What clients reach the gateway at. */
  readonly publicUrl: URL;
}

export function createRelaying(deps: RelayingDeps): Relaying {
  const { books, log, clients, servers, logIn, rulings, serving, certification, publicUrl } = deps;

  function atServer(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    profile: MailServerProfile,
  ): DeviceAtServer {
    const url = placeOf(shape.client, profile);
    const { user, lines } = identityAt(profile, visit, shape);
    return {
      profile,
      url,
      pool: servers.pool(profile, url),
      request,
      headers: visit.headers,
      identity: lines,
      user,
    };
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

  /** Settings are looked into on their way: there a device says what it is. */
  function relaySettings(
    visit: Visit,
    shape: Shape,
    request: CommandRequest,
    profile: MailServerProfile,
  ): void {
    const copied: Buffer[] = [];
    let bytes = 0;
    visit.incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= inspectedBytes) copied.push(chunk);
    });
    visit.incoming.once('end', () => {
      if (bytes <= inspectedBytes) serving.noteInformation(shape, request, Buffer.concat(copied));
    });
    relay(visit, shape, request, profile);
  }

  function start(visit: Visit, shape: Shape, request: CommandRequest, profile: MailServerProfile): void {
    if (request.command === 'Settings') relaySettings(visit, shape, request, profile);
    else relay(visit, shape, request, profile);
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

  /** As when the phone last said the same, if it is sent to the same place as the same. */
  function aroundOf(
    { incoming, headers, startedAt }: Visit,
    url: URL,
    query: NonNullable<Shape['query']>,
    request: CommandRequest,
  ): HeadAround {
    const known = KnownRequest.find(incoming.head, startedAt);
    const { asked } = known ?? {};
    if (asked?.url === url && asked.query === query) return asked.around;
    const around = headAround(url, query.text, request, headers, query, false);
    if (known !== undefined) known.asked = { url, query, around };
    return around;
  }

  const relays: RelayOwner = {
    route(relayed): Route {
      const { visit, request, profile } = relayed;
      const shape = shapeFor(relayed);
      const { client } = shape;
      const url = placeOf(client, profile);
      const { user, lines } = identityAt(profile, visit, shape);
      const at = { user, policyKey: serverKeyOf(client, profile) };
      if (shape.query === undefined || shape.query.user !== user || shape.query.policyKey !== at.policyKey)
        shape.query = { text: queryFor(request, at), ...at };
      return {
        pool: servers.pool(profile, url),
        head: headWith(aroundOf(visit, url, shape.query, request), lines, request, visit.headers),
      };
    },

    divert(relayed, answer) {
      void divert(relayed, answer).catch((error: unknown) => rulings.fail(relayed.visit, error));
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
      void reconsider(relayed).catch((error: unknown) => rulings.fail(relayed.visit, error));
    },

    giveWay(relayed) {
      relayed.stop();
      relayed.visit.later('throttled', 1);
    },
  };

  function refuseCredentials(visit: Visit, shape: Shape): void {
    if (shape.isVouched) {
      // No password that the person could type would mend it.
      visit.error = notTaken;
      visit.answer('server-refused', 403);
      return;
    }
    logIn.forget(shape);
    visit.challenge();
  }

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
        refuseCredentials(visit, shape);
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
    const here = new URL('/Microsoft-Server-ActiveSync', publicUrl);
    visit.answer('passed', 451, { 'X-MS-Location': here.href });
  }

  async function satisfy(relayed: Relay, shape: Shape): Promise<void> {
    const { visit, request, profile } = relayed;
    const { client, organizationId } = shape;
    if (rulings.loops(visit, shape, 'serverDemands', request.command)) return;
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
        refuseCredentials(visit, shape);
        return;
      case 'wipe': {
        const mailDeviceId = client.standing?.mailDevice?.mailDeviceId;
        if (mailDeviceId === undefined) return visit.later('undecided', 15);
        await books.wipeWanted(organizationId, mailDeviceId, { serverId: profile.serverId, kind: got.kind });
        clients.forget(client);
        const decision = rulings.decide(shape, await clients.read(client));
        if (decision.effect === 'pass') visit.answer('server-refused', 403);
        else rulings.refuse(visit, request, decision);
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
      if (!(await certification.stillHolds(visit))) {
        relayed.stop();
        visit.answer('blocked', 403);
        return;
      }
      standing = await clients.read(shape.client);
    } catch {
      // Nobody can say; who has a live grant keeps what he has.
      const known = shape.client.standing;
      const live = known !== undefined && rulings.checkGrant(shape, known, relayed.profile) === 'live';
      if (live || relayed.isOver) return;
      relayed.stop();
      if (visit.response.headersSent) visit.response.destroy();
      else visit.later('undecided', 15);
      return;
    }
    if (relayed.isOver || visit.isOver) return;
    const decision = rulings.decide(shape, standing);
    const isSameServer = standing.server?.serverId === relayed.profile.serverId;
    if (decision.effect === 'pass' && isSameServer) {
      rulings.renewGrant(shape, standing, relayed.profile);
      return;
    }
    relayed.stop();
    shape.client.grant = undefined;
    if (visit.response.headersSent) {
      visit.outcome = decision.effect === 'pass' ? 'passed' : refusalFor(request, decision).outcome;
      visit.response.destroy();
    } else if (decision.effect === 'pass') visit.later('passed', 1);
    else rulings.refuse(visit, request, decision);
  }

  return { relay: start, tellServer };
}
