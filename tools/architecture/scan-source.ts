/**
 * A small reader of TypeScript text that knows just enough to be right about imports: comments, strings, templates and
 * regular expressions. TypeScript 7 offers no compiler API, and a full parser would be a large dependency for this.
 */

export interface Import {
  readonly specifier: string;
  /** what stands between `import` and `from`, such as `{ isIP }` */
  readonly clause: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

export interface Literal {
  readonly text: string;
  readonly line: number;
  /** position of the opening quote in the source */
  readonly offset: number;
  readonly kind: 'string' | 'template';
  /** sources of the `${…}` of a template; in `text` each stands as `${}` */
  readonly interpolations: readonly string[];
}

export interface Scan {
  /** the source with comments, and the contents of strings and regular expressions, made blank; same length */
  readonly code: string;
  readonly literals: readonly Literal[];
  readonly imports: readonly Import[];
}

export function scanSource(source: string): Scan {
  const reader = new Reader(source);
  reader.readCode(0, false);
  const code = reader.blanked.join('');
  const literals = reader.literals.sort((a, b) => a.offset - b.offset);
  return { code, literals, imports: findImports(code, literals) };
}

/** After one of these a slash begins a regular expression and is no division. */
const beforeRegex =
  /(?:^|[=(,[{};:!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield))\s*$/;

class Reader {
  readonly literals: Literal[] = [];
  readonly blanked: string[];
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
    this.blanked = source.split('');
  }

  /** @returns the position after the code; within a template, that of the closing brace */
  readCode(start: number, inTemplate: boolean): number {
    const source = this.#source;
    let depth = 0;
    let at = start;
    while (at < source.length) {
      const char = source[at] ?? '';
      const next = source[at + 1];
      if (char === '/' && next === '/') at = this.#skip(at, this.#endOf('\n', at));
      else if (char === '/' && next === '*') at = this.#skip(at, this.#endOf('*/', at + 2) + 2);
      else if (char === "'" || char === '"') at = this.#readString(at, char);
      else if (char === '`') at = this.#readTemplate(at);
      else if (char === '/' && beforeRegex.test(this.#codeBefore(at))) at = this.#readRegex(at);
      else if (char === '{') {
        depth += 1;
        at += 1;
      } else if (char === '}') {
        if (inTemplate && depth === 0) return at;
        depth -= 1;
        at += 1;
      } else at += 1;
    }
    return at;
  }

  /** enough of what stands before, without comments, to tell a regular expression from a division */
  #codeBefore(at: number): string {
    return this.blanked.slice(Math.max(0, at - 200), at).join('');
  }

  #endOf(mark: string, from: number): number {
    const end = this.#source.indexOf(mark, from);
    return end < 0 ? this.#source.length : end;
  }

  #skip(from: number, to: number): number {
    for (let at = from; at < to && at < this.#source.length; at += 1) {
      if (this.#source[at] !== '\n') this.blanked[at] = ' ';
    }
    return to;
  }

  #readString(start: number, quote: string): number {
    let at = start + 1;
    while (at < this.#source.length && this.#source[at] !== quote && this.#source[at] !== '\n') {
      at += this.#source[at] === '\\' ? 2 : 1;
    }
    this.#add('string', start, this.#source.slice(start + 1, at), []);
    this.#skip(start + 1, at);
    return at + 1;
  }

  #readTemplate(start: number): number {
    const interpolations: string[] = [];
    let text = '';
    let at = start + 1;
    let from = at;
    while (at < this.#source.length && this.#source[at] !== '`') {
      if (this.#source[at] === '\\') at += 2;
      else if (this.#source[at] === '$' && this.#source[at + 1] === '{') {
        text += this.#source.slice(from, at);
        this.#skip(from, at);
        const end = this.readCode(at + 2, true);
        interpolations.push(this.#source.slice(at + 2, end).trim());
        text += '${}';
        at = end + 1;
        from = at;
      } else at += 1;
    }
    text += this.#source.slice(from, at);
    this.#skip(from, at);
    this.#add('template', start, text, interpolations);
    return at + 1;
  }

  #readRegex(start: number): number {
    let at = start + 1;
    let inClass = false;
    while (at < this.#source.length && this.#source[at] !== '\n') {
      const char = this.#source[at];
      if (char === '\\') at += 1;
      else if (char === '[') inClass = true;
      else if (char === ']') inClass = false;
      else if (char === '/' && !inClass) break;
      at += 1;
    }
    this.#skip(start + 1, at);
    return at + 1;
  }

  #add(kind: Literal['kind'], offset: number, text: string, interpolations: string[]): void {
    this.literals.push({ kind, offset, text, interpolations, line: lineAt(this.#source, offset) });
  }
}

export function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** `import … from '…'`, `export … from '…'`, `import '…'`, `import('…')`; what stands between has no quotes. */
const importStatement =
  /(?<![.\w$])(?:(import|export)\s+(type\s)?([^'"`;()=]*?)\bfrom\s*|import\s*\(\s*|import\s*)(?=['"`])/g;

function findImports(code: string, literals: readonly Literal[]): Import[] {
  const byOffset = new Map(literals.map((literal) => [literal.offset, literal]));
  const imports: Import[] = [];
  for (const match of code.matchAll(importStatement)) {
    const literal = byOffset.get(match.index + match[0].length);
    if (literal === undefined || literal.interpolations.length > 0) continue;
    imports.push({
      specifier: literal.text,
      clause: match[3]?.trim() ?? '',
      line: literal.line,
      typeOnly: match[2] !== undefined,
    });
  }
  return imports;
}
