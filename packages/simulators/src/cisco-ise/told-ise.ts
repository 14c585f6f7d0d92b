// The other side of an ISE: its monitoring node and its administration node, as whoever tells it of changes sees them. It knows
// sessions; a change of authorization makes it ask the MDM about the endpoint anew, unless an answer in its cache is young enough.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import {
  ancPaths,
  type ChangeOfAuthorization,
  decodeAncOrder,
  decodeCoaPath,
  encodeCoaAnswer,
  encodeSessionPath,
  encodeSessionServer,
} from '@gatehouse/protocols/cisco-ise/index.ts';
import type { MdmDictionary, NetworkDecision } from './dictionary.ts';
import type { SimulatedIse } from './simulated-ise.ts';

export interface ToldIseOptions {
  readonly userName: string;
  readonly password: string;
  /** PEM; real ISE speaks HTTPS only. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  readonly psn?: string;
  /** What it asks the MDM with. */
  readonly ise?: SimulatedIse;
  /** "Compliance Cache Expiration Time": for so long an answer about an endpoint is used again. */
  readonly cacheMs?: number;
  /** ANC policies that exist. */
  readonly policies?: readonly string[];
}

interface IseSession {
  dictionary: MdmDictionary | undefined;
  decision: NetworkDecision | undefined;
  askedAt: number;
}

export interface ToldIse extends AsyncDisposable {
  readonly port: number;
  readonly changes: readonly (ChangeOfAuthorization & { readonly at: number })[];
  /** Endpoints under an ANC policy, by address. */
  readonly quarantined: ReadonlyMap<string, string>;
  /** An endpoint connects: it is judged as ISE's policy does. */
  connect(mac: string): Promise<NetworkDecision>;
  /** What holds for it now. */
  decisionOn(mac: string): NetworkDecision | undefined;
  /** Answers every call with this status from now on; undefined: as it should. */
  failWith(status: number | undefined): void;
}

export async function startToldIse(options: ToldIseOptions): Promise<ToldIse> {
  const { psn = 'psn-1', cacheMs = 0, policies = ['Quarantine'] } = options;
  const sessions = new Map<string, IseSession>();
  const changes: (ChangeOfAuthorization & { readonly at: number })[] = [];
  const quarantined = new Map<string, string>();
  const authorization = `Basic ${Buffer.from(`${options.userName}:${options.password}`).toString('base64')}`;
  let failure: number | undefined;

  async function judge(mac: string, session: IseSession): Promise<void> {
    if (quarantined.has(mac)) {
      session.decision = 'quarantine';
      return;
    }
    if (session.dictionary !== undefined && Date.now() - session.askedAt < cacheMs) return;
    if (options.ise === undefined) return;
    const { dictionary, decision } = await options.ise.openSession(mac);
    Object.assign(session, { dictionary, decision, askedAt: Date.now() });
  }

  function answer(
    response: ServerResponse,
    status: number,
    body: Uint8Array | string = '',
    type = 'application/xml',
  ): void {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const path = request.url ?? '';
    if (failure !== undefined) return answer(response, failure, '<html>no</html>', 'text/html');
    if (request.headers.authorization !== authorization) return answer(response, 401);
    const change = request.method === 'GET' ? decodeCoaPath(path) : undefined;
    if (change !== undefined) {
      const session = sessions.get(change.mac);
      const results = session !== undefined && change.psn === psn;
      changes.push({ ...change, at: Date.now() });
      answer(
        response,
        200,
        encodeCoaAnswer({ requestType: change.kind === 'disconnect' ? 'disconnect' : 'reauth', results }),
      );
      // Authorization runs again after the answer, as in the field.
      if (results) await judge(change.mac, session);
      return;
    }
    if (request.method === 'GET' && path.startsWith('/admin/API/mnt/Session/MACAddress/')) {
      const known = [...sessions.keys()].find((mac) => encodeSessionPath(mac) === path);
      return known === undefined ? answer(response, 404) : answer(response, 200, encodeSessionServer(psn));
    }
    if (path === '/admin/API/mnt/Version')
      return answer(response, 200, '<product name="Cisco Identity Services Engine"/>');
    if (path.startsWith('/ers/config/ancpolicy'))
      return answer(response, 200, '{"SearchResult":{}}', 'application/json');
    if (request.method === 'PUT' && (path === ancPaths.apply || path === ancPaths.clear)) {
      const { mac, policy } = decodeAncOrder(body);
      if (!policies.includes(policy)) return answer(response, 400, '{}', 'application/json');
      if (path === ancPaths.apply) quarantined.set(mac, policy);
      else quarantined.delete(mac);
      answer(response, 204);
      const session = sessions.get(mac);
      if (session) await judge(mac, session);
      return;
    }
    answer(response, 404);
  }

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch(() => answer(response, 500));
  };
  const server = options.tls ? createSecureServer(options.tls, listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    changes,
    quarantined,
    async connect(mac) {
      const session: IseSession = { dictionary: undefined, decision: undefined, askedAt: 0 };
      sessions.set(mac, session);
      await judge(mac, session);
      return session.decision ?? 'deny';
    },
    decisionOn: (mac) => sessions.get(mac)?.decision,
    failWith(status) {
      failure = status;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
