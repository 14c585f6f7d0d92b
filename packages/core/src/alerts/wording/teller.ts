/** What alerts quote of other things, in the reader's language. */
import { isCommandName } from '../../commands/catalogue.ts';
import { commandTitle } from '../../commands/title.ts';
import { isRuleKind } from '../../compliance/rule-kind.ts';
import type { Message } from '../../compliance/wording/message.ts';
import { linesIn, render } from '../../compliance/wording/render.ts';
import type { Language } from '../../languages.ts';
import { type ProbeWay, probeWays } from '../../mail/probe-result.ts';
import { nameWays } from '../../mail/probe-wording.ts';
import { type PlaybookName, playbookNames, type StepKind, stepCatalogue } from '../../playbooks/playbook.ts';
import { inLanguage } from '../../sentences/sentence.ts';

export interface Teller {
  commandTitle(name: string): string;
  ruleTitle(kind: string): string;
  playbookName(name: string): string;
  stepTitle(kind: string): string;
  ways(ways: readonly string[]): string;
  render(messages: readonly Message[]): string;
  /** Who acted, by reference: `administrator:0193…`. */
  actor(reference: string): string;
  /** A sentence of the server's own. */
  told(sentence: string): string;
}

const playbooks: Readonly<Record<Language, Readonly<Record<PlaybookName, string>>>> = {
  en: { stolen: 'stolen', lost: 'lost', secure: 'secure', found: 'found' },
  de: { stolen: 'Gestohlen', lost: 'Verloren', secure: 'Gesicherte Gruppe', found: 'Gefunden' },
};

type ActorWords = Readonly<Record<string, string>>;

const actors: Readonly<Record<Language, ActorWords>> = {
  en: {
    administrator: 'an administrator',
    token: 'an API token',
    user: 'a user',
    local: 'the operator of the server',
    system: 'Gatehouse itself',
  },
  de: {
    administrator: 'jemand aus der Administration',
    token: 'ein Zugriffstoken',
    user: 'ein Benutzer',
    local: 'der Betreiber des Servers',
    system: 'Gatehouse selbst',
  },
};

function actorIn(language: Language, reference: string): string {
  const [kind = '', id = ''] = reference.split(':');
  const words = actors[language];
  if (!Object.hasOwn(words, kind)) return reference;
  // There is one of these; of the others the id says which.
  return kind === 'local' || kind === 'system' ? (words[kind] ?? '') : `${words[kind]} (${id})`;
}

const isPlaybook = (name: string): name is PlaybookName => playbookNames.some((each) => each === name);
const isStep = (kind: string): kind is StepKind => Object.hasOwn(stepCatalogue, kind);
const isWay = (way: string): way is ProbeWay => probeWays.some((each) => each === way);

/** A word that this version does not know is told as it is. */
export const tellerIn = (language: Language): Teller => ({
  commandTitle: (name) => (isCommandName(name) ? commandTitle(name, language) : name),
  ruleTitle: (kind) => (isRuleKind(kind) ? linesIn(language).titles[kind] : kind),
  playbookName: (name) => (isPlaybook(name) ? playbooks[language][name] : name),
  stepTitle: (kind) => (isStep(kind) ? inLanguage(stepCatalogue[kind].title, language) : kind),
  ways: (ways) => nameWays(ways.filter(isWay), language),
  actor: (reference) => actorIn(language, reference),
  render: (messages) => render(messages, language),
  told: (sentence) => inLanguage(sentence, language),
});
