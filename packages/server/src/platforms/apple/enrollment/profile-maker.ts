// Makes enrolment profiles for a device that comes in by the page, and again for one whose identity is to be renewed. Other ways
// in (automated enrolment, account-driven enrolment) are one more file beside this one: they end in the same profile.
import { createHash, X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import { writePlist } from '@gatehouse/protocols/plist/index.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Database, TenantTx } from '../../../kernel/db/database.ts';
import type { Sealer } from '../../../kernel/sealed/sealer.ts';
import {
  createChallenge,
  scepAuthority,
  signProfile,
  withdrawChallenges,
} from '../../../modules/certificates/index.ts';
import type { ProfileMaker } from '../../../modules/enrollment/index.ts';
import { readOrganizationName } from '../../../modules/organizations/index.ts';
import { accessRights, serverCapabilities } from './access-rights.ts';
import { enrollmentProfile, type EnrollmentTerms } from './enrollment-profile.ts';
import { putAppleEnrollment, selectAppleEnrollment, selectCurrentSerial } from './enrollment-queries.ts';

export interface AppleEnrollmentDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly publicUrl: URL;
  readonly deviceUrl: URL;
  /** DER of what devices must trust to reach this server. */
  readonly tlsAnchors: () => readonly Uint8Array[];
  /** The topic of the organization's push certificate, if it has one that is valid. */
  readonly pushTopic: (tx: TenantTx) => Promise<string | undefined>;
  /** Devices speak to the main listener and sign each message: for a proxy that ends TLS and passes no certificate on. */
  readonly signMessages: boolean;
}

export const profileMediaType = 'application/x-apple-aspen-config';

export function createProfileMaker(deps: AppleEnrollmentDeps): ProfileMaker {
  return {
    async requireReady(tx) {
      await requireTopic(deps, tx);
    },
    async prepare(organizationId) {
      const { certificate } = await scepAuthority(deps, organizationId);
      return {
        async write(tx, { deviceId, enrollmentId, ownership }) {
          const terms: EnrollmentTerms = {
            topic: await requireTopic(deps, tx),
            serverUrl: new URL('/apple/mdm', deps.signMessages ? deps.publicUrl : deps.deviceUrl).href,
            signMessage: deps.signMessages,
            accessRights: accessRights(ownership),
            capabilities: serverCapabilities,
          };
          await putAppleEnrollment(
            tx,
            deviceId,
            {
              topic: terms.topic,
              server_url: terms.serverUrl,
              sign_message: terms.signMessage,
              access_rights: terms.accessRights,
              capabilities: [...terms.capabilities],
            },
            new Date(deps.clock.now()),
          );
          // A profile that was fetched before and not installed is worthless from now on (APL-03).
          await withdrawChallenges(tx, deviceId);
          const challenge = await createChallenge(tx, deps, { deviceId, enrollmentId });
          return writeProfile(tx, deps, { deviceId, terms, challenge, authority: certificate.der });
        },
        async finish(content) {
          return {
            content: await signProfile(deps, organizationId, content),
            mediaType: profileMediaType,
            fileName: 'enrollment.mobileconfig',
          };
        },
      };
    },
  };
}

/**
 * The profile of a device that is enrolled, with another challenge: installed over the one that it has, it makes the device ask for
 * a new certificate. What may not change does not, whatever the server is configured to now. Not signed: it travels inside a
 * command, over the management channel itself.
 * @param authority DER of the organization's SCEP authority.
 * @throws DomainError `not-found` for a device that has no such profile.
 */
export async function renewalProfile(
  tx: TenantTx,
  deps: Pick<AppleEnrollmentDeps, 'clock' | 'publicUrl' | 'tlsAnchors'>,
  deviceId: string,
  authority: Uint8Array,
): Promise<Uint8Array> {
  const row = await selectAppleEnrollment(tx, deviceId);
  const serial = await selectCurrentSerial(tx, deviceId);
  if (!row || serial === undefined) {
    throw new DomainError('not-found', 'The device has no enrolment profile of ours', {
      reason: 'no-enrollment-profile',
    });
  }
  const terms: EnrollmentTerms = {
    topic: row.topic,
    serverUrl: row.server_url,
    signMessage: row.sign_message,
    accessRights: row.access_rights,
    capabilities: row.capabilities,
  };
  const challenge = await createChallenge(tx, deps, { deviceId, renewalOf: serial });
  return writeProfile(tx, deps, { deviceId, terms, challenge, authority });
}

/** {@link renewalProfile} for whoever has no authority at hand: translators of commands. */
export function createRenewer(
  deps: AppleEnrollmentDeps,
): (tx: TenantTx, deviceId: string) => Promise<Uint8Array> {
  return async (tx, deviceId) => {
    const { certificate } = await scepAuthority(deps, tx.organizationId);
    return renewalProfile(tx, deps, deviceId, certificate.der);
  };
}

async function writeProfile(
  tx: TenantTx,
  deps: Pick<AppleEnrollmentDeps, 'publicUrl' | 'tlsAnchors'>,
  made: { deviceId: string; terms: EnrollmentTerms; challenge: string; authority: Uint8Array },
): Promise<Uint8Array> {
  const { slug, name } = await readOrganizationName(tx);
  return writePlist(
    enrollmentProfile({
      organizationId: tx.organizationId,
      organization: name,
      deviceId: made.deviceId,
      terms: made.terms,
      scep: {
        url: new URL(`/scep/${slug}`, deps.publicUrl).href,
        challenge: made.challenge,
        authority: made.authority,
      },
      anchors: deps.tlsAnchors().filter((der) => !isWellKnown(der)),
    }),
  );
}

async function requireTopic(deps: Pick<AppleEnrollmentDeps, 'pushTopic'>, tx: TenantTx): Promise<string> {
  const topic = await deps.pushTopic(tx);
  if (topic !== undefined) return topic;
  throw new DomainError(
    'conflict',
    'The organization has no valid push certificate of Apple’s, without which no Apple device can be managed. Upload one first.',
    { reason: 'push-certificate-missing' },
  );
}

let wellKnown: ReadonlySet<string> | undefined;

/** A root that every device trusts already is not brought along. */
function isWellKnown(der: Uint8Array): boolean {
  wellKnown ??= new Set(getCACertificates('bundled').map((pem) => new X509Certificate(pem).fingerprint256));
  const fingerprint = createHash('sha256').update(der).digest('hex').toUpperCase();
  return wellKnown.has((fingerprint.match(/../g) ?? []).join(':'));
}
