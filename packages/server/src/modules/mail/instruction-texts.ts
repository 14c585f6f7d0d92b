// What a person is told whose new device gets no mail, by language.
import { type Language, languageFor } from '@gatehouse/core/languages.ts';
import type { StrangerTreatment } from '@gatehouse/core/mail/mail-device.ts';

interface Frame {
  readonly subject: string;
  readonly greeting: string;
  readonly greetingWithoutName: string;
  readonly intro: Readonly<Record<StrangerTreatment, string>>;
  readonly until: string;
  readonly enrol: string;
  readonly notYou: string;
}

const frames: Readonly<Record<Language, Frame>> = {
  en: {
    subject: '{organization}: a device asks for your mail',
    greeting: 'Hello {name},',
    greetingWithoutName: 'Hello,',
    intro: {
      allow:
        'a device ({device}) fetches the mail of your account at {organization} and is not enrolled there.',
      quarantine:
        'a device ({device}) asks for the mail of your account at {organization}. It is not enrolled there and gets none for now.',
      block:
        'a device ({device}) asks for the mail of your account at {organization}. It is not enrolled there and gets none.',
    },
    until: 'From {deadline} on, devices that are not enrolled get no mail.',
    enrol: 'If it is yours, enrol it here: {link}',
    notYou: 'If it is not yours, change your password and tell the people who look after devices.',
  },
  de: {
    subject: '{organization}: ein Gerät fragt nach Ihrer E-Mail',
    greeting: 'Guten Tag {name},',
    greetingWithoutName: 'Guten Tag,',
    intro: {
      allow:
        'ein Gerät ({device}) ruft die E-Mail Ihres Kontos bei {organization} ab und ist dort nicht angemeldet.',
      quarantine:
        'ein Gerät ({device}) fragt nach der E-Mail Ihres Kontos bei {organization}. Es ist dort nicht angemeldet und bekommt vorerst keine.',
      block:
        'ein Gerät ({device}) fragt nach der E-Mail Ihres Kontos bei {organization}. Es ist dort nicht angemeldet und bekommt keine.',
    },
    until: 'Vom {deadline} an bekommen Geräte, die nicht angemeldet sind, keine E-Mail.',
    enrol: 'Wenn es Ihres ist, melden Sie es hier an: {link}',
    notYou: 'Wenn es nicht Ihres ist, ändern Sie Ihr Kennwort und geben Sie Ihrer Gerätebetreuung Bescheid.',
  },
};

export interface Instruction {
  readonly language: string | null;
  readonly organization: string;
  readonly name: string;
  /** What the client says it is. */
  readonly device: string;
  readonly treatment: StrangerTreatment;
  readonly deadline: Date | null;
  readonly link: string;
  /** The organization's own words besides. */
  readonly own: string | null;
}

/** Whatever comes from people or devices is text in it, as everywhere. */
export function writeInstruction(content: Instruction) {
  const language = languageFor(content.language);
  const frame = frames[language];
  const deadline =
    content.deadline === null
      ? ''
      : `${new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short', timeZone: 'UTC' }).format(content.deadline)} UTC`;
  const values: Readonly<Record<string, string>> = {
    organization: content.organization,
    name: content.name,
    device: content.device,
    deadline,
    link: content.link,
  };
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '');
  return {
    language,
    subject: fill(frame.subject),
    paragraphs: [
      fill(content.name === '' ? frame.greetingWithoutName : frame.greeting),
      fill(frame.intro[content.treatment]),
      ...(deadline === '' || content.treatment === 'block' ? [] : [fill(frame.until)]),
      fill(frame.enrol),
      ...(content.own === null || content.own.trim() === '' ? [] : [content.own.trim()]),
      fill(frame.notYou),
    ],
  };
}
