// Which organization an issuing authority belongs to, for all organizations, in memory. A device's certificate names its
// issuer by key identifier; that alone decides the tenant, before any of the tenant's rows is read (DEV-03).
import { type Certificate, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import { selectAllAuthorities } from './queries.ts';

export interface KnownIssuer {
  readonly organizationId: string;
  readonly authorityId: string;
  readonly certificate: Certificate;
  /** What its certificates are for. */
  readonly purpose: 'agent' | 'mdm';
  /** The organization's device roots; the authority itself where it stands alone. */
  readonly roots: readonly Certificate[];
}

export interface AuthorityDirectory {
  /** @param keyIdentifier the authority key identifier of a certificate. */
  find(keyIdentifier: Uint8Array): Promise<KnownIssuer | undefined>;
  findById(authorityId: string): Promise<KnownIssuer | undefined>;
}

/** An unknown issuer makes the directory read again, but however many come, no more often than this. */
const reloadPauseMs = 1_000;

export function createAuthorityDirectory(deps: {
  readonly database: Pick<Database, 'withSystem'>;
  readonly clock: Clock;
}): AuthorityDirectory {
  /** By key identifier in hex, and by id. */
  let issuers: ReadonlyMap<string, KnownIssuer> = new Map();
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  async function load(): Promise<void> {
    const wait = loadedAt + reloadPauseMs - deps.clock.now();
    // A newcomer may just have been made by another server: it waits for the next reading instead of being turned away.
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(wait, reloadPauseMs)));
    loadedAt = deps.clock.now();
    const rows = await deps.database.withSystem('find-organization', (tx) => selectAllAuthorities(tx));
    const roots = Map.groupBy(
      rows.filter(({ kind }) => kind === 'device-root'),
      (row) => row.organization_id,
    );
    const parsedRoots = new Map(
      [...roots].map(([id, list]) => [id, list.map((row) => parseCertificate(row.certificate))]),
    );
    const next = new Map<string, KnownIssuer>();
    for (const row of rows) {
      if (row.kind !== 'device-issuing' && row.kind !== 'scep') continue;
      const certificate = parseCertificate(row.certificate);
      if (certificate.subjectKeyIdentifier === undefined) continue;
      const issuer: KnownIssuer = {
        organizationId: row.organization_id,
        authorityId: row.authority_id,
        certificate,
        purpose: row.kind === 'scep' ? 'mdm' : 'agent',
        roots: row.kind === 'scep' ? [certificate] : (parsedRoots.get(row.organization_id) ?? []),
      };
      next.set(Buffer.from(certificate.subjectKeyIdentifier).toString('hex'), issuer);
      next.set(row.authority_id, issuer);
    }
    issuers = next;
  }

  async function find(key: string): Promise<KnownIssuer | undefined> {
    const known = issuers.get(key);
    if (known) return known;
    loading ??= load().finally(() => {
      loading = undefined;
    });
    await loading;
    return issuers.get(key);
  }

  return {
    find: (keyIdentifier) => find(Buffer.from(keyIdentifier).toString('hex')),
    findById: find,
  };
}
