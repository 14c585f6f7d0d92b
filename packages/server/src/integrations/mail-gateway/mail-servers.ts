// The mail servers that requests go to: their settings as of the version that a decision names, and the connections to them. Addresses are
// the tenants’ choice, so they are connected to by the rules for such (HOOK-01, HOOK-02); plain HTTP, which shows passwords to whoever is
// on the way, only to what the operator has listed.
import { rootCertificates } from 'node:tls';
import type { MailServerStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { AddressList } from '../../kernel/http/address-list.ts';
import { permittedAddress, type ResolveHost } from '../../kernel/outbound/connect.ts';
import type { MailServerProfile } from '../../modules/mail/index.ts';
import type { MailBooks } from './gateway-deps.ts';
import { ServerPool } from './upstream/pool.ts';
import { UpstreamError } from './upstream/upstream-error.ts';

export const activeSyncPath = '/Microsoft-Server-ActiveSync';

const remembered = 1_000;

export interface MailServers {
  /** As remembered; undefined: ask {@link find}. */
  peek(organizationId: string, server: MailServerStanding): MailServerProfile | undefined;
  find(organizationId: string, server: MailServerStanding): Promise<MailServerProfile | undefined>;
  /** Connections to the server itself, or to where it has sent a client. */
  pool(profile: MailServerProfile, url?: URL): ServerPool;
  /** Connections that there are. */
  connections(): number;
  sweep(now: number): void;
  close(): void;
}

export function createMailServers(deps: {
  readonly books: Pick<MailBooks, 'readServer'>;
  readonly resolve: ResolveHost;
  readonly allowed: AddressList;
  /** PEM of authorities to trust beside those that everybody trusts. */
  readonly trust: string | undefined;
}): MailServers {
  /** By organization and server. */
  const profiles = new Map<string, Map<string, MailServerProfile>>();
  let profileCount = 0;
  const pools = new Set<ServerPool>();
  /** To the server itself. */
  const ownPools = new WeakMap<MailServerProfile, ServerPool>();
  /** By origin. With other settings there are other connections. */
  const byProfile = new WeakMap<MailServerProfile, Map<string, ServerPool>>();

  async function addressOf(host: string, secure: boolean): Promise<string> {
    const address = await permittedAddress(host, deps).catch((error: unknown) => {
      const reason = (error as { reason?: unknown }).reason;
      throw reason === 'unresolved'
        ? new UpstreamError('unresolved', 'The name of the mail server has no address')
        : new UpstreamError('refused-address', 'The mail server has an address that is not public');
    });
    if (!secure && !deps.allowed.includes(address))
      throw new UpstreamError(
        'refused-address',
        'Plain HTTP goes only to addresses that the operator has listed',
      );
    return address;
  }

  return {
    peek: (organizationId, { serverId, version }) => {
      const known = profiles.get(organizationId)?.get(serverId);
      return known?.version === version ? known : undefined;
    },
    async find(organizationId, { serverId, version }) {
      const known = profiles.get(organizationId)?.get(serverId);
      if (known?.version === version) return known;
      const profile = await deps.books.readServer(organizationId, serverId);
      if (profile === undefined) return undefined;
      if (profileCount >= remembered) {
        profiles.clear();
        profileCount = 0;
      }
      let own = profiles.get(organizationId);
      if (own === undefined) profiles.set(organizationId, (own = new Map()));
      if (!own.has(serverId)) profileCount += 1;
      own.set(serverId, profile);
      return profile;
    },
    pool(profile, url = profile.url) {
      // The origin of a URL is put together each time that it is asked for.
      const own = url === profile.url ? ownPools.get(profile) : undefined;
      if (own !== undefined) {
        pools.add(own);
        return own;
      }
      const { origin } = url;
      let ofProfile = byProfile.get(profile);
      if (ofProfile === undefined) byProfile.set(profile, (ofProfile = new Map()));
      const known = ofProfile.get(origin);
      if (known !== undefined) {
        pools.add(known);
        return known;
      }
      const extra = [deps.trust, profile.trust].filter((each) => each !== undefined);
      const made = new ServerPool({
        url,
        addressOf,
        ca: extra.length === 0 ? undefined : [...rootCertificates, ...extra],
      });
      made.usedAt = performance.now();
      ofProfile.set(origin, made);
      if (url === profile.url) ownPools.set(profile, made);
      pools.add(made);
      return made;
    },
    connections: () => [...pools].reduce((sum, { size }) => sum + size, 0),
    sweep(now) {
      for (const pool of pools) {
        pool.sweep(now);
        if (pool.size === 0) pools.delete(pool);
      }
    },
    close() {
      for (const pool of pools) pool.close();
      pools.clear();
    },
  };
}
