// Who is speaking: see admit.ts for who becomes one.
import type { EnrolmentIdentity } from '@gatehouse/protocols/apple-mdm/index.ts';
import type { PlistDictionary } from '@gatehouse/protocols/plist/index.ts';
import type { VerifiedCertificate } from '../../modules/certificates/index.ts';
import type { AppleStanding } from './arrival-queries.ts';

export interface MessageSignature {
  /** The device's own time, ms since the epoch; undefined: it did not say. */
  readonly at: number | undefined;
}

/** Somebody who was let in, with what is known of them. */
export interface Speaker {
  readonly organizationId: string;
  readonly deviceId: string;
  readonly certificate: VerifiedCertificate;
  readonly identity: EnrolmentIdentity;
  readonly standing: AppleStanding;
  readonly requestId: string;
  /** Of a check-in that came signed and not over the device's own connection. */
  readonly signature?: MessageSignature | undefined;
  /** ms since the epoch */
  readonly now: number;
  /** What the message brings was written by the statement that let it in: see entrance.ts. */
  readonly isWritten?: boolean;
}

/** Who makes which token that a device may ask for, by TokenServiceType. */
export type TokenServices = Readonly<
  Record<string, (speaker: Speaker, parameters: PlistDictionary) => Promise<Uint8Array>>
>;
