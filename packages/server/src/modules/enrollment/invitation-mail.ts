// Puts an invitation together: markup and text of the same words. Names of organizations and users are text like any other (TPL).
import type { PublicBranding } from '@gatehouse/contracts/admin/branding.ts';
import { toBuffer } from 'qrcode';
import { escapeMarkup as escape, type Mail, oneLine } from '../../kernel/mail.ts';
import { invitationTexts } from './invitation-texts.ts';

export interface InvitationContent {
  readonly invitationId: string;
  readonly language: string;
  readonly organization: string;
  /** How letters of the organization look. */
  readonly look: InvitationLook;
  readonly to: { readonly name: string; readonly address: string };
  readonly platform: string;
  /** With the one-time password behind the #. */
  readonly link: string;
  readonly oneTimePassword: string;
  readonly expiresAt: Date;
  readonly passwordLink: { readonly url: string; readonly expiresAt: string } | undefined;
  /** For the message's id. */
  readonly host: string;
}

export interface InvitationLook {
  readonly accent?: string;
  readonly texts: PublicBranding['texts'];
  readonly support?: PublicBranding['support'];
  readonly logoPng: Uint8Array | undefined;
}

export async function writeInvitation(content: InvitationContent): Promise<Mail> {
  const { tag, texts } = invitationTexts(content.language);
  const when = (date: Date) =>
    `${new Intl.DateTimeFormat(tag, { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' }).format(date)} UTC`;
  const values: Readonly<Record<string, string>> = {
    organization: oneLine(content.organization),
    name: oneLine(content.to.name),
    device: texts.device[content.platform] ?? content.platform,
    expires: when(content.expiresAt),
  };
  const fill = (text: string, more: Readonly<Record<string, string>> = {}) =>
    text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => more[name] ?? values[name] ?? '');
  const greeting = fill(content.to.name === '' ? texts.greetingWithoutName : texts.greeting);
  const { passwordLink, look } = content;
  const { support } = look;
  const words = look.texts[tag]?.mail ?? look.texts.en?.mail;
  const help = [support?.text, support?.phone, support?.email]
    .filter((each) => each !== undefined)
    .join(' · ');
  const closing = [words, help === '' ? undefined : help].filter((each) => each !== undefined);
  const choose =
    passwordLink && fill(texts.choosePassword, { expires: when(new Date(passwordLink.expiresAt)) });
  const text = [
    greeting,
    fill(texts.intro),
    `${fill(texts.open)}\n${content.link}`,
    `${fill(texts.password)}\n${content.oneTimePassword}`,
    fill(texts.expires),
    ...(passwordLink ? [`${choose}\n${passwordLink.url}`] : []),
    fill(texts.unexpected),
    ...closing,
  ].join('\n\n');
  const paragraph = (inner: string) => `<p>${inner}</p>`;
  // The colour was checked when it was set, and is six digits.
  const link = look.accent === undefined ? '' : ` style="color:${escape(look.accent)};font-weight:bold"`;
  const anchor = (url: string, label: string) => `<a href="${escape(url)}"${link}>${escape(label)}</a>`;
  const lines = (inner: string) => escape(inner).replaceAll('\n', '<br>');
  const html = `<!doctype html><html lang="${tag}"><body style="font-family:sans-serif;line-height:1.5">${[
    ...(look.logoPng === undefined
      ? []
      : [paragraph(`<img src="cid:logo" height="40" alt="${escape(values['organization'] ?? '')}">`)]),
    paragraph(escape(greeting)),
    paragraph(escape(fill(texts.intro))),
    paragraph(`${escape(fill(texts.open))}<br>${anchor(content.link, texts.openLink)}`),
    paragraph(`${escape(fill(texts.password))}<br><code>${escape(content.oneTimePassword)}</code>`),
    paragraph(escape(fill(texts.expires))),
    paragraph(
      `${escape(texts.scan)}<br><img src="cid:qr" width="200" height="200" alt="${escape(texts.pictureOfCode)}">`,
    ),
    ...(passwordLink
      ? [paragraph(`${escape(choose ?? '')}<br>${anchor(passwordLink.url, texts.choosePasswordLink)}`)]
      : []),
    paragraph(escape(fill(texts.unexpected))),
    ...closing.map((each) => paragraph(lines(each))),
  ].join('')}</body></html>`;
  return {
    to: { name: oneLine(content.to.name), address: content.to.address },
    subject: fill(texts.subject),
    text,
    html,
    pictures: [
      { id: 'qr', png: await toBuffer(content.link, { width: 400, margin: 2 }) },
      ...(look.logoPng === undefined ? [] : [{ id: 'logo', png: look.logoPng }]),
    ],
    messageId: `<invitation.${content.invitationId}@${content.host}>`,
  };
}
