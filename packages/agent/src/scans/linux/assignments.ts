/**
 * Reads the `NAME=value` files that Linux is full of: os-release(5), uevent, login.defs, pwquality.conf. They differ in
 * the separator and in quoting, not in kind.
 */
export interface AssignmentSyntax {
  /** `=`: NAME=value. `space`: NAME value (login.defs). */
  readonly separator: '=' | 'space';
}

const maximumLines = 10_000;

/** Later lines win, as in the programs that read these files. Lines without a name are passed over. */
export function parseAssignments(
  text: string,
  { separator }: AssignmentSyntax = { separator: '=' },
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const rawLine of text.split('\n', maximumLines)) {
    const line = rawLine.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) continue;
    const at = separator === '=' ? line.indexOf('=') : line.search(/[ \t]/);
    // A bare word is a switch that is on (pwquality.conf: `enforce_for_root`).
    const name = (at < 0 ? line : line.slice(0, at)).trim();
    const value = at < 0 ? '' : line.slice(at + 1).trim();
    if (name !== '') values.set(name, unquote(value));
  }
  return values;
}

function unquote(value: string): string {
  const quote = value[0];
  if ((quote !== '"' && quote !== "'") || value.length < 2 || !value.endsWith(quote)) return value;
  const inner = value.slice(1, -1);
  return quote === '"' ? inner.replaceAll(/\\(["$`\\])/g, '$1') : inner;
}

/** A decimal integer and nothing else; undefined otherwise. */
export function parseInteger(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?[0-9]{1,15}$/.test(text)) return undefined;
  return Number(text);
}
