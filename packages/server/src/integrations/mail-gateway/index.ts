/** The mail gateway: all traffic of mail clients goes through it, and whoever may not have mail gets none (EAS-03 to EAS-09). */
import type { Registry } from 'prom-client';
import { createAddressList } from '../../kernel/http/address-list.ts';
import { type ResolveHost, resolveByDns } from '../../kernel/outbound/connect.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Notifications } from '../../kernel/notifications.ts';
import {
  acknowledgePolicy,
  concernsOf,
  createMailDirectory,
  createMailStandings,
  discoverMailDevice,
  type CertifyMailClient,
  issuePolicyKey,
  linkCertified,
  type MailDeps,
  mailWipeAcknowledged,
  mailWipeFetched,
  noteLoop,
  noteMailTraffic,
  onMailAccessNews,
  readMailServer,
  recordMailDeviceInformation,
  relayServerWipe,
} from '../../modules/mail/index.ts';
import type { ProveMailAccount } from '../../modules/enrollment/index.ts';
import type { FindOrganizationByMailDomain } from '../../modules/organizations/index.ts';
import type { FindMailServerDeps } from './autodiscover/find-mail-server.ts';
import { MailClients } from './clients.ts';
import { createMailGateway, type MailGateway } from './gateway.ts';
import type { MailBooks, MailGatewayDeps } from './gateway-deps.ts';
import { createMailServers } from './mail-servers.ts';
import { createAccountProver } from './prove-account.ts';
import { createSprays } from './sprays.ts';
import type { StandIn } from './stand-in-port.ts';
import { createTraffic } from './traffic.ts';
import { createServerTrial, type TryMailServer } from './try-server.ts';

export { activeSyncPath } from './mail-servers.ts';
export type { MailGateway } from './gateway.ts';

export interface OpenMailGateway extends MailGateway {
  /** For the enrolment page: whether a mail server takes a password (EAS-10). */
  readonly proveMailAccount: ProveMailAccount;
  /** What the admin routes of the gateway need. */
  readonly routes: { readonly tryMailServer: TryMailServer };
  /** Writes down what has been counted. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface MailGatewayOptions extends Omit<MailDeps, 'database' | 'notifications'>, FindMailServerDeps {
  readonly log: MailGatewayDeps['log'];
  readonly database: Database;
  readonly notifications: Pick<Notifications, 'publish' | 'spread' | 'subscribe'>;
  readonly findOrganizationByMailDomain: FindOrganizationByMailDomain;
  readonly certify: CertifyMailClient;
  readonly standIn: StandIn;
  readonly metrics: { readonly registry: Registry };
  /** Addresses that are not public and may be mail servers all the same. */
  readonly allow: readonly string[];
  /** PEM of authorities to trust beside the public ones. */
  readonly trust: string | undefined;
  readonly trustedProxies: readonly string[];
  readonly publicUrl: URL;
  readonly resolve?: ResolveHost;
}

const sweepMs = 1_000;
const flushMs = 2_000;

export function openMailGateway(options: MailGatewayOptions): OpenMailGateway {
  const books = booksOf(options);
  const clients = new MailClients(books);
  const servers = createMailServers({
    books,
    resolve: options.resolve ?? resolveByDns(),
    allowed: createAddressList(options.allow),
    trust: options.trust,
  });
  const traffic = createTraffic({
    books,
    log: options.log,
    registry: options.metrics.registry,
    held: () => clients.heldCount(),
    connections: () => servers.connections(),
  });
  const sprays = createSprays(options.clock);
  const gateway = createMailGateway({
    books,
    clients,
    servers,
    traffic,
    sprays,
    standIn: options.standIn,
    clock: options.clock,
    log: options.log,
    proxies: options.trustedProxies.length === 0 ? undefined : createAddressList(options.trustedProxies),
    publicUrl: options.publicUrl,
  });
  const sweeping = setInterval(() => {
    const now = performance.now();
    servers.sweep(now);
    clients.sweep(now);
  }, sweepMs).unref();
  const flushing = setInterval(() => void traffic.flush(), flushMs).unref();
  return {
    visit: gateway.visit,
    proveMailAccount: createAccountProver({ ...options, servers, sprays }),
    routes: { tryMailServer: createServerTrial(options, servers) },
    flush: () => traffic.flush(),
    async close() {
      clearInterval(sweeping);
      clearInterval(flushing);
      gateway.close();
      servers.close();
      await traffic.flush();
    },
  };
}

function booksOf(options: MailGatewayOptions): MailBooks {
  const directory = createMailDirectory(options);
  return {
    organizationOf: directory.organizationOf,
    standingOf: createMailStandings(options),
    concernsOf,
    onNews: (listener) => onMailAccessNews(options.notifications, ({ id }) => listener(id)),
    readServer: (organizationId, serverId) => readMailServer(options, organizationId, serverId),
    discover: (organizationId, seen) => discoverMailDevice(options, organizationId, seen),
    certify: options.certify,
    linkCertified: (...about) => linkCertified(options, ...about),
    issuePolicyKey: (...about) => issuePolicyKey(options, ...about),
    acknowledgePolicy: (...about) => acknowledgePolicy(options, ...about),
    recordInformation: (...about) => recordMailDeviceInformation(options, ...about),
    wipeFetched: (...about) => mailWipeFetched(options, ...about),
    wipeAnswered: (...about) => mailWipeAcknowledged(options, ...about),
    wipeWanted: (...about) => relayServerWipe(options, ...about),
    noteLoop: (...about) => noteLoop(options, ...about),
    noteTraffic: (...about) => noteMailTraffic(options, ...about),
  };
}
