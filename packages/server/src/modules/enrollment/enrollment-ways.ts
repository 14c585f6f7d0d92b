// How devices of a platform come in: with an agent that speaks the handshake, with a profile from the enrolment page, or
// either. Each platform fills its row; this module never asks which platform it is.
import type { Ownership, Platform } from '@gatehouse/core/devices/device.ts';
import type { TenantTx } from '../../kernel/db/database.ts';

export interface ProfileOrder {
  readonly deviceId: string;
  readonly enrollmentId: string;
  readonly ownership: Ownership;
}

/** What a device installs to come under management. Holds a one-use secret: hand it out once, keep it nowhere. */
export interface EnrollmentProfile {
  readonly content: Uint8Array;
  readonly mediaType: string;
  readonly fileName: string;
}

export interface ProfileMaker {
  /**
   * Whether the organization has what such devices need.
   * @throws DomainError `conflict` with a sentence for the administrator and a reason, such as `push-certificate-missing`.
   */
  requireReady(tx: TenantTx): Promise<void>;
  /** What takes time and no decision, such as a key that has to be made: before the transaction that uses the enrolment. */
  prepare(organizationId: string): Promise<ProfileDraft>;
}

export interface ProfileDraft {
  /** In the transaction that makes the device: the profile with its one-use secret. */
  write(tx: TenantTx, order: ProfileOrder): Promise<Uint8Array>;
  /** After it: signed and labelled. */
  finish(content: Uint8Array): Promise<EnrollmentProfile>;
}

export interface EnrollmentWay {
  readonly agent?: true;
  readonly profile?: ProfileMaker;
}

/** A platform without a row has no way in yet. */
export type EnrollmentWays = Readonly<Partial<Record<Platform, EnrollmentWay>>>;
