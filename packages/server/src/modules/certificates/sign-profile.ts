// Signs configuration profiles. The key is the organization's own, for this one use, below its device root: a profile says by
// its signature whose it is, and a device that has the root (the enrolment profile brings it) shows it as verified. The server's
// TLS certificate is not used for it: its key would get a second use, and every renewal would be another signer.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { signAttached } from '@gatehouse/protocols/cms/index.ts';
import { type Certificate, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { ensureAuthorities, openSigner } from './authorities.ts';
import {
  ensureKeyedCertificate,
  type KeyedCertificateDeps,
  type KeyedCertificateMaker,
  openKeyedCertificates,
} from './keyed-certificates.ts';
import { selectAuthorities } from './queries.ts';

const day = 86_400_000;
const generate = promisify(generateKeyPair);

function makerOf(deps: KeyedCertificateDeps): KeyedCertificateMaker {
  return {
    kind: 'profile-signing',
    // Within the time that its issuer has left when it takes its last turn.
    lifeMs: 395 * day,
    turnMs: 365 * day,
    newKey: async () => (await generate('ec', { namedCurve: 'P-256' })).privateKey,
    async content(tx, { organization, authorityId }) {
      const { issuer } = await ensureAuthorities(tx, deps);
      return {
        profile: 'profile-signing',
        subject: { organization, commonName: `${organization} profiles ${authorityId.slice(-12)}` },
        issuer: issuer.certificate,
        signer: await openSigner(tx, deps, issuer),
      };
    },
  };
}

/** CMS with the profile inside, the signer's certificate, its issuer and the device root (Apple: the chain up to the root). */
export async function signProfile(
  deps: KeyedCertificateDeps,
  organizationId: string,
  profile: Uint8Array,
): Promise<Uint8Array> {
  const { authorityId } = await ensureKeyedCertificate(deps, organizationId, makerOf(deps));
  const opened = await openKeyedCertificates(deps, organizationId, 'profile-signing');
  const signer = opened.find((candidate) => candidate.authorityId === authorityId);
  if (!signer) throw new Error('the profile signing certificate has just ended');
  const rows = await deps.database.withTenant(organizationId, selectAuthorities, { readOnly: true });
  return signAttached({
    content: profile,
    certificate: signer.certificate.der,
    key: signer.key,
    chain: chainOf(
      signer.certificate,
      rows.map((row) => parseCertificate(row.certificate)),
    ),
    signingTime: new Date(deps.clock.now()),
  });
}

/** From the issuer to the root. */
function chainOf(leaf: Certificate, authorities: readonly Certificate[]): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let current = leaf;
  for (;;) {
    const issuer = authorities.find((candidate) => candidate !== current && isIssuer(candidate, current));
    if (!issuer || chain.length >= 2) return chain;
    chain.push(issuer.der);
    current = issuer;
  }
}

function isIssuer(candidate: Certificate, of: Certificate): boolean {
  const wanted = of.authorityKeyIdentifier ?? new Uint8Array();
  return Buffer.compare(candidate.subjectKeyIdentifier ?? new Uint8Array(), wanted) === 0;
}
