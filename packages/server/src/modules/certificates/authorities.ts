// Each organization's own authorities: a device root that devices keep in their own store, never the system's, and under it
// issuing authorities that take turns. Private keys leave this module only sealed.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import {
  buildCertificate,
  type Certificate,
  newSerial,
  parseCertificate,
  type Signer,
  signerFor,
} from '@gatehouse/protocols/x509/index.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import { recordAudit } from '../audit/index.ts';
import {
  type AuthorityKind,
  insertAuthority,
  lockAuthorities,
  retireIssuersBut,
  selectAuthorities,
  selectAuthorityKey,
  selectOrganizationName,
} from './queries.ts';

export interface AuthorityDeps {
  readonly sealer: Sealer;
  readonly clock: Clock;
}

const day = 86_400_000;
export const rootLifeMs = 3_650 * day;
export const issuerLifeMs = 3 * 365 * day;
/** Half of an issuer's life: whatever it has signed by then ends long before it does. */
export const issuerTurnMs = 548 * day;
/** Devices' clocks run late. */
export const backdateMs = 3_600_000;

export interface Authority {
  readonly authorityId: string;
  readonly certificate: Certificate;
}

export interface Authorities {
  readonly root: Authority;
  /** The one that signs now. */
  readonly issuer: Authority;
}

/**
 * The organization's authorities, made where missing. A new issuer takes over when the present one is half way through its
 * life; both are valid from then on. Called when an organization is created and with every certificate that is issued, so
 * no schedule can be forgotten.
 */
export async function ensureAuthorities(tx: TenantTx, deps: AuthorityDeps): Promise<Authorities> {
  const present = await currentAuthorities(tx, deps);
  if (present.root && present.issuer) return { root: present.root, issuer: present.issuer };
  await lockAuthorities(tx);
  const { root: known, issuer: current } = await currentAuthorities(tx, deps);
  const name = ((await selectOrganizationName(tx)) ?? 'Gatehouse').slice(0, 64);
  const root = known ?? (await makeAuthority(tx, deps, 'device-root', name));
  const issuer = current ?? (await makeAuthority(tx, deps, 'device-issuing', name, root));
  if (!current) await retireIssuersBut(tx, issuer.authorityId);
  return { root, issuer };
}

async function currentAuthorities(tx: TenantTx, { clock }: AuthorityDeps) {
  const rows = await selectAuthorities(tx);
  const parsed = rows.map((row) => ({
    authorityId: row.authority_id,
    kind: row.kind,
    state: row.state,
    certificate: parseCertificate(row.certificate),
  }));
  const now = clock.now();
  return {
    root: parsed.findLast(
      ({ kind, certificate }) => kind === 'device-root' && certificate.notAfter > now + issuerLifeMs,
    ),
    issuer: parsed.findLast(
      ({ kind, state, certificate }) =>
        kind === 'device-issuing' && state === 'active' && now - certificate.notBefore < issuerTurnMs,
    ),
  };
}

async function makeAuthority(
  tx: TenantTx,
  deps: AuthorityDeps,
  kind: AuthorityKind,
  organization: string,
  root?: Authority,
): Promise<Authority> {
  const authorityId = newId(deps.clock.now());
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const signingKey = root ? await openKey(tx, deps, root.authorityId) : key;
  const notBefore = deps.clock.now() - backdateMs;
  const notAfter = deps.clock.now() + (root ? issuerLifeMs : rootLifeMs);
  const label = kind === 'device-root' ? 'device root' : 'issuing CA';
  const der = buildCertificate({
    profile: kind === 'device-root' ? 'device-root' : 'issuing-ca',
    subject: { organization, commonName: `Gatehouse ${label} ${authorityId.slice(-12)}` },
    issuer: root ? root.certificate : 'self',
    serial: newSerial(randomBytes),
    notBefore,
    notAfter,
    subjectPublicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }),
    signer: signerFor(signingKey),
  });
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  const sealedKey = await deps.sealer.seal(tx, 'certificate_authorities.private_key', authorityId, pkcs8);
  pkcs8.fill(0);
  const certificate = parseCertificate(der);
  await insertAuthority(tx, { authorityId, kind, certificate: der, sealedKey, notBefore, notAfter });
  await recordAudit(tx, {
    actor: systemActor('certificate-authorities', tx.organizationId),
    action: 'certificate-authorities.create',
    target: { kind: 'certificate-authority', id: authorityId },
    outcome: 'done',
    show: { kind, fingerprint: certificate.fingerprint, notAfter: new Date(notAfter).toISOString() },
  });
  return { authorityId, certificate };
}

export async function openKey(
  tx: TenantTx,
  { sealer }: AuthorityDeps,
  authorityId: string,
): Promise<KeyObject> {
  const sealed = await selectAuthorityKey(tx, authorityId);
  if (!sealed) throw new DomainError('internal', 'The key of a certificate authority is missing');
  const pkcs8 = await sealer.open(tx, 'certificate_authorities.private_key', authorityId, sealed);
  try {
    return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  } finally {
    pkcs8.fill(0);
  }
}

/** What signs for an authority. Its key stays in this process's memory only as long as the signer is held. */
export async function openSigner(tx: TenantTx, deps: AuthorityDeps, authority: Authority): Promise<Signer> {
  return signerFor(await openKey(tx, deps, authority.authorityId));
}
