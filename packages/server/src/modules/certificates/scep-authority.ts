// What devices that speak their operating system's own protocol get their certificates from: one RSA certificate of the
// organization that is authority and registration authority at once, and stands for itself. See docs/adr for why.
import type { KeyObject } from 'node:crypto';
import {
  ensureKeyedCertificate,
  type KeyedCertificate,
  type KeyedCertificateDeps,
  type KeyedCertificateMaker,
  newRsaKey,
  type OpenedCertificate,
  openKeyedCertificates,
  selfSigned,
} from './keyed-certificates.ts';

const day = 86_400_000;
/** More than two lives of what it issues, so that whatever it signs in its first half ends before it does. */
export const scepAuthorityLifeMs = 5 * 365 * day;

const maker: KeyedCertificateMaker = {
  kind: 'scep',
  lifeMs: scepAuthorityLifeMs,
  turnMs: scepAuthorityLifeMs / 2,
  // RSA, because a request is encrypted to it, and SCEP knows no other way.
  newKey: newRsaKey,
  async content(
    _tx,
    { key, organization, authorityId }: { key: KeyObject; organization: string; authorityId: string },
  ) {
    return {
      profile: 'scep-authority',
      subject: { organization, commonName: `Gatehouse device CA ${authorityId.slice(-12)}` },
      ...selfSigned(key),
    };
  },
};

/** The one that issues now; made if there is none yet. */
export function scepAuthority(deps: KeyedCertificateDeps, organizationId: string): Promise<KeyedCertificate> {
  return ensureKeyedCertificate(deps, organizationId, maker);
}

/** All that a request may be addressed to: the present one, and the one before as long as it lives. Newest last. */
export function openScepAuthorities(
  deps: KeyedCertificateDeps,
  organizationId: string,
): Promise<OpenedCertificate[]> {
  return openKeyedCertificates(deps, organizationId, 'scep');
}
