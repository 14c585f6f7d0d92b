/** What the simulated mail server takes from a message that a phone sends: to whom it goes, and what it is about. */
import { decodeDocument, tokens } from '@gatehouse/protocols/activesync/index.ts';
import { findChild } from '@gatehouse/protocols/wbxml/index.ts';
import type { MailMessage } from './mailbox.ts';

/** The message inside a SendMail of 14.0 and newer. */
export function messageIn(body: Uint8Array): Buffer {
  const mime = findChild(decodeDocument(body), tokens.composeMail.tags.Mime);
  return Buffer.concat(
    (mime?.children ?? []).map((part) =>
      typeof part === 'string' ? Buffer.from(part) : part instanceof Uint8Array ? part : new Uint8Array(0),
    ),
  );
}

/** Headers of one line, and everything behind them as it is. */
export function readMessage(bytes: Buffer): MailMessage {
  const text = bytes.toString('utf8');
  const end = text.search(/\r?\n\r?\n/);
  const head = end === -1 ? text : text.slice(0, end);
  const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  return {
    from: header('From'),
    to: header('To'),
    subject: header('Subject'),
    text: end === -1 ? '' : text.slice(end).trim(),
  };
}

/** Log-in names of the recipients: what stands before the @ of their addresses. */
export function recipientsOf({ to }: MailMessage): string[] {
  return [...to.matchAll(/([^\s<>,;@]+)@[^\s<>,;]+/g)].map(([, name]) => name ?? '');
}
