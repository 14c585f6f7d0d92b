// Revocation lists, for others who check our devices' certificates: RADIUS servers, VPN gateways. Our own check never reads
// them: the stored row is the truth about that at every request.
import { buildCrl, type RevokedCertificate } from '@gatehouse/protocols/x509/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import { openSigner } from './authorities.ts';
import type { AuthorityDirectory, KnownIssuer } from './authority-directory.ts';
import { selectRevoked } from './queries.ts';

/** A list is at most this old when it is asked for, so that a revocation is on it within a minute. */
const freshMs = 30_000;
const nextUpdateMs = 86_400_000;
/** Whoever reads a list may have a clock that runs late. */
const backdateMs = 300_000;
const remembered = 1_000;

export interface RevocationLists {
  /** The list of an issuing authority, DER; undefined when there is no such authority. */
  find(authorityId: string): Promise<Uint8Array | undefined>;
}

export function createRevocationLists(deps: {
  readonly database: Pick<Database, 'withTenant'>;
  readonly directory: AuthorityDirectory;
  readonly sealer: Sealer;
  readonly clock: Clock;
}): RevocationLists {
  const made = new Map<string, { readonly at: number; readonly list: Promise<Uint8Array> }>();

  return {
    async find(authorityId) {
      const issuer = await deps.directory.findById(authorityId);
      if (!issuer) return undefined;
      const now = deps.clock.now();
      const known = made.get(authorityId);
      if (known && now - known.at < freshMs) return known.list;
      const list = make(deps, issuer, now);
      if (made.size >= remembered) made.clear();
      made.set(authorityId, { at: now, list });
      // A failure must not be remembered.
      list.catch(() => made.delete(authorityId));
      return list;
    },
  };
}

function make(
  deps: Parameters<typeof createRevocationLists>[0],
  { organizationId, authorityId, certificate }: KnownIssuer,
  now: number,
): Promise<Uint8Array> {
  return deps.database.withTenant(organizationId, async (tx) => {
    const rows = await selectRevoked(tx, authorityId, now);
    const revoked = rows.map(
      (row): RevokedCertificate => ({
        serial: row.serial.toString('hex'),
        revokedAt: row.revoked_at.getTime(),
        reason: (row.revocation_reason ?? 'unspecified') as NonNullable<RevokedCertificate['reason']>,
      }),
    );
    return buildCrl({
      issuer: certificate,
      signer: await openSigner(tx, deps, { authorityId, certificate }),
      // Grows with time, on every server alike.
      number: Math.trunc(now / 1_000),
      thisUpdate: now - backdateMs,
      nextUpdate: now + nextUpdateMs,
      revoked,
    });
  });
}
