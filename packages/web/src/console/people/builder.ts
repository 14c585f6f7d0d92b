/**
 * An expression as rows of fact, operator and value, joined by and or by or; and back. What rows cannot show stays text: nothing is
 * lost by looking at it in the other form.
 */
import { quoteText } from '@gatehouse/core/expressions/print.ts';
import { type Node, parseSyntax } from '@gatehouse/core/expressions/syntax.ts';

export type RowOperator =
  | 'is'
  | 'isNot'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'contains'
  | 'startsWith'
  | 'older'
  | 'younger';

export interface BuilderRow {
  readonly name: string;
  readonly operator: RowOperator;
  readonly value: string;
  /** Numbers are written without quotes, versions in their function. */
  readonly kind: 'bool' | 'number' | 'text' | 'version' | 'age';
}

export interface Rows {
  readonly join: 'all' | 'any';
  readonly rows: readonly BuilderRow[];
}

/** undefined: it is more than rows can show. */
export function rowsOf(expression: string): Rows | undefined {
  if (expression.trim() === '') return { join: 'all', rows: [] };
  let tree: Node;
  try {
    tree = parseSyntax(expression);
  } catch {
    return undefined;
  }
  const join = tree.kind === 'any' ? 'any' : 'all';
  const parts = tree.kind === 'any' || tree.kind === 'all' ? tree.operands : [tree];
  const rows = parts.map(rowOf);
  return rows.every((row) => row !== undefined) ? { join, rows } : undefined;
}

export function expressionOf({ join, rows }: Rows): string {
  return rows
    .filter(({ name }) => name !== '')
    .map(textOf)
    .join(join === 'all' ? ' && ' : ' || ');
}

function textOf({ name, operator, value, kind }: BuilderRow): string {
  switch (operator) {
    case 'is':
      return name;
    case 'isNot':
      return `!${name}`;
    case 'contains':
    case 'startsWith':
      return `${name}.${operator}(${quoteText(value)})`;
    case 'older':
    case 'younger':
      return `age("${name}") ${operator === 'older' ? '>' : '<'} duration(${quoteText(value)})`;
    default:
      if (kind === 'version') return `version(${name}) ${operator} version(${quoteText(value)})`;
      return `${name} ${operator} ${kind === 'number' ? (value.trim() === '' ? '0' : value) : quoteText(value)}`;
  }
}

function rowOf(node: Node): BuilderRow | undefined {
  const name = pathOf(node);
  if (name !== undefined) return { name, operator: 'is', value: '', kind: 'bool' };
  if (node.kind === 'unary' && node.operator === '!') {
    const of = pathOf(node.operand);
    return of === undefined ? undefined : { name: of, operator: 'isNot', value: '', kind: 'bool' };
  }
  if (node.kind === 'call') {
    const of = node.of === null ? undefined : pathOf(node.of);
    const [argument] = node.args;
    if (of === undefined || argument?.kind !== 'string') return undefined;
    if (node.name !== 'contains' && node.name !== 'startsWith') return undefined;
    return { name: of, operator: node.name, value: argument.value, kind: 'text' };
  }
  return node.kind === 'binary' ? comparison(node) : undefined;
}

const orders = ['==', '!=', '<', '<=', '>', '>='] as const;
type Order = (typeof orders)[number];
const isOrder = (text: string): text is Order => (orders as readonly string[]).includes(text);

function comparison({ operator, left, right }: Node & { kind: 'binary' }): BuilderRow | undefined {
  if (!isOrder(operator)) return undefined;
  const name = pathOf(left);
  if (name !== undefined) {
    if (right.kind === 'string') {
      if (operator !== '==' && operator !== '!=') return undefined;
      return { name, operator, value: right.value, kind: 'text' };
    }
    if (right.kind === 'int' || right.kind === 'double')
      return { name, operator, value: String(right.value), kind: 'number' };
    return undefined;
  }
  const versioned = calledWith(left, 'version');
  const version = textOfCall(right, 'version');
  if (versioned !== undefined && version !== undefined) {
    const of = pathOf(versioned);
    return of === undefined ? undefined : { name: of, operator, value: version, kind: 'version' };
  }
  const aged = textOfCall(left, 'age');
  const span = textOfCall(right, 'duration');
  if (aged === undefined || span === undefined || (operator !== '>' && operator !== '<')) return undefined;
  return { name: aged, operator: operator === '>' ? 'older' : 'younger', value: span, kind: 'age' };
}

function calledWith(node: Node, name: string): Node | undefined {
  return node.kind === 'call' && node.of === null && node.name === name ? node.args[0] : undefined;
}

function textOfCall(node: Node, name: string): string | undefined {
  const argument = calledWith(node, name);
  return argument?.kind === 'string' ? argument.value : undefined;
}

function pathOf(node: Node): string | undefined {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'select') return undefined;
  const before = pathOf(node.of);
  return before === undefined ? undefined : `${before}.${node.field}`;
}

/** What can be said of a name, by its type. */
export function operatorsOf(name: string, type: string): readonly RowOperator[] {
  if (name === 'contact.made') return ['older', 'younger', 'is', 'isNot'];
  switch (type) {
    case 'bool':
      return ['is', 'isNot', 'older', 'younger'];
    case 'int':
    case 'double':
      return ['==', '!=', '<', '<=', '>', '>='];
    default:
      return name.endsWith('version')
        ? ['<', '<=', '>', '>=', '==', '!=']
        : ['==', '!=', 'contains', 'startsWith'];
  }
}

/** A row for a name and an operator, with the kind that follows from both. */
export function makeRow(name: string, type: string, operator: RowOperator, value: string): BuilderRow {
  const kind =
    operator === 'is' || operator === 'isNot'
      ? 'bool'
      : operator === 'older' || operator === 'younger'
        ? 'age'
        : type === 'int' || type === 'double'
          ? 'number'
          : name.endsWith('version')
            ? 'version'
            : 'text';
  return { name, operator, value: kind === 'bool' ? '' : value, kind };
}
