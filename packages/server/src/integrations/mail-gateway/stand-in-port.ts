// What the gateway asks of the stand-in: whoever has no mail server is served by us (STN-01 to STN-05), and so is a device in
// quarantine, which sees one message that says why and what to do. Policies, wipes and who may come in at all are the gateway’s.
import type { Message } from '@gatehouse/core/compliance/wording/message.ts';
import type { MailStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { CommandRequest } from '@gatehouse/protocols/activesync/index.ts';

export interface StandInLogin {
  readonly organizationId: string;
  /** Without a domain of Windows. */
  readonly login: string;
  readonly password: string;
  /** The standing of that very log-in. */
  readonly standing: MailStanding;
  readonly requestId: string;
  /** The client’s. */
  readonly address: string;
  /** This very password was right before: strangers in the queue of slow checks do not delay it. */
  readonly wasRight: boolean;
}

export interface StandInRequest {
  readonly organizationId: string;
  /** Never Provision. */
  readonly request: CommandRequest;
  readonly login: string;
  /** Whole; at most a MiB. */
  readonly body: Uint8Array;
  readonly standing: MailStanding;
  /** `mailbox`: the person has no mail server. `quarantine`: he has, and this device does not get there yet. */
  readonly purpose: 'mailbox' | 'quarantine';
  /** Why, in quarantine. */
  readonly says: readonly Message[];
  /** Languages that the client asks for, as in Accept-Language. */
  readonly acceptLanguage: string | undefined;
  /** The client has gone, or it is to be decided anew: whatever is held need not be answered any more. */
  readonly signal: AbortSignal;
}

export interface StandInAnswer {
  readonly status: number;
  /** Content-Type and what belongs to the protocol; lengths and the like are the gateway’s. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface StandIn {
  /** The person’s password here. The gateway limits how often, and remembers for a moment what was right. */
  prove(login: StandInLogin): Promise<boolean>;
  /** Headers of the answer to OPTIONS; for `quarantine` the mail server is asked instead. */
  options(): Readonly<Record<string, string>>;
  /** May take as long as a Ping is held. */
  answer(request: StandInRequest): Promise<StandInAnswer>;
}
