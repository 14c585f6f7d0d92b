// What a person is told about his device, around what the verdict says, by language.
import type { Message } from '@gatehouse/core/compliance/wording/message.ts';
import { render } from '@gatehouse/core/compliance/wording/render.ts';
import { type Language, languageFor } from '@gatehouse/core/languages.ts';

interface Frame {
  readonly subject: string;
  readonly greeting: string;
  readonly intro: string;
  /** Where what the verdict said was not kept. */
  readonly rule: string;
  readonly mend: string;
  readonly ask: string;
}

const frames: Readonly<Record<Language, Frame>> = {
  en: {
    subject: '{organization}: your device needs your attention',
    greeting: 'Hello {name},',
    intro: 'your device “{device}” does not meet a rule of {organization}:',
    rule: 'A rule of your organization is not met.',
    mend: 'What you can do:',
    ask: 'If you need help, ask the people who look after devices at {organization}.',
  },
  de: {
    subject: '{organization}: Ihr Gerät braucht Ihre Aufmerksamkeit',
    greeting: 'Guten Tag {name},',
    intro: 'Ihr Gerät „{device}“ erfüllt eine Regel von {organization} nicht:',
    rule: 'Eine Regel Ihrer Organisation ist nicht erfüllt.',
    mend: 'Was Sie tun können:',
    ask: 'Wenn Sie Hilfe brauchen, wenden Sie sich an die Gerätebetreuung von {organization}.',
  },
};

export interface Told {
  /** A BCP 47 tag; null: nobody has said. */
  readonly language: string | null;
  readonly organization: string;
  readonly device: string;
  readonly name: string;
  /** What the verdict says, and what would mend it. */
  readonly says: readonly Message[];
  readonly mends: readonly Message[];
}

/** @returns the paragraphs of a letter, its subject, and the same in one short line. */
export function tell({ organization, device, name, ...told }: Told) {
  const language = languageFor(told.language);
  const { subject, greeting, intro, rule, mend, ask } = frames[language];
  const [summary, remedy] = [render(told.says, language) || rule, render(told.mends, language)];
  const values: Readonly<Record<string, string>> = { organization, device, name };
  const fill = (text: string) =>
    text.replaceAll(/\{(\w+)\}/g, (_all, key: string) => values[key] ?? '').replace(/ ,$/, ',');
  return {
    language,
    subject: fill(subject),
    paragraphs: [
      fill(greeting),
      fill(intro),
      summary,
      ...(remedy === '' ? [] : [`${mend} ${remedy}`]),
      fill(ask),
    ],
    /** With what mends it, where there is room. */
    short: `${organization}, ${device}: ${[summary, remedy].join(' ').trim()}`,
  };
}
