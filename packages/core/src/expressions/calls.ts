/** Functions and macros. A regular expression can take for ever, so `matches` is not among them (CEL-01). */
import { parseReportedVersion, parseVersion } from '../version.ts';
import { Fault } from './run.ts';
import { parseSpan } from './spans.ts';
import type { Node } from './syntax.ts';
import { type Compiling, isOfType, type Typed } from './typed.ts';
import { bool, duration, type ExpressionType, int, string, typeName, version } from './types.ts';

type Call = Node & { kind: 'call' };

export function compileCall(compiler: Compiling, call: Call): Typed {
  const known = call.of === null ? functions.get(call.name) : (methods.get(call.name) ?? macro(call.name));
  if (known === undefined) {
    const reason =
      call.name === 'matches'
        ? '"matches" is not available, because patterns can take for ever; there are startsWith, endsWith and contains'
        : `there is no function "${call.name}"`;
    throw compiler.error(call, reason);
  }
  return known(compiler, call);
}

type CompileCall = (compiler: Compiling, call: Call) => Typed;

function argument(compiler: Compiling, call: Call, index: number, count: number): Node {
  const node = call.args[index];
  if (node === undefined || call.args.length !== count) {
    throw compiler.error(
      call,
      count === 1 ? `"${call.name}" takes one value` : `"${call.name}" takes ${count} values`,
    );
  }
  return node;
}

function textArgument(compiler: Compiling, call: Call): { readonly node: Node; readonly text: string } {
  const node = argument(compiler, call, 0, 1);
  if (node.kind !== 'string') throw compiler.error(node, `"${call.name}" takes a text in quotes`);
  return { node, text: node.value };
}

/** Characters looked at in one step. */
const textStride = 256;

const unreadable = new Fault('A version cannot be read as numbers.');
const functions: ReadonlyMap<string, CompileCall> = new Map<string, CompileCall>([
  [
    'has',
    (compiler, call) => {
      const node = argument(compiler, call, 0, 1);
      const of = compiler.compile(node);
      if (node.kind !== 'select') throw compiler.error(node, '"has" takes a name such as storage.encrypted');
      return { type: bool, cost: 1 + of.cost, run: (frame) => !(of.run(frame) instanceof Fault) };
    },
  ],
  ['size', (compiler, call) => sizeOf(compiler, call, compiler.compile(argument(compiler, call, 0, 1)))],
  [
    'version',
    (compiler, call) => {
      const node = argument(compiler, call, 0, 1);
      const of = compiler.compile(node);
      if (of.type.kind !== 'string') throw compiler.error(node, '"version" takes a text');
      if (of.literal !== undefined && parseVersion(String(of.literal)) === undefined)
        throw compiler.error(node, 'this is no version such as 17.2');
      return {
        type: version,
        cost: 1 + of.cost,
        run: (frame) => {
          frame.step();
          const text = of.run(frame);
          return text instanceof Fault ? text : (parseReportedVersion(text as string) ?? unreadable);
        },
      };
    },
  ],
  [
    'duration',
    (compiler, call) => {
      const { node, text } = textArgument(compiler, call);
      const ms = parseSpan(text);
      if (ms === undefined) throw compiler.error(node, 'this is no span such as 90s, 15m, 36h or 7d');
      compiler.spans.add(ms);
      return { type: duration, cost: 0, literal: ms, run: () => ms };
    },
  ],
  [
    'age',
    (compiler, call) => {
      const { node, text } = textArgument(compiler, call);
      const name = text.replaceAll('-', '_');
      if (!compiler.environment.variables.has(name)) throw compiler.error(node, `there is no "${text}"`);
      compiler.reads.add(name);
      compiler.ages.add(name);
      const missing = new Fault(`Nothing is known of ${name}.`);
      return { type: duration, cost: 1, run: ({ values }) => values.ageMs?.(name) ?? missing };
    },
  ],
]);

function sizeOf(compiler: Compiling, call: Call, of: Typed): Typed {
  if (of.type.kind !== 'list' && of.type.kind !== 'string')
    throw compiler.error(call, `a value of type ${typeName(of.type)} has no size`);
  return {
    type: int,
    cost: 1 + of.cost,
    run: (frame) => {
      frame.step();
      const value = of.run(frame);
      if (typeof value === 'string') {
        frame.step(Math.ceil(value.length / textStride));
        return [...value].length;
      }
      return Array.isArray(value) ? value.length : value;
    },
  };
}

