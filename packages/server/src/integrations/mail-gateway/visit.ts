// One request of a mail client, from its first line to its last byte: who came, with what, and how he is answered.
import type { MailDecision } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { MailOutcome } from '@gatehouse/core/mail/mail-outcome.ts';
import type { MailLogin } from '@gatehouse/core/mail/mail-login.ts';
import type { CommandRequest, OptionsRequest, Refusal } from '@gatehouse/protocols/activesync/index.ts';
import { gatewayMark } from '@gatehouse/protocols/mail-probe/index.ts';
import type { AsideRequest, AsideResponse } from '../../kernel/http/aside/exchange.ts';
import type { CertifiedDevice, MailServerProfile } from '../../modules/mail/index.ts';
import { securityHeaders } from './answer-headers.ts';
import type { MailClient } from './clients.ts';
import type { Proof } from './proofs.ts';
import type { RequestHeaders } from './request-headers.ts';

/** A request line with its headers, read once and remembered while the same comes again; without the credentials. */
export interface Shape {
  /** Under which everything about these credentials is remembered. */
  readonly proofKey: string;
  readonly organizationId: string;
  readonly login: MailLogin;
  /** Nothing but a certificate of ours says who it is, so the mail server has to take our word for it. */
  readonly isVouched: boolean;
  readonly client: MailClient;
  readonly request: CommandRequest | OptionsRequest;
  /** Monotonic ms. */
  readonly until: number;
  proof: Proof | undefined;
  /** Our own writing of the query, for this user and this key of the mail server. */
  query:
    | { readonly text: string; readonly user: string | undefined; readonly policyKey: number | undefined }
    | undefined;
}

/** What is held of a body that passes. */
export const smallBody = 64 * 1024;

export interface VisitOwner {
  over(visit: Visit): void;
}

export class Visit {
  readonly incoming: AsideRequest;
  readonly response: AsideResponse;
  readonly headers: RequestHeaders;
  readonly startedAt: number;
  readonly #owner: VisitOwner;
  /** The certificate that the client came with, DER. */
  readonly certificate: Uint8Array | undefined;
  /** Whose that is, as of this request. */
  certified: CertifiedDevice | undefined;
  /** Nothing could be asked about the certificate: whose it is was known a moment ago, so only a grant lets it through. */
  isBlind = false;
  shape: Shape | undefined;
  profile: MailServerProfile | undefined;
  decision: MailDecision | undefined;
  /** Let through by a grant, because nothing could be asked. */
  byGrant = false;
  outcome: MailOutcome = 'malformed';
  error: string | undefined;
  bytesIn = 0;
  bytesOut = 0;
  #isOver = false;
  /** Told when the client is gone, or the answer complete. */
  onClose: (() => void) | undefined;

  constructor(
    incoming: AsideRequest,
    response: AsideResponse,
    headers: RequestHeaders,
    owner: VisitOwner,
    certificate?: Uint8Array,
  ) {
    this.certificate = certificate;
    this.incoming = incoming;
    this.response = response;
    this.headers = headers;
    this.startedAt = performance.now();
    this.#owner = owner;
    response.on('close', () => this.#close());
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The client has its answer, or has gone. */
  #close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onClose?.();
    this.onClose = undefined;
    this.#owner.over(this);
  }

  answer(
    outcome: MailOutcome,
    status: number,
    headers: Readonly<Record<string, string>> = {},
    body?: Uint8Array,
  ): void {
    this.outcome = outcome;
    const { response } = this;
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const list = [...securityHeaders];
    for (const [name, value] of Object.entries(headers)) list.push(name, value);
    list.push('Content-Length', String(body?.length ?? 0));
    // What is still to come of a large request is of no use; the connection would wait for it.
    const { length } = this.headers;
    if (!this.incoming.complete && (length === -1 || length > smallBody)) list.push('Connection', 'close');
    this.bytesOut += body?.length ?? 0;
    response.writeHead(status, list);
    if (body === undefined || body.length === 0) response.end();
    else response.end(body);
  }

  refuse(outcome: MailOutcome, { httpStatus, headers, body }: Refusal): void {
    this.answer(outcome, httpStatus, headers, body);
  }

  later(outcome: MailOutcome, seconds: number, error?: string): void {
    if (error !== undefined) this.error = error;
    this.answer(outcome, 503, { 'Retry-After': String(seconds) });
  }

  challenge(): void {
    this.answer('unauthenticated', 401, {
      'WWW-Authenticate': 'Basic realm="mail", charset="UTF-8"',
      // By which a look from outside knows that it has come to the gateway and not past it.
      [gatewayMark]: '1',
    });
  }
}
