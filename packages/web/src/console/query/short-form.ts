/**
 * What people type to find devices, and the expression that it stands for. Words are looked for in names and identifiers;
 * `key:value`, `key<value`, `-key:value`, `key:(a b)`, `OR` and brackets become conditions; what begins with `=` is an expression
 * already. A part that is not understood says so and where; nothing is guessed.
 */
import { quoteText } from '@gatehouse/core/expressions/print.ts';
import type { NameInfo } from './known.ts';
import { conditionOf, type Operator, type Trouble } from './conditions.ts';

export interface Chip {
  /** As it was typed. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export interface Problem extends Trouble {
  readonly from: number;
  readonly to: number;
}

export interface Understood {
  /** Words, for the search over names and identifiers. */
  readonly search: string;
  /** '' where there is no condition. */
  readonly expression: string;
  readonly chips: readonly Chip[];
  readonly problems: readonly Problem[];
}

export function readShortForm(text: string, names: ReadonlyMap<string, NameInfo>): Understood {
  const raw = /^\s*=/.exec(text);
  if (raw !== null) {
    const expression = text.slice(raw[0].length).trim();
    const chips = expression === '' ? [] : [{ text: expression, from: 0, to: text.length }];
    return { search: '', expression, chips, problems: [] };
  }
  return new Reader(text, names).read();
}

/** Without the part that a chip stands for. */
export function withoutChip(text: string, { from, to }: Pick<Chip, 'from' | 'to'>): string {
  return `${text.slice(0, from).trimEnd()} ${text.slice(to).trimStart()}`.trim();
}

/** One more condition; what is there stays. */
export function withClause(text: string, clause: string): string {
  const before = text.trim();
  return before === '' ? clause : `${before} ${clause}`;
}

interface Part {
  /** undefined: words, which are looked for elsewhere. */
  readonly condition: string | undefined;
  readonly from: number;
  readonly to: number;
}

const operators: readonly Operator[] = ['<=', '>=', ':', '<', '>', '='];

class Reader {
  readonly #text: string;
  readonly #names: ReadonlyMap<string, NameInfo>;
  readonly #problems: Problem[] = [];
  #at = 0;
  #depth = 0;

  constructor(text: string, names: ReadonlyMap<string, NameInfo>) {
    this.#text = text;
    this.#names = names;
  }

