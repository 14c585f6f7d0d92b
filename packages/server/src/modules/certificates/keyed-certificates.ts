// Certificates of an organization that this server holds the key of and that stand beside the device authorities: what SCEP is
// spoken with, and what signs profiles. Each is made when it is first needed, and replaced well before its end; the one before stays
// valid until then.
import { createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import {
  buildCertificate,
  type Certificate,
  type CertificateContent,
  newSerial,
  parseCertificate,
  signerFor,
} from '@gatehouse/protocols/x509/index.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database, TenantTx } from '../../kernel/db/database.ts';
import { newId } from '../../kernel/ids.ts';
import type { Sealer } from '../../kernel/sealed/sealer.ts';
import { recordAudit } from '../audit/index.ts';
import { backdateMs, openKey } from './authorities.ts';
import { insertAuthority, lockAuthorities, selectOrganizationName } from './queries.ts';
import { retireOfKindBut, selectAuthoritiesOfKind } from './scep-queries.ts';

export interface KeyedCertificateDeps {
  readonly database: Pick<Database, 'withTenant'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

export type KeyedCertificateKind = 'scep' | 'profile-signing';

export interface KeyedCertificate {
  readonly authorityId: string;
  readonly certificate: Certificate;
}

/** How one kind is made. */
export interface KeyedCertificateMaker {
  readonly kind: KeyedCertificateKind;
  readonly lifeMs: number;
  /** From this age on the next one takes over. */
  readonly turnMs: number;
  readonly newKey: () => Promise<KeyObject>;
  /** What differs from kind to kind: profile, issuer and who signs. */
  content(
    tx: TenantTx,
    made: { readonly key: KeyObject; readonly organization: string; readonly authorityId: string },
  ): Promise<Pick<CertificateContent, 'profile' | 'subject' | 'issuer' | 'signer'>>;
}

const generate = promisify(generateKeyPair);

/** Asynchronous: an RSA key takes up to a second of one core. */
export async function newRsaKey(): Promise<KeyObject> {
  return (await generate('rsa', { modulusLength: 3072 })).privateKey;
}

/** Keys that are being made, by organization and kind: however many ask at once, one is made. */
const underWay = new Map<string, Promise<KeyedCertificate>>();

export async function ensureKeyedCertificate(
  deps: KeyedCertificateDeps,
  organizationId: string,
  maker: KeyedCertificateMaker,
): Promise<KeyedCertificate> {
  const find = (tx: TenantTx) => findCurrent(tx, deps.clock.now(), maker);
  const known = await deps.database.withTenant(organizationId, find, { readOnly: true });
  if (known) return known;
  const name = `${organizationId} ${maker.kind}`;
  const made = underWay.get(name) ?? make(deps, organizationId, maker).finally(() => underWay.delete(name));
  underWay.set(name, made);
  return made;
}

async function findCurrent(
  tx: TenantTx,
  now: number,
  { kind, turnMs }: KeyedCertificateMaker,
): Promise<KeyedCertificate | undefined> {
  return (await listOfKind(tx, kind, now)).findLast(
    ({ active, certificate }) => active && now - certificate.notBefore < turnMs,
  );
}

async function listOfKind(tx: TenantTx, kind: KeyedCertificateKind, now: number) {
  const rows = await selectAuthoritiesOfKind(tx, kind, now);
  return rows.map((row) => ({
    authorityId: row.authority_id,
    certificate: parseCertificate(row.certificate),
    active: row.state === 'active',
  }));
}

async function make(
  deps: KeyedCertificateDeps,
  organizationId: string,
  maker: KeyedCertificateMaker,
): Promise<KeyedCertificate> {
  const key = await maker.newKey();
  return deps.database.withTenant(organizationId, async (tx) => {
    await lockAuthorities(tx);
    const now = deps.clock.now();
    const known = await findCurrent(tx, now, maker);
    if (known) return known;
    const authorityId = newId(now);
    const organization = ((await selectOrganizationName(tx)) ?? 'Gatehouse').slice(0, 64);
    const notBefore = now - backdateMs;
    const notAfter = now + maker.lifeMs;
    const der = buildCertificate({
      ...(await maker.content(tx, { key, organization, authorityId })),
      serial: newSerial(randomBytes),
      notBefore,
      notAfter,
      subjectPublicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }),
    });
    const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
    const sealedKey = await deps.sealer.seal(tx, 'certificate_authorities.private_key', authorityId, pkcs8);
    pkcs8.fill(0);
    const certificate = parseCertificate(der);
    await insertAuthority(tx, {
      authorityId,
      kind: maker.kind,
      certificate: der,
      sealedKey,
      notBefore,
      notAfter,
    });
    await retireOfKindBut(tx, maker.kind, authorityId);
    await recordAudit(tx, {
      actor: systemActor('certificate-authorities', organizationId),
      action: 'certificate-authorities.create',
      target: { kind: 'certificate-authority', id: authorityId },
      outcome: 'done',
      show: {
        kind: maker.kind,
        fingerprint: certificate.fingerprint,
        notAfter: new Date(notAfter).toISOString(),
      },
    });
    return { authorityId, certificate };
  });
}

export interface OpenedCertificate extends KeyedCertificate {
  readonly key: KeyObject;
}

/** Those that are valid with their keys, newest last. Held no longer than one request takes. */
export function openKeyedCertificates(
  deps: KeyedCertificateDeps,
  organizationId: string,
  kind: KeyedCertificateKind,
): Promise<OpenedCertificate[]> {
  return deps.database.withTenant(organizationId, async (tx) => {
    const opened: OpenedCertificate[] = [];
    for (const { authorityId, certificate } of await listOfKind(tx, kind, deps.clock.now()))
      opened.push({ authorityId, certificate, key: await openKey(tx, deps, authorityId) });
    return opened;
  });
}

/** A certificate that signs itself. */
export function selfSigned(key: KeyObject) {
  return { issuer: 'self', signer: signerFor(key) } as const;
}
