// What a person is told about his device, by language. A language is complete or not there: the type of the English one is the
// checklist. English says what the verdict says; the others say it by the kind of rule.
import type { RuleKind } from '@gatehouse/core/compliance/rule-kind.ts';

interface Words {
  readonly subject: string;
  readonly greeting: string;
  readonly intro: string;
  readonly mend: string;
  readonly ask: string;
  readonly short: string;
  /** undefined: the verdict's own words. */
  readonly rules: Readonly<Record<RuleKind, string>> | undefined;
}

const en: Words = {
  subject: '{organization}: your device needs your attention',
  greeting: 'Hello {name},',
  intro: 'your device “{device}” does not meet a rule of {organization}:',
  mend: 'What you can do:',
  ask: 'If you need help, ask the people who look after devices at {organization}.',
  short: '{organization}, “{device}”: {rule}',
  rules: undefined,
};

const de: Words = {
  subject: '{organization}: Ihr Gerät braucht Ihre Aufmerksamkeit',
  greeting: 'Guten Tag {name},',
  intro: 'Ihr Gerät „{device}“ erfüllt eine Regel von {organization} nicht:',
  mend: 'Was Sie tun können (auf Englisch):',
  ask: 'Wenn Sie Hilfe brauchen, wenden Sie sich an die Gerätebetreuung von {organization}.',
  short: '{organization}, „{device}“: {rule}',
  rules: {
    enrollment: 'Das Gerät ist nicht vollständig angemeldet.',
    compromised: 'Der Schutz des Betriebssystems wurde aufgehoben.',
    encryption: 'Der Speicher ist nicht verschlüsselt.',
    passcode: 'Es ist kein ausreichender Gerätecode eingerichtet.',
    'screen-lock': 'Der Bildschirm sperrt sich nicht rechtzeitig.',
    'minimum-os': 'Das Betriebssystem ist zu alt.',
    'check-in-age': 'Das Gerät hat sich zu lange nicht gemeldet.',
    'policy-current': 'Das Gerät hat die geltenden Einstellungen noch nicht übernommen.',
    'location-services': 'Die Ortungsdienste sind nicht eingeschaltet.',
    apps: 'Es fehlen Apps, oder es sind nicht erlaubte installiert.',
    roaming: 'Das Gerät ist in einem fremden Netz unterwegs.',
    'data-plan': 'Das Datenvolumen ist fast oder ganz verbraucht.',
    geofence: 'Das Gerät ist nicht an einem erlaubten Ort.',
    'sim-change': 'Die SIM-Karte wurde gewechselt.',
    activesync: 'Der Zugang zur E-Mail ist nicht in Ordnung.',
    'access-restriction': 'Der Zugang ist eingeschränkt.',
    custom: 'Das Gerät erfüllt eine Bedingung nicht.',
  },
};

const languages: Readonly<Record<string, Words>> = { en, de };

function wordsFor(language: string | null): { readonly tag: string; readonly words: Words } {
  const tag = [language ?? '', (language ?? '').split('-')[0] ?? ''].find((each) =>
    Object.hasOwn(languages, each),
  );
  return tag === undefined ? { tag: 'en', words: en } : { tag, words: languages[tag] ?? en };
}

export interface Told {
  readonly language: string | null;
  readonly organization: string;
  readonly device: string;
  readonly name: string;
  readonly kind: RuleKind | undefined;
  readonly summary: string | null;
  readonly remedy: string | null;
}

/** @returns the paragraphs of a letter, its subject, and the same in one short line. */
export function tell(told: Told) {
  const { tag, words } = wordsFor(told.language);
  const rule =
    (told.kind === undefined ? undefined : words.rules?.[told.kind]) ??
    told.summary ??
    'A rule of your organization is not met.';
  const values: Readonly<Record<string, string>> = {
    organization: told.organization,
    device: told.device,
    name: told.name,
    rule,
  };
  const fill = (text: string) =>
    text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => values[name] ?? '').replace(/ ,/, ',');
  return {
    language: tag,
    subject: fill(words.subject),
    paragraphs: [
      fill(words.greeting),
      fill(words.intro),
      rule,
      ...(told.remedy === null ? [] : [`${words.mend} ${told.remedy}`]),
      fill(words.ask),
    ],
    /** With what mends it, where there is room. */
    short: [fill(words.short), told.remedy ?? ''].join(' ').trim(),
  };
}
