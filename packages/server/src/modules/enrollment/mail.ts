// What this module needs of a mail server: one plain message to one person. Who sends it is the composition's choice.

export interface Mail {
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  /** The same for people who see pictures; it holds no markup but its own. */
  readonly html: string;
  /** Pictures that the markup names as `cid:<id>`. */
  readonly pictures: readonly { readonly id: string; readonly png: Uint8Array }[];
  /** The same for every attempt, so that a mailbox can tell a repetition. */
  readonly messageId: string;
}

/** The mail server will never take this message: no such mailbox, refused content. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
}

/** @throws MailRefused when trying again is useless; any other error when it may help. */
export type SendMail = (mail: Mail) => Promise<void>;
