// The one message in the mailbox of a device that does not get its mail yet: why that is, and what to do, in the person’s language (EAS-09, ENR-17,
// ENR-23). It is text alone and comes from nobody; its id is made of what it says, so that another reason is another message.
import { createHash } from 'node:crypto';
import type { Message } from '@gatehouse/core/compliance/wording/message.ts';
import { render } from '@gatehouse/core/compliance/wording/render.ts';
import type { Language } from '@gatehouse/core/languages.ts';
import type { OwnMessage } from '@gatehouse/protocols/activesync/index.ts';

interface Words {
  readonly subject: string;
  readonly greeting: string;
  readonly intro: string;
  readonly todo: string;
  readonly until: string;
  readonly afterwards: string;
  readonly help: string;
  readonly sender: string;
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    subject: 'Your mail is waiting: please enrol this device',
    greeting: 'Hello {name},',
    intro: 'this device does not get your mail from {organization} yet.',
    todo: 'To enrol the device, open this address on it and follow the steps:',
    until: 'You have until {until}.',
    afterwards: 'Your mail appears by itself when that is done; this message then disappears.',
    help: 'If you need help, ask the people who look after devices at {organization}.',
    sender: 'Device management',
  },
  de: {
    subject: 'Ihre Mail wartet: Bitte melden Sie dieses Gerät an',
    greeting: 'Guten Tag {name},',
    intro: 'dieses Gerät bekommt Ihre Mail von {organization} noch nicht.',
    todo: 'Um das Gerät anzumelden, öffnen Sie darauf diese Adresse und folgen Sie den Schritten:',
    until: 'Sie haben dafür Zeit bis zum {until}.',
    afterwards: 'Ist das erledigt, erscheint Ihre Mail von selbst, und diese Nachricht verschwindet.',
    help: 'Wenn Sie Hilfe brauchen, wenden Sie sich an die Geräteverwaltung von {organization}.',
    sender: 'Geräteverwaltung',
  },
};

export interface Instruction {
  readonly language: Language;
  readonly organization: string;
  readonly enrollUrl: string;
  /** What the organization says besides. */
  readonly ownWords: string | null;
  readonly says: readonly Message[];
  /** Of the person; '' where nobody knows it. */
  readonly name: string;
  readonly address: string;
  /** ms since the epoch; null: there is no deadline, or it has passed. */
  readonly until: number | null;
  readonly receivedAt: Date;
}

export function instructionMessage(about: Instruction): OwnMessage {
  const { language, says, until, ownWords, receivedAt } = about;
  const texts = words[language];
  const values: Readonly<Record<string, string>> = {
    organization: about.organization,
    name: about.name,
    until: until === null ? '' : dateIn(language, until),
  };
  const fill = (text: string) =>
    text.replaceAll(/\{(\w+)\}/g, (_all, key: string) => values[key] ?? '').replace(/ ,$/, ',');
  const paragraphs = [
    fill(texts.greeting),
    fill(texts.intro),
    render(says, language),
    `${texts.todo}\r\n${about.enrollUrl}`,
    ownWords ?? '',
    until === null ? '' : fill(texts.until),
    texts.afterwards,
    fill(texts.help),
  ];
  const text = `${paragraphs.filter((each) => each !== '').join('\r\n\r\n')}\r\n`;
  const from = `"${quoted(`${about.organization} · ${texts.sender}`)}" <${senderOf(about)}>`;
  const serverId = createHash('sha256').update(`${texts.subject}\n${text}`).digest('hex').slice(0, 16);
  const message = { serverId, from, to: about.address, subject: texts.subject, receivedAt, text };
  return { ...message, mime: mimeOf(message, senderOf(about)) };
}

function dateIn(language: Language, at: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}

/** An address at the host that the message sends people to; nobody reads what is sent there. */
function senderOf({ enrollUrl }: Instruction): string {
  return `no-reply@${new URL(enrollUrl).hostname}`;
}

/** For a display name in quotation marks: no line can be begun with it. */
function quoted(text: string): string {
  return text.replaceAll(/[\p{Cc}"\\]/gu, ' ').slice(0, 120);
}

function mimeOf(message: Omit<OwnMessage, 'mime'>, sender: string): Uint8Array {
  const word = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
  // RFC 2047: an encoded word is at most 75 characters.
  const words_ = (text: string) => (text.match(/.{1,15}/gsu) ?? []).map(word).join('\r\n ');
  const name = message.from.slice(1, message.from.lastIndexOf('"'));
  const body =
    Buffer.from(message.text)
      .toString('base64')
      .match(/.{1,76}/g) ?? [];
  return Buffer.from(
    [
      `From: ${words_(name)} <${sender}>`,
      `To: <${message.to.replaceAll(/[\p{Cc}<>]/gu, '')}>`,
      `Subject: ${words_(message.subject)}`,
      `Date: ${message.receivedAt.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${message.serverId}@gatehouse.invalid>`,
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
      'Auto-Submitted: auto-generated',
      '',
      ...body,
      '',
    ].join('\r\n'),
  );
}
