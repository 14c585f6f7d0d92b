/** Text that a device or a stranger wrote, taken apart so that nothing in it can pretend to be something else. */

export interface TextPart {
  readonly text: string;
  /** The code point of a character that is not shown but named. */
  readonly hidden?: string;
}

/** Controls, and what turns the direction of writing or joins without being seen. */
const hiddenCharacter = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]/u;

/** Two hundred characters are enough to know a name by. */
export const shownCharacters = 200;

/** @returns the parts to be shown, hidden characters by their number: `U+202E` */
export function plainParts(text: string, limit: number = shownCharacters): readonly TextPart[] {
  const parts: { text: string; hidden?: string }[] = [];
  let run = '';
  // Twice as many units are enough for that many characters.
  const characters = Array.from(text.slice(0, limit * 2)).slice(0, limit);
  for (const character of characters) {
    if (!hiddenCharacter.test(character)) {
      run += character;
      continue;
    }
    if (run !== '') parts.push({ text: run });
    run = '';
    const number = character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '';
    parts.push({ text: character, hidden: `U+${number}` });
  }
  if (run !== '') parts.push({ text: run });
  return parts;
}

/** A text as it is, hidden characters by their number; lines stay lines. */
export function shownText(text: string): string {
  return hiddenCharacter.test(text) ? text.split('\n').map(namedLine).join('\n') : text;
}

function namedLine(line: string): string {
  return plainParts(line, line.length)
    .map((part) => part.hidden ?? part.text)
    .join('');
}

/** In one line of plain characters, for names that assistive technology or a dialog reads out. */
export function plainLine(text: string, limit: number = shownCharacters): string {
  const line = plainParts(text, limit)
    .map((part) => part.hidden ?? part.text)
    .join('');
  return [...text].length > limit ? `${line}…` : line;
}
