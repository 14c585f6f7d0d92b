/** Comparisons, arithmetic and logic: which types they take, and what they do. */
import { compareVersions, type Version } from '../version.ts';
import { Fault, type Run } from './run.ts';
import type { BinaryOperator, Node } from './syntax.ts';
import type { Compiling, Typed } from './typed.ts';
import { bool, type ExpressionType, string, typeName } from './types.ts';

type Kind = ExpressionType['kind'];

const isNumber = (kind: Kind): boolean => kind === 'int' || kind === 'double';
const isComparable = (a: Kind, b: Kind): boolean =>
  (isNumber(a) && isNumber(b)) || (a === b && a !== 'list' && a !== 'object');

const longestText = 4_096;
const tooLarge = new Fault('A number became too large.');
const tooLong = new Fault('A text became too long.');
const byZero = new Fault('Something was divided by zero.');

export function binary(
  compiler: Compiling,
  node: Node & { kind: 'binary' },
  left: Typed,
  right: Typed,
): Typed {
  const { operator } = node;
  const wrong = (): never => {
    throw compiler.error(
      node,
      `"${operator}" cannot join ${typeName(left.type)} and ${typeName(right.type)}`,
    );
  };
  if (operator === 'in') {
    if (right.type.kind !== 'list' || !isComparable(left.type.kind, right.type.item.kind)) return wrong();
    const equals = equality(left.type.kind);
    return combined(bool, left, right, right.type.maximumCount, (value, items, step) => {
      const list = items as readonly unknown[];
      step(list.length);
      return list.some((item) => equals(value, item));
    });
  }
  if (isArithmetic(operator)) {
    const isText = operator === '+' && left.type.kind === 'string';
    if (left.type.kind !== right.type.kind || !(isText || isNumber(left.type.kind))) return wrong();
    if (isText) return combined(string, left, right, 1, (a, b) => joined(a as string, b as string));
    const compute = arithmetic[operator];
    const isWhole = left.type.kind === 'int';
    return combined(left.type, left, right, 1, (a, b) => compute(a as number, b as number, isWhole));
  }
  if (!isComparable(left.type.kind, right.type.kind)) return wrong();
  if (left.type.kind === 'duration') rememberNothing(compiler, node, left, right);
  if (operator === '==' || operator === '!=') {
    const equals = equality(left.type.kind);
    return combined(bool, left, right, 1, (a, b) => equals(a, b) === (operator === '=='));
  }
  if (left.type.kind === 'bool') return wrong();
  const compare = order(left.type.kind);
  return combined(bool, left, right, 1, (a, b) => holds[operator](compare(a, b)));
}

/** Two spans that are both written down compare alike for ever: certainly not what was meant. */
function rememberNothing(compiler: Compiling, node: Node, left: Typed, right: Typed): void {
  if (left.literal !== undefined && right.literal !== undefined)
    throw compiler.error(node, 'these two spans are always the same; compare one with age(…)');
}

function combined(
  type: ExpressionType,
  left: Typed,
  right: Typed,
  cost: number,
  apply: (a: unknown, b: unknown, step: (count: number) => void) => unknown,
): Typed {
  return {
    type,
    cost: cost + left.cost + right.cost,
    run: (frame) => {
      frame.step();
      const a = left.run(frame);
      if (a instanceof Fault) return a;
      const b = right.run(frame);
      if (b instanceof Fault) return b;
      return apply(a, b, (count) => frame.step(count));
    },
  };
}

type Arithmetic = '+' | '-' | '*' | '/' | '%';

function isArithmetic(operator: BinaryOperator): operator is Arithmetic {
  return Object.hasOwn(arithmetic, operator);
}

function bounded(value: number, isWhole: boolean): number | Fault {
  const good = isWhole ? Number.isSafeInteger(value) : Number.isFinite(value);
  // -0 is no whole number of CEL's.
  return good ? value + 0 : tooLarge;
}

const arithmetic: Readonly<Record<Arithmetic, (a: number, b: number, isWhole: boolean) => number | Fault>> = {
  '+': (a, b, isWhole) => bounded(a + b, isWhole),
  '-': (a, b, isWhole) => bounded(a - b, isWhole),
  '*': (a, b, isWhole) => bounded(a * b, isWhole),
  '/': (a, b, isWhole) => (b === 0 ? byZero : bounded(isWhole ? Math.trunc(a / b) : a / b, isWhole)),
  '%': (a, b, isWhole) => (b === 0 ? byZero : bounded(a % b, isWhole)),
};

const joined = (a: string, b: string): string | Fault =>
  a.length + b.length > longestText ? tooLong : a + b;

const holds: Readonly<Record<'<' | '<=' | '>' | '>=', (order: number) => boolean>> = {
  '<': (value) => value < 0,
  '<=': (value) => value <= 0,
  '>': (value) => value > 0,
  '>=': (value) => value >= 0,
};

function equality(kind: Kind): (a: unknown, b: unknown) => boolean {
  return kind === 'version' ? (a, b) => compareVersions(a as Version, b as Version) === 0 : (a, b) => a === b;
}

function order(kind: Kind): (a: unknown, b: unknown) => number {
  if (kind === 'version') return (a, b) => compareVersions(a as Version, b as Version);
  if (kind === 'string') return (a, b) => ((a as string) < (b as string) ? -1 : a === b ? 0 : 1);
  return (a, b) => (a as number) - (b as number);
}

/** `false` decides for `&&`, `true` for `||`, whatever is not known beside it. */
export function logical(
  compiler: Compiling,
  node: Node & { kind: 'all' | 'any' },
  operands: readonly Typed[],
): Typed {
  for (const [index, { type }] of operands.entries()) {
    if (type.kind !== 'bool') {
      throw compiler.error(
        node.operands[index] ?? node,
        `this has the type ${typeName(type)}; true or false is needed`,
      );
    }
  }
  const deciding = node.kind === 'any';
  const runs: readonly Run[] = operands.map(({ run }) => run);
  return {
    type: bool,
    cost: operands.reduce((sum, { cost }) => sum + cost + 1, 0),
    run: (frame) => {
      let fault: Fault | undefined;
      for (const run of runs) {
        frame.step();
        const value = run(frame);
        if (value === deciding) return deciding;
        if (value instanceof Fault) fault = value;
      }
      return fault ?? !deciding;
    },
  };
}

export function negate(compiler: Compiling, node: Node & { kind: 'unary' }, operand: Typed): Typed {
  const { operator } = node;
  const { kind } = operand.type;
  if (operator === '!' ? kind !== 'bool' : !isNumber(kind)) {
    throw compiler.error(node, `"${operator}" cannot stand before a value of type ${typeName(operand.type)}`);
  }
  return {
    type: operand.type,
    cost: operand.cost + 1,
    run: (frame) => {
      frame.step();
      const value = operand.run(frame);
      if (value instanceof Fault) return value;
      return operator === '!' ? value !== true : 0 - (value as number);
    },
  };
}
