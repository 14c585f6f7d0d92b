/** The grammar of expressions: text -> tree. Depth is bounded here, so that nothing that follows can run out of stack. */
import { expressionError } from './expression-error.ts';
import { readTokens, type Token } from './tokens.ts';
import { expressionLimits } from './types.ts';

export type Node = { readonly at: number } & (
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'int' | 'double'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'select'; readonly of: Node; readonly field: string }
  | { readonly kind: 'call'; readonly of: Node | null; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: Node }
  | { readonly kind: 'all' | 'any'; readonly operands: readonly Node[] }
  | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'choose'; readonly if: Node; readonly yes: Node; readonly no: Node }
);

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

const relations: readonly string[] = ['==', '!=', '<', '<=', '>', '>=', 'in'];
const keywords: ReadonlySet<string> = new Set(['true', 'false', 'in', 'null']);

/** @throws DomainError `invalid-input` with the position in `detail`. */
export function parseSyntax(source: string): Node {
  if (source.length > expressionLimits.maximumLength) {
    throw expressionError(
      source,
      expressionLimits.maximumLength,
      'it goes on for too long (4096 characters at most)',
    );
  }
  return new Parser(source).whole();
}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = readTokens(source);
  }

  whole(): Node {
    const node = this.#expression();
    if (this.#peek().kind !== 'end')
      throw this.#error(this.#peek().at, 'an operator or the end was expected here');
    return node;
  }

  #expression(): Node {
    return this.#deeper(() => {
      const condition = this.#any();
      const at = this.#peek().at;
      if (!this.#take('?')) return condition;
      const yes = this.#any();
      this.#expect(':');
      return { kind: 'choose', at, if: condition, yes, no: this.#expression() };
    });
  }

  #any(): Node {
    return this.#several('any', '||', () => this.#several('all', '&&', () => this.#relation()));
  }

  #several(kind: 'all' | 'any', operator: string, operand: () => Node): Node {
    const first = operand();
    const operands = [first];
    while (this.#take(operator)) operands.push(operand());
    return operands.length === 1 ? first : { kind, at: first.at, operands };
  }

  #relation(): Node {
    return this.#binary(relations, () =>
      this.#binary(['+', '-'], () => this.#binary(['*', '/', '%'], () => this.#unary())),
    );
  }

  /** Left to right. Each step of a chain makes the tree deeper, so it counts. */
  #binary(operators: readonly string[], operand: () => Node): Node {
    let left = operand();
    for (let links = 1; ; links += 1) {
      const token = this.#peek();
      const operator = 'text' in token && operators.includes(token.text) ? token.text : undefined;
      if (operator === undefined) return left;
      if (this.#depth + links > expressionLimits.maximumDepth)
        throw this.#error(token.at, 'this is nested too deeply');
      this.#next += 1;
      left = { kind: 'binary', at: token.at, operator: operator as BinaryOperator, left, right: operand() };
    }
  }

  #unary(): Node {
    const { at } = this.#peek();
    const operator = this.#take('!') ? '!' : this.#take('-') ? '-' : undefined;
    if (operator === undefined) return this.#member();
    return this.#deeper(() => ({ kind: 'unary', at, operator, operand: this.#unary() }));
  }

  #member(): Node {
    let node = this.#primary();
    for (let links = 1; ; links += 1) {
      const { at } = this.#peek();
      if (this.#depth + links > expressionLimits.maximumDepth)
        throw this.#error(at, 'this is nested too deeply');
      if (this.#take('['))
        throw this.#error(at, 'items of lists are reached with exists, all and filter only');
      if (!this.#take('.')) return node;
      const field = this.#name();
      node = this.#take('(')
        ? { kind: 'call', at, of: node, name: field, args: this.#list(')') }
        : { kind: 'select', at, of: node, field };
    }
  }

  #primary(): Node {
    const token = this.#peek();
    const { at } = token;
    this.#next += 1;
    switch (token.kind) {
      case 'string':
        return { kind: 'string', at, value: token.value };
      case 'int':
      case 'double':
        return { kind: token.kind, at, value: token.value };
      case 'end':
        throw this.#error(at, 'something is missing here');
      case 'sign': {
        if (token.text === '[') return { kind: 'list', at, items: this.#deeper(() => this.#list(']')) };
        if (token.text !== '(') throw this.#error(at, 'a value was expected here');
        const inner = this.#expression();
        this.#expect(')');
        return inner;
      }
      case 'name': {
        const { text } = token;
        if (text === 'true' || text === 'false') return { kind: 'bool', at, value: text === 'true' };
        if (text === 'null')
          throw this.#error(at, 'there is no null here: ask has(…) whether something is known');
        if (text === 'in') throw this.#error(at, 'a value was expected here');
        return this.#take('(')
          ? { kind: 'call', at, of: null, name: text, args: this.#list(')') }
          : { kind: 'name', at, name: text };
      }
      default:
        return token satisfies never;
    }
  }

  #list(end: ')' | ']'): readonly Node[] {
    const items: Node[] = [];
    while (!this.#take(end)) {
      if (items.length > 0) this.#expect(',');
      items.push(this.#expression());
    }
    return items;
  }

  #name(): string {
    const token = this.#peek();
    if (token.kind !== 'name' || keywords.has(token.text))
      throw this.#error(token.at, 'a name was expected here');
    this.#next += 1;
    return token.text;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', at: this.#source.length };
  }

  #take(sign: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#next += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) throw this.#error(this.#peek().at, `"${sign}" was expected here`);
  }

  #deeper<Result>(read: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > expressionLimits.maximumDepth)
      throw this.#error(this.#peek().at, 'this is nested too deeply');
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #error(at: number, problem: string) {
    return expressionError(this.#source, at, problem);
  }
}
