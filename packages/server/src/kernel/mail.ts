// What modules need of a mail server: one plain message to one person. Who sends it is the composition's choice. Whatever comes
// from people is text: escaped in the markup, on one line in a header (TPL).

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

/** A message of paragraphs, without links or pictures. @param language a BCP 47 tag. */
export function plainMail(content: {
  readonly to: Mail['to'];
  readonly language: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly messageId: string;
}): Mail {
  const { to, language, subject, paragraphs, messageId } = content;
  const inner = paragraphs.map((text) => `<p>${escapeMarkup(text)}</p>`).join('');
  return {
    to: { name: oneLine(to.name), address: to.address },
    subject: oneLine(subject),
    text: paragraphs.join('\n\n'),
    html: `<!doctype html><html lang="${escapeMarkup(language)}"><body style="font-family:sans-serif;line-height:1.5">${inner}</body></html>`,
    pictures: [],
    messageId,
  };
}

/** No line break and no other control character: it goes into a header. */
export const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').trim();

const marks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeMarkup = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (mark) => marks[mark] ?? '');
