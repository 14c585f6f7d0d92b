// Which passwords are accepted (SP 800-63B-4): long rather than complicated, never forced to change, not what everybody
// tries first. Short ones only where a second factor is enforced.
import { DomainError } from '@gatehouse/core/errors.ts';

export const passwordLength = { minimum: 15, minimumWithSecondFactor: 8, maximum: 256 } as const;

/** What guessers try first, as the words such passwords are made of. */
const commonWords = `
  password passwort passwd pass word parola contrasena motdepasse wachtwoord secret geheim letmein welcome willkommen
  admin administrator root user guest test login signin hello default changeme temp master access superuser server
  qwertyuiop qwertz azerty qwerty asdfghjkl asdfgh asdf zxcvbnm zxcvbn yxcvbnm qazwsx 1q2w3e4r 1qaz2wsx abcdefgh abcd abc
  iloveyou love sunshine princess dragon monkey football baseball basketball soccer hockey michael jordan ashley jessica
  charlie thomas daniel superman batman spiderman starwars pokemon naruto trustno freedom whatever shadow killer pepper
  ginger cookie cheese summer winter spring autumn january february march april june july august september october
  november december monday tuesday wednesday thursday friday saturday sunday computer internet mobile device company
  office work home gatehouse mdm cisco ise
`
  .trim()
  .split(/\s+/);

const sequences = ['01234567890123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];

export interface PasswordContext {
  /** Whether a second factor is enforced for this account. */
  readonly secondFactor: boolean;
  /** Words that an outsider would try for this account: organization, e-mail address, name. */
  readonly words: readonly string[];
}

/** @throws DomainError `invalid-input` with the reason in words. */
export function requireGoodPassword(password: string, context: PasswordContext): void {
  const minimum = context.secondFactor ? passwordLength.minimumWithSecondFactor : passwordLength.minimum;
  const length = [...password].length;
  if (length < minimum) refuse('password-too-short', `The password needs at least ${minimum} characters`);
  if (length > passwordLength.maximum)
    refuse('password-too-long', `The password may have at most ${passwordLength.maximum} characters`);
  if (isEasyToGuess(password, context.words))
    refuse('password-common', 'This password is among the first that anybody would try; choose another');
}

/** True when little is left after taking away what guessers know. */
export function isEasyToGuess(password: string, words: readonly string[]): boolean {
  let rest = password.normalize('NFKC').toLowerCase();
  if (new Set(rest).size < 5) return true;
  const known = [...words.flatMap((word) => word.toLowerCase().split(/[^\p{L}\p{N}]+/u)), ...commonWords];
  // Long words first, so that `password` goes before `pass`.
  for (const word of known.filter((each) => each.length >= 3).sort((a, b) => b.length - a.length)) {
    rest = rest.replaceAll(word, '\n');
  }
  for (const sequence of sequences) rest = withoutRuns(rest, sequence);
  const left = rest.replaceAll(/[^\p{L}\p{N}]/gu, '').replaceAll(/\p{N}{4}/gu, '');
  return new Set(left).size < 4;
}

/** Takes away runs of at least four neighbours of a sequence, in either direction. */
function withoutRuns(text: string, sequence: string): string {
  const backwards = [...sequence].reverse().join('');
  let rest = text;
  for (const line of [sequence, backwards]) {
    for (let length = line.length; length >= 4; length -= 1) {
      for (let start = 0; start + length <= line.length; start += 1) {
        rest = rest.replaceAll(line.slice(start, start + length), '\n');
      }
    }
  }
  return rest;
}

function refuse(reason: string, message: string): never {
  throw new DomainError('invalid-input', message, { reason });
}
