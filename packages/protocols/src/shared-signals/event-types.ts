/** The events of CAEP 1.0 and SSF 1.0 that a device management has to tell, with their claims. */
import type { SimpleSubject, Subject } from './subject.ts';

const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const ssf = 'https://schemas.openid.net/secevent/ssf/event-type/';

export const eventTypes = {
  sessionRevoked: `${caep}session-revoked`, // CAEP 3.1
  credentialChange: `${caep}credential-change`, // CAEP 3.3
  deviceComplianceChange: `${caep}device-compliance-change`, // CAEP 3.5
  verification: `${ssf}verification`, // SSF 8.1.4.1
  streamUpdated: `${ssf}stream-updated`, // SSF 8.1.5
} as const;
export type EventType = (typeof eventTypes)[keyof typeof eventTypes];

/** Those that a stream may ask for; the two about the stream itself come in any case. */
export const requestableEvents = [
  eventTypes.deviceComplianceChange,
  eventTypes.sessionRevoked,
  eventTypes.credentialChange,
] as const;

export type ComplianceStatus = 'compliant' | 'not-compliant';
export type InitiatingEntity = 'admin' | 'user' | 'policy' | 'system';

/** BCP 47 language tag to text. */
export type Reason = Readonly<Record<string, string>>;

/** CAEP 2: claims that any of its events may have. */
export interface CaepClaims {
  /** Seconds since the epoch, when it happened. */
  readonly event_timestamp?: number;
  readonly initiating_entity?: InitiatingEntity;
  readonly reason_admin?: Reason;
  readonly reason_user?: Reason;
}

export type StreamStatus = 'enabled' | 'paused' | 'disabled';
export const streamStatuses = ['enabled', 'paused', 'disabled'] as const;

export interface EventClaims {
  readonly [eventTypes.deviceComplianceChange]: CaepClaims & {
    readonly previous_status: ComplianceStatus;
    readonly current_status: ComplianceStatus;
  };
  readonly [eventTypes.sessionRevoked]: CaepClaims;
  readonly [eventTypes.credentialChange]: CaepClaims & {
    readonly credential_type: 'x509';
    readonly change_type: 'create' | 'revoke' | 'update' | 'delete';
    readonly x509_serial?: string;
  };
  readonly [eventTypes.verification]: { readonly state?: string };
  readonly [eventTypes.streamUpdated]: { readonly status: StreamStatus; readonly reason?: string };
}

/** What is told of a subject; issuer, audience, time and id belong to the token around it. */
export interface SecurityEvent<T extends EventType = EventType> {
  readonly type: T;
  readonly subject: Subject;
  readonly claims: EventClaims[T];
}

/** What the events about a stream are about: SSF 8.1.4.1 and 8.1.5 ask for the opaque format. */
export function streamSubject(streamId: string): SimpleSubject {
  return { format: 'opaque', id: streamId };
}
