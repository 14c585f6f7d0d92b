/**
 * From a tree to a function, with every type known beforehand: what compiles cannot meet a type that it does not expect, save
 * where a device's own values are wrong, and those count as not known. Names lead only to what the environment lists, and
 * fields of items only to their own properties, so nothing reaches the host (CEL-04).
 */
import { compileCall } from './calls.ts';
import { expressionError } from './expression-error.ts';
import { binary, logical, negate } from './operators.ts';
import { Fault, Frame, type Run, TooCostly } from './run.ts';
import { type Compiling, isOfType, type Typed } from './typed.ts';
import { type Node, parseSyntax } from './syntax.ts';
import {
  bool,
  double,
  type Environment,
  type ExpressionType,
  type ExpressionValues,
  expressionLimits,
  int,
  string,
  typeName,
} from './types.ts';

export interface Compiled {
  readonly source: string;
  /** The names of the environment that it reads, each once. */
  readonly reads: readonly string[];
  /** Those whose age it asks for, and the spans, in ms, that it names: between them lies every moment at which time alone changes the answer. */
  readonly ages: readonly string[];
  readonly spans: readonly number[];
  readonly run: Run;
}

export type Result = boolean | { readonly error: string };

/** @throws DomainError `invalid-input` when it cannot be read, has the wrong type or costs too much; the position is in `detail`. */
export function compileExpression(source: string, environment: Environment): Compiled {
  const compiler = new Compiler(source, environment);
  const root = compiler.compile(parseSyntax(source));
  if (root.type.kind !== 'bool') {
    throw expressionError(
      source,
      0,
      `it gives a value of type ${typeName(root.type)}; true or false is needed`,
    );
  }
  if (root.cost > expressionLimits.maximumEstimate) {
    throw expressionError(
      source,
      0,
      `it is too costly: up to ${root.cost} steps where ${expressionLimits.maximumEstimate} are allowed; lists within lists multiply`,
    );
  }
  const { reads, ages, spans } = compiler;
  return { source, reads: [...reads], ages: [...ages], spans: [...spans], run: root.run };
}

/** Never throws and never takes longer than its limits; what cannot be told is an error, which is neither true nor false (CEL-02). */
export function evaluateExpression(compiled: Compiled, values: ExpressionValues): Result {
  try {
    const value = compiled.run(new Frame(values));
    if (typeof value === 'boolean') return value;
    return { error: value instanceof Fault ? value.reason : 'The expression gives no answer.' };
  } catch (error) {
    if (error instanceof TooCostly) return { error: error.message };
    throw error;
  }
}

class Compiler implements Compiling {
  readonly source: string;
  readonly environment: Environment;
  readonly reads = new Set<string>();
  readonly ages = new Set<string>();
  readonly spans = new Set<number>();
  /** Variables of macros, innermost last; the index is the place in `Frame.locals`. */
  readonly #locals: { readonly name: string; readonly type: ExpressionType }[] = [];

  constructor(source: string, environment: Environment) {
    this.source = source;
    this.environment = environment;
  }

  compile(node: Node): Typed {
    switch (node.kind) {
      case 'bool':
        return literal(bool, node.value);
      case 'int':
        return literal(int, node.value);
      case 'double':
        return literal(double, node.value);
      case 'string':
        return literal(string, node.value);
      case 'name':
      case 'select':
        return this.#named(node) ?? this.#field(node);
      case 'list':
        return this.#list(node);
      case 'call':
        return compileCall(this, node);
      case 'unary':
        return negate(this, node, this.compile(node.operand));
      case 'all':
      case 'any':
        return logical(
          this,
          node,
          node.operands.map((operand) => this.compile(operand)),
        );
      case 'binary':
        return binary(this, node, this.compile(node.left), this.compile(node.right));
      case 'choose':
        return this.#choose(node);
      default:
        return node satisfies never;
    }
  }

  /** The body of a macro, which sees one variable more. */
  within(name: string, type: ExpressionType, body: Node): { readonly slot: number; readonly body: Typed } {
    const slot = this.#locals.length;
    this.#locals.push({ name, type });
    const compiled = this.compile(body);
    this.#locals.pop();
    return { slot, body: compiled };
  }

  error(node: { readonly at: number }, problem: string) {
    return expressionError(this.source, node.at, problem);
  }

