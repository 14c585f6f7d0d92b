// Who is speaking: see admit.ts for who becomes one.
import type { EnrolmentIdentity } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import type { VerifiedCertificate } from '../../modules/certificates/index.ts';
import type { AppleStanding } from './arrival-queries.ts';

/** Somebody who was let in, with what is known of them. */
export interface Speaker {
  readonly organizationId: string;
  readonly deviceId: string;
  readonly certificate: VerifiedCertificate;
  readonly identity: EnrolmentIdentity;
  readonly standing: AppleStanding;
  readonly requestId: string;
  /** ms since the epoch */
  readonly now: number;
}

/** Who makes which token that a device may ask for, by TokenServiceType. */
export type TokenServices = Readonly<
  Record<string, (speaker: Speaker, parameters: PlistDictionary) => Promise<Uint8Array>>
>;
