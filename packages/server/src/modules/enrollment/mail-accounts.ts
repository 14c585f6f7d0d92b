// The mail account as what proves a person at enrolment (EAS-10): what this module needs of whoever speaks with mail servers.
import type { MailServerStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import type { MailLogin } from '@gatehouse/core/mail/mail-login.ts';

export interface MailAccount {
  readonly organizationId: string;
  /** As it was typed, and as it was read. */
  readonly name: string;
  readonly login: MailLogin;
  /** null: nobody is to be proved; the server is asked what says nothing, so that it takes as long and ends alike. */
  readonly password: string | null;
  /** Of the user, or what was typed. */
  readonly email: string | undefined;
  /** The one that the gateway would choose; null: none is assigned. */
  readonly server: MailServerStanding | null;
  /** One of the organization’s, which is asked what says nothing where the account has no server: it ends alike, and is away alike. */
  readonly instead: MailServerStanding | null;
  /** Mail domains in which a server may be looked for by Autodiscover (ENR-15). */
  readonly discoverIn: readonly string[];
  /** The browser’s address, and the id under which it is known. */
  readonly address: string;
  readonly browser: string | undefined;
}

export type MailAccountProof =
  | { readonly is: 'right' /** How the mail server is called. */; readonly server: string }
  | { readonly is: 'wrong' /** For the record. */; readonly why: string }
  | { readonly is: 'throttled'; readonly retryAfterSeconds: number }
  /** Whether it is right cannot be found out, so nobody gets in by it. */
  | { readonly is: 'away'; readonly why: string };

/** A port: whether a mail server takes this password of this account. It is asked there and kept nowhere. */
export type ProveMailAccount = (account: MailAccount) => Promise<MailAccountProof>;
