// What modules need of whoever sends text messages to telephones: the port that a provider fills.

export interface TextMessage {
  /** In international form: + and digits. */
  readonly to: string;
  readonly text: string;
  /** The same for every attempt, so that a provider can tell a repetition. */
  readonly messageId: string;
}

/** The provider will never send this message: no such number, refused content. */
export class TextRefused extends Error {
  override readonly name = 'TextRefused';
}

/** @throws TextRefused when trying again is useless; any other error when it may help. */
export type SendText = (message: TextMessage) => Promise<void>;

/** As people and devices write numbers; undefined for what cannot be dialled from everywhere. */
export function internationalNumber(text: string): string | undefined {
  const digits = text.replaceAll(/[\s().\-/]/g, '');
  return /^\+[1-9][0-9]{6,14}$/.test(digits) ? digits : undefined;
}