  read(): Understood {
    const words: string[] = [];
    const chips: Chip[] = [];
    const conditions: string[] = [];
    for (;;) {
      this.#blank();
      if (this.#at >= this.#text.length) break;
      const begin = this.#at;
      if (this.#text[this.#at] === ')') {
        this.#at += 1;
        this.#problem('bracket', begin);
        continue;
      }
      const part = this.#alternatives();
      const text = this.#text.slice(part.from, part.to);
      if (part.condition === undefined) words.push(text);
      else if (part.condition !== '') conditions.push(part.condition);
      chips.push({ text, from: part.from, to: part.to });
    }
    return {
      search: words.join(' '),
      expression: conditions.map((condition) => bracketed(condition, conditions.length > 1)).join(' && '),
      chips,
      problems: this.#problems,
    };
  }

  /** `a OR b`: binds tighter than the blank between conditions, as people mean it. */
  #alternatives(): Part {
    const first = this.#one();
    const parts = [first];
    for (;;) {
      const before = this.#at;
      this.#blank();
      if (!/^OR(?=\s|\()/.test(this.#text.slice(this.#at, this.#at + 3))) {
        this.#at = before;
        break;
      }
      this.#at += 2;
      this.#blank();
      if (this.#at >= this.#text.length) break;
      parts.push(this.#one());
    }
    if (parts.length === 1) return first;
    return { condition: this.#joined(parts, ' || '), from: first.from, to: this.#at };
  }

  #joined(parts: readonly Part[], by: string): string {
    const conditions = parts.map((part) => part.condition ?? this.#wordAsCondition(part));
    return conditions
      .filter((condition) => condition !== '')
      .map((condition) => bracketed(condition, conditions.length > 1))
      .join(by);
  }

  /** A word that cannot go to the search, because it is one of several possibilities: part of the name then. */
  #wordAsCondition({ from, to }: Part): string {
    const word = unquoted(this.#text.slice(from, to)).toLowerCase();
    return `device.name.lowerAscii().contains(${quoteText(word)})`;
  }

  #one(): Part {
    const from = this.#at;
    const isNot = this.#text[from] === '-' && /\S/.test(this.#text[from + 1] ?? '');
    if (isNot) this.#at += 1;
    const inner = this.#text[this.#at] === '(' ? this.#group() : this.#clauseOrWord();
    if (!isNot) return { ...inner, from };
    const condition = inner.condition ?? this.#wordAsCondition(inner);
    return { condition: condition === '' ? '' : `!(${condition})`, from, to: this.#at };
  }

  #group(): Part {
    const from = this.#at;
    this.#at += 1;
    this.#depth += 1;
    const parts: Part[] = [];
    for (;;) {
      this.#blank();
      if (this.#at >= this.#text.length || this.#depth > 10) {
        this.#problem('bracket', from);
        this.#at = this.#text.length;
        break;
      }
      if (this.#text[this.#at] === ')') {
        this.#at += 1;
        break;
      }
      parts.push(this.#alternatives());
    }
    this.#depth -= 1;
    return { condition: this.#joined(parts, ' && '), from, to: this.#at };
  }

  #clauseOrWord(): Part {
    const from = this.#at;
    const key = /^[A-Za-z_][\w.-]*/.exec(this.#text.slice(from))?.[0] ?? '';
    const operator = operators.find((each) => key !== '' && this.#text.startsWith(each, from + key.length));
    // What looks like an address of an adapter or a page is a word.
    const isWord = operator === undefined || /^(?:[0-9a-f]{2}:){2}/i.test(this.#text.slice(from, from + 6));
    if (isWord) {
      this.#value();
      // A sign that begins nothing is passed over.
      if (this.#at === from) this.#at += 1;
      return { condition: undefined, from, to: this.#at };
    }
    this.#at = from + key.length + operator.length;
    const values = this.#text[this.#at] === '(' ? this.#values() : [this.#value()];
    const to = this.#at;
    const conditions = values.map((value) => {
      const read = conditionOf(key.toLowerCase(), operator, value, this.#names);
      if (typeof read === 'string') return read;
      this.#problems.push({ ...read, from, to });
      return '';
    });
    const known = conditions.filter((condition) => condition !== '');
    return {
      condition: known.map((condition) => bracketed(condition, known.length > 1)).join(' || '),
      from,
      to,
    };
  }

  #values(): readonly string[] {
    const from = this.#at;
    this.#at += 1;
    const values: string[] = [];
    for (;;) {
      this.#blank();
      if (this.#at >= this.#text.length) {
        this.#problem('bracket', from);
        break;
      }
      if (this.#text[this.#at] === ')') {
        this.#at += 1;
        break;
      }
      const before = this.#at;
      values.push(this.#value());
      if (this.#at === before) this.#at += 1;
    }
    return values;
  }

  /** Up to the next blank or bracket, or between quotes. */
  #value(): string {
    const rest = this.#text.slice(this.#at);
    const quoted = /^"([^"]*)("?)/.exec(rest);
    if (quoted !== null) {
      if (quoted[2] === '') this.#problem('quote', this.#at);
      this.#at += quoted[0].length;
      return quoted[1] ?? '';
    }
    const plain = /^[^\s()]+/.exec(rest)?.[0] ?? '';
    this.#at += plain.length;
    return plain;
  }

  #blank(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #problem(kind: Trouble['kind'], from: number): void {
    this.#problems.push({ kind, slots: {}, from, to: this.#text.length });
  }
}

const unquoted = (text: string): string => text.replaceAll('"', '');

/** Brackets only where something else stands beside it. */
function bracketed(condition: string, beside: boolean): string {
  return beside && / (?:\|\||&&) /.test(condition) ? `(${condition})` : condition;
}