  /** The dotted name that a node spells out, unless it begins with the variable of a macro. */
  pathOf(node: Node): string | undefined {
    if (node.kind === 'name') return this.#local(node.name) === -1 ? node.name : undefined;
    if (node.kind !== 'select') return undefined;
    const before = this.pathOf(node.of);
    return before === undefined ? undefined : `${before}.${node.field}`;
  }

  #local(name: string): number {
    return this.#locals.findLastIndex((local) => local.name === name);
  }

  #named(node: Node & { kind: 'name' | 'select' }): Typed | undefined {
    if (node.kind === 'name') {
      const slot = this.#local(node.name);
      const local = this.#locals[slot];
      if (local) return { type: local.type, cost: 0, run: ({ locals }) => locals[slot] };
    }
    const path = this.pathOf(node);
    const type = path === undefined ? undefined : this.environment.variables.get(path);
    if (path === undefined || type === undefined) return undefined;
    this.reads.add(path);
    const missing = new Fault(`Nothing is known of ${path}.`);
    return {
      type,
      cost: 0,
      run: ({ values }) => {
        const value = values.get(path);
        return isOfType(type, value) ? value : missing;
      },
    };
  }

  #field(node: Node & { kind: 'name' | 'select' }): Typed {
    const path = this.pathOf(node);
    if (node.kind === 'name' || path !== undefined) throw this.error(node, this.#unknown(path ?? ''));
    const of = this.compile(node.of);
    const { field } = node;
    const type = of.type.kind === 'object' ? of.type.fields.get(field) : undefined;
    if (type === undefined)
      throw this.error(node, `a value of type ${typeName(of.type)} has no field "${field}"`);
    const missing = new Fault(`Nothing is known of ${field}.`);
    return {
      type,
      cost: of.cost,
      run: (frame) => {
        const object = of.run(frame);
        if (object instanceof Fault) return object;
        const value = ownProperty(object, field);
        return isOfType(type, value) ? value : missing;
      },
    };
  }

  #unknown(path: string): string {
    const below = [...this.environment.variables.keys()].filter((name) => name.startsWith(`${path}.`));
    if (below.length > 0) return `"${path}" is not one value; there are ${below.slice(0, 8).join(', ')}`;
    const [group] = path.split('.');
    const near = [...this.environment.variables.keys()].filter((name) => name.startsWith(`${group}.`));
    return near.length > 0
      ? `there is no "${path}"; there are ${near.slice(0, 8).join(', ')}`
      : `there is no "${path}"`;
  }

  #list(node: Node & { kind: 'list' }): Typed {
    const items = node.items.map((item) => this.compile(item));
    const [first] = items;
    if (!first) throw this.error(node, 'an empty list has nothing to look for');
    for (const [index, { type }] of items.entries()) {
      if (type.kind === 'list' || type.kind === 'object' || type.kind !== first.type.kind) {
        throw this.error(node.items[index] ?? node, 'the items of a list must be simple values of one type');
      }
    }
    const runs = items.map(({ run }) => run);
    return {
      type: { kind: 'list', item: first.type, maximumCount: items.length },
      cost: items.reduce((sum, { cost }) => sum + cost, items.length),
      run: (frame) => {
        frame.step(runs.length);
        const values = runs.map((run) => run(frame));
        return values.find((value) => value instanceof Fault) ?? values;
      },
    };
  }

  #choose(node: Node & { kind: 'choose' }): Typed {
    const [condition, yes, no] = [this.compile(node.if), this.compile(node.yes), this.compile(node.no)];
    if (condition.type.kind !== 'bool')
      throw this.error(node.if, 'what stands before "?" must be true or false');
    if (yes.type.kind !== no.type.kind) {
      throw this.error(
        node,
        `both answers must have one type, not ${typeName(yes.type)} and ${typeName(no.type)}`,
      );
    }
    return {
      type: yes.type,
      cost: 1 + condition.cost + Math.max(yes.cost, no.cost),
      run: (frame) => {
        frame.step();
        const chosen = condition.run(frame);
        if (chosen instanceof Fault) return chosen;
        return chosen === true ? yes.run(frame) : no.run(frame);
      },
    };
  }
}

function literal(type: ExpressionType, value: boolean | number | string): Typed {
  return { type, cost: 0, literal: value, run: () => value };
}

function ownProperty(object: unknown, field: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, field)) return undefined;
  return (object as Readonly<Record<string, unknown>>)[field];
}