function textMethod(name: string, test: (text: string, part: string) => boolean): [string, CompileCall] {
  return [
    name,
    (compiler, call) => {
      const [text, part] = [receiver(compiler, call), compiler.compile(argument(compiler, call, 0, 1))];
      if (text.type.kind !== 'string' || part.type.kind !== 'string')
        throw compiler.error(call, `"${name}" is between two texts`);
      return {
        type: bool,
        cost: 2 + text.cost + part.cost,
        run: (frame) => {
          const [whole, wanted] = [text.run(frame), part.run(frame)];
          if (whole instanceof Fault) return whole;
          if (wanted instanceof Fault) return wanted;
          frame.step(1 + Math.ceil((whole as string).length / textStride));
          return test(whole as string, wanted as string);
        },
      };
    },
  ];
}

function receiver(compiler: Compiling, call: Call): Typed {
  if (call.of === null) throw compiler.error(call, `"${call.name}" stands behind a value`);
  return compiler.compile(call.of);
}

const methods: ReadonlyMap<string, CompileCall> = new Map<string, CompileCall>([
  textMethod('startsWith', (text, part) => text.startsWith(part)),
  textMethod('endsWith', (text, part) => text.endsWith(part)),
  textMethod('contains', (text, part) => text.includes(part)),
  ['size', (compiler, call) => sizeOf(compiler, call, receiver(compiler, call))],
  [
    'lowerAscii',
    (compiler, call) => {
      const text = receiver(compiler, call);
      if (text.type.kind !== 'string' || call.args.length > 0)
        throw compiler.error(call, '"lowerAscii" stands behind a text and takes nothing');
      return {
        type: string,
        cost: 1 + text.cost,
        run: (frame) => {
          const value = text.run(frame);
          if (value instanceof Fault) return value;
          const all = value as string;
          frame.step(1 + Math.ceil(all.length / textStride));
          return all.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
        },
      };
    },
  ],
]);

type Over = (items: readonly unknown[], test: (item: unknown) => unknown) => unknown;

/** Like `||` and `&&` over all items: what decides, decides, whatever is not known beside it. */
function deciding(decision: boolean): Over {
  return (items, test) => {
    let fault: Fault | undefined;
    for (const item of items) {
      const value = test(item);
      if (value === decision) return decision;
      if (value instanceof Fault) fault = value;
    }
    return fault ?? !decision;
  };
}

function passing(items: readonly unknown[], test: (item: unknown) => unknown): readonly unknown[] | Fault {
  const kept: unknown[] = [];
  for (const item of items) {
    const value = test(item);
    if (value instanceof Fault) return value;
    if (value === true) kept.push(item);
  }
  return kept;
}

const macros: ReadonlyMap<string, { readonly over: Over; readonly keepsList: boolean }> = new Map([
  ['exists', { over: deciding(true), keepsList: false }],
  ['all', { over: deciding(false), keepsList: false }],
  [
    'exists_one',
    {
      over: (items: readonly unknown[], test: (item: unknown) => unknown) => {
        const kept = passing(items, test);
        return kept instanceof Fault ? kept : kept.length === 1;
      },
      keepsList: false,
    },
  ],
  ['filter', { over: passing, keepsList: true }],
]);

function macro(name: string): CompileCall | undefined {
  const found = macros.get(name);
  if (found === undefined) return undefined;
  const { over, keepsList } = found;
  return (compiler, call) => {
    const of = receiver(compiler, call);
    const [variable, body] = [argument(compiler, call, 0, 2), argument(compiler, call, 1, 2)];
    if (of.type.kind !== 'list') throw compiler.error(call, `"${name}" stands behind a list`);
    if (variable.kind !== 'name') throw compiler.error(variable, 'a name for the items was expected here');
    const { item, maximumCount } = of.type;
    const { slot, body: test } = compiler.within(variable.name, item, body);
    if (test.type.kind !== 'bool') throw compiler.error(body, 'this must be true or false');
    const type: ExpressionType = keepsList ? of.type : bool;
    return {
      type,
      cost: 1 + of.cost + maximumCount * (1 + test.cost),
      run: (frame) => {
        const items = of.run(frame);
        if (items instanceof Fault) return items;
        return over(items as readonly unknown[], (value) => {
          frame.step();
          frame.locals[slot] = value;
          return isOfType(item, value) ? test.run(frame) : badItem;
        });
      },
    };
  };
}

const badItem = new Fault('An item of a list is not as it should be.');
