/**
 * What rules say: a key and the values it needs, not a text. It is made for every verdict and stored with it, so it is small and
 * costs nothing; a text is made of it when somebody reads it, in the reader's language (render.ts).
 */
import { englishMessages } from './english-messages.ts';

/** The English table is the list of what can be said, and of the values that each message needs. */
export type MessageTable = typeof englishMessages;
export type MessageKey = keyof MessageTable;

/** Plain data: it is stored as it is. */
export type Message = {
  readonly [K in MessageKey]: readonly [key: K, ...values: Parameters<MessageTable[K]>];
}[MessageKey];

export function say<K extends MessageKey>(key: K, ...values: Parameters<MessageTable[K]>): Message {
  return [key, ...values] as unknown as Message;
}

/** Words that are not ours: an administrator's, or those of a verdict from before there were messages. */
export function inTheirWords(text: string): Message {
  return ['text', { text }];
}

/** Messages that were kept as data; what is none is left out. */
export function readMessages(value: unknown): readonly Message[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (each: unknown): each is Message =>
      Array.isArray(each) && typeof each[0] === 'string' && Object.hasOwn(englishMessages, each[0]),
  );
}
