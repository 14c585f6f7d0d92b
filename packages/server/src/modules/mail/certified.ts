// Mail clients that come with a certificate of ours: it says which enrolled device they are and whose that is, so no password is needed
// and no device id has to be believed. Whether it holds is asked of the database each time, as it is for every other device.
import type { Database } from '../../kernel/db/database.ts';
import { gatherQuestions } from '../../kernel/db/gather.ts';
import {
  authenticateCertificate,
  type AuthenticationDeps,
  CertificateRefused,
  type Refusals,
} from '../certificates/index.ts';
import { findDevice } from '../devices/index.ts';
import { announceMailAccess } from './access-news.ts';
import { type OwnerRow, selectOwners, writeCertificateDevice } from './certified-queries.ts';
import { lockMailDeviceRow } from './device-queries.ts';
import { linkByEvidence } from './links.ts';
import type { MailDeps } from './mail-deps.ts';

export interface CertifiedDevice {
  readonly organizationId: string;
  readonly deviceId: string;
  /** Of the certificate, hex. */
  readonly fingerprint: string;
  /** Whose device it is; null: nobody’s. */
  readonly user: {
    readonly userId: string;
    readonly email: string;
    readonly userName: string;
  } | null;
}

/**
 * @param der the certificate that the peer proved to hold the key of (by TLS, here or at a trusted proxy).
 * @throws CertificateRefused; anything else: the database does not answer.
 */
export type CertifyMailClient = (der: Uint8Array) => Promise<CertifiedDevice>;

export function createMailCertification(
  deps: AuthenticationDeps & {
    readonly database: Pick<Database, 'tenantQuery'>;
    readonly refusals: Pick<Refusals, 'note'>;
  },
): CertifyMailClient {
  const ownerOf = gatherQuestions<string, OwnerRow | undefined>(async (organizationId, deviceIds) => {
    const rows = await deps.database.tenantQuery<OwnerRow>(organizationId, selectOwners, [deviceIds]);
    const owners = Array.from<OwnerRow | undefined>({ length: deviceIds.length });
    for (const row of rows) owners[row.place - 1] = row;
    return owners;
  });

  async function certify(der: Uint8Array): Promise<CertifiedDevice> {
    const device = await authenticateCertificate(deps, der);
    const { organizationId, deviceId, fingerprint } = device;
    const owner = await ownerOf(organizationId, deviceId);
    if (owner === undefined) throw new CertificateRefused('not-on-record', device);
    if (owner.barred) throw new CertificateRefused('device-barred', device, 'device-blocked');
    const { user_id: userId, email, user_name: userName } = owner;
    const user = userId === null || email === null ? null : { userId, email, userName: userName ?? email };
    return { organizationId, deviceId, fingerprint, user };
  }

  return async (der) => {
    try {
      return await certify(der);
    } catch (error) {
      if (error instanceof CertificateRefused && error.of) {
        const { organizationId, deviceId, serial } = error.of;
        deps.refusals.note({
          organizationId,
          actor: { kind: 'device', id: deviceId },
          action: 'devices.authenticate',
          target: { kind: 'certificate', id: serial },
          reason: error.why,
          via: 'mail',
        });
      }
      throw error;
    }
  };
}

/**
 * The client came with the certificate of this enrolled device, so that is what it is, unless somebody or something says that it is
 * another one.
 * @returns whether it is the one that the certificate was issued to, by all that is known.
 */
export async function linkCertified(
  deps: Omit<MailDeps, 'sealer' | 'reevaluate'>,
  organizationId: string,
  mailDeviceId: string,
  deviceId: string,
): Promise<boolean> {
  return deps.database.withTenant(organizationId, async (tx) => {
    const before = await lockMailDeviceRow(tx, mailDeviceId);
    if (before === undefined) return false;
    if (before.device_id === deviceId) return true;
    // One device enrols anew and is then another here; two that are managed at the same time are two.
    const linked = before.device_id === null ? undefined : await findDevice(tx, before.device_id);
    if (linked !== undefined && linked.state !== 'unmanaged') return false;
    await writeCertificateDevice(tx, mailDeviceId, deviceId);
    await linkByEvidence(deps, tx, mailDeviceId);
    const after = await lockMailDeviceRow(tx, mailDeviceId);
    announceMailAccess(tx, deps, mailDeviceId);
    return after?.device_id === deviceId;
  });
}
