/** The words of an expression. Total: any text gives tokens or an error with its position. */
import { expressionError } from './expression-error.ts';

export type Token = { readonly at: number } & (
  | { readonly kind: 'name' | 'sign'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'int' | 'double'; readonly value: number }
  | { readonly kind: 'end' }
);

const signs = ['&&', '||', '==', '!=', '<=', '>=', ...'<>!?:()[].,+-*/%'];
const blank = /(?:\s|\/\/[^\n]*)+/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /0x[0-9A-Fa-f]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

export function readTokens(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  for (;;) {
    at += match(blank)?.length ?? 0;
    if (at >= source.length) return [...tokens, { kind: 'end', at: source.length }];
    const [word, digits] = [match(name), match(number)];
    const sign = signs.find((each) => source.startsWith(each, at));
    const quoted = readString(source, at);
    if (quoted !== undefined) {
      tokens.push({ kind: 'string', value: quoted.value, at });
      at = quoted.end;
    } else if (word !== undefined) {
      tokens.push({ kind: 'name', text: word, at });
      at += word.length;
    } else if (digits !== undefined) {
      const kind = /^0x|^\d+$/.test(digits) ? 'int' : 'double';
      const value = Number(digits);
      const isGood = kind === 'int' ? Number.isSafeInteger(value) : Number.isFinite(value);
      if (!isGood) throw expressionError(source, at, 'this number is too large');
      tokens.push({ kind, value, at });
      at += digits.length;
    } else if (sign !== undefined) {
      tokens.push({ kind: 'sign', text: sign, at });
      at += sign.length;
    } else {
      throw expressionError(source, at, 'this character has no meaning here');
    }
  }
}

/** `"…"`, `'…'`, and both with an `r` before them, which leaves backslashes alone. */
function readString(source: string, start: number): { value: string; end: number } | undefined {
  const raw = source[start] === 'r' || source[start] === 'R';
  const open = raw ? start + 1 : start;
  const quote = source[open];
  if (quote !== '"' && quote !== "'") return undefined;
  let value = '';
  for (let at = open + 1; at < source.length; at += 1) {
    const character = source[at] ?? '';
    if (character === quote) return { value, end: at + 1 };
    if (character === '\n') break;
    if (character !== '\\' || raw) {
      value += character;
      continue;
    }
    const next = source[at + 1] ?? '';
    const code = /^u[0-9A-Fa-f]{4}/.exec(source.slice(at + 1, at + 6))?.[0];
    const escaped = simpleEscapes[next] ?? (code && String.fromCharCode(Number.parseInt(code.slice(1), 16)));
    if (escaped === undefined) throw expressionError(source, at, 'this escape is not known');
    value += escaped;
    at += code === undefined ? 1 : code.length;
  }
  throw expressionError(source, start, 'this text is not closed');
}
