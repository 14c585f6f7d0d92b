/** Messages made text in a language. A new language is two tables, one line here and one in languages.ts; the compiler asks for the rest. */
import type { Language } from '../../languages.ts';
import { type Lines, englishLines } from './english-lines.ts';
import { englishMessages } from './english-messages.ts';
import { germanLines } from './german-lines.ts';
import { germanMessages } from './german-messages.ts';
import type { Message, MessageTable } from './message.ts';

interface Wording {
  readonly messages: MessageTable;
  readonly lines: Lines;
  /** For a message that another version of this program has stored, and this one does not know. */
  readonly unknownMessage: string;
}

const wordings: Readonly<Record<Language, Wording>> = {
  en: {
    messages: englishMessages,
    lines: englishLines,
    unknownMessage: 'This was said by another version of the server.',
  },
  de: {
    messages: germanMessages,
    lines: germanLines,
    unknownMessage: 'Das stammt von einer anderen Version des Servers.',
  },
};

export const linesIn = (language: Language): Lines => wordings[language].lines;

/** Full sentences, one after the other; nothing for no message. */
export function render(messages: readonly Message[], language: Language = 'en'): string {
  const { messages: table, unknownMessage } = wordings[language];
  return messages
    .map(([key, ...values]) =>
      Object.hasOwn(table, key) ? (table[key] as (...of: unknown[]) => string)(...values) : unknownMessage,
    )
    .join(' ');
}
