/** Text for peers that count bytes and know one alphabet. Rules, areas and apps carry the names that administrators gave them. */
import { shorten } from './plain-language.ts';

const written: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
};

/** At most `length` printable ASCII characters: letters lose their marks, what has no likeness becomes `?`. */
export function asciiLine(text: string, length: number): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^ -~]/gu, (character) => written[character] ?? '?');
  return shorten(plain, length);
}
