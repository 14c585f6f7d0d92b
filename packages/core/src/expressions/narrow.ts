/**
 * What of an expression a database can find by itself: the conditions on recorded values that must hold wherever the whole holds.
 * `exact` says that there is nothing else to it; otherwise what is found is only held against the expression one by one. Sound by
 * construction: a part that is not understood narrows nothing.
 */
import { ownerships, platforms, deviceStates } from '../devices/device.ts';
import { accessLevels } from '../compliance/gate.ts';
import { standings } from '../compliance/standing.ts';
import { parseSpan } from './spans.ts';
import { type Node, parseSyntax } from './syntax.ts';

/** Values of which there is a known set, so that "not" is the others. */
const closed = {
  'device.platform': platforms,
  'device.state': deviceStates,
  'device.ownership': ownerships,
  'posture.standing': standings,
  'posture.network': accessLevels,
  'posture.mail': accessLevels,
  'posture.vpn': accessLevels,
  'posture.compliant': ['true', 'false'],
  'contact.made': ['true', 'false'],
} as const satisfies Record<string, readonly string[]>;
type ClosedName = keyof typeof closed;

/** In ms; a device of which there is no time is in none. */
export interface AgeRange {
  readonly above: number | null;
  readonly below: number | null;
}

export interface Narrowing {
  /** Which values are possible; a name that is missing may have any. */
  readonly among: Readonly<Partial<Record<ClosedName, readonly string[]>>>;
  /** One of the user's names; one of the rules, one of the groups. */
  readonly users: readonly string[] | null;
  readonly failing: readonly string[] | null;
  readonly groups: readonly string[] | null;
  readonly seen: AgeRange;
  readonly changed: AgeRange;
  readonly exact: boolean;
}

export const noNarrowing: Narrowing = {
  among: {},
  users: null,
  failing: null,
  groups: null,
  seen: { above: null, below: null },
  changed: { above: null, below: null },
  exact: true,
};

/** @param source of an expression that compiles. */
export function narrowExpression(source: string): Narrowing {
  return conjuncts(parseSyntax(source)).reduce(narrowBy, noNarrowing);
}

function conjuncts(node: Node): readonly Node[] {
  return node.kind === 'all' ? node.operands.flatMap(conjuncts) : [node];
}

function narrowBy(before: Narrowing, node: Node): Narrowing {
  if (node.kind === 'bool' && node.value) return before;
  const possible = possibleValues(node);
  if (possible !== undefined) {
    const known = before.among[possible.name] ?? closed[possible.name];
    const both = known.filter((value) => possible.values.includes(value));
    return { ...before, among: { ...before.among, [possible.name]: both } };
  }
  const member = membership(node);
  // A second condition of the kind is left to whoever looks at each.
  if (member !== undefined && before[member.of] === null) return { ...before, [member.of]: member.values };
  const age = ageBound(node);
  if (age !== undefined) {
    const { above, below } = before[age.of];
    return {
      ...before,
      [age.of]: {
        above: age.above === undefined ? above : Math.max(above ?? -1, age.above),
        below: age.below === undefined ? below : Math.min(below ?? Number.MAX_SAFE_INTEGER, age.below),
      },
    };
  }
  return { ...before, exact: false };
}

interface Possible {
  readonly name: ClosedName;
  readonly values: readonly string[];
}

/** Of a condition on one recorded value, in any combination of and, or, not. */
function possibleValues(node: Node): Possible | undefined {
  switch (node.kind) {
    case 'name':
    case 'select': {
      const name = closedName(node);
      return name === 'posture.compliant' || name === 'contact.made' ? { name, values: ['true'] } : undefined;
    }
    case 'unary': {
      const of = node.operator === '!' ? possibleValues(node.operand) : undefined;
      return of && others(of);
    }
    case 'any':
    case 'all':
      return combined(node);
    case 'binary':
      return compared(node);
    default:
      return undefined;
  }
}

const others = ({ name, values }: Possible): Possible => ({
  name,
  values: closed[name].filter((value) => !values.includes(value)),
});

function combined(node: Node & { kind: 'any' | 'all' }): Possible | undefined {
  const parts = node.operands.map(possibleValues);
  const [first] = parts;
  if (first === undefined || parts.some((part) => part?.name !== first.name)) return undefined;
  const values = closed[first.name].filter((value) => {
    const holds = (part: Possible | undefined) => part?.values.includes(value) === true;
    return node.kind === 'any' ? parts.some(holds) : parts.every(holds);
  });
  return { name: first.name, values };
}

function compared({ operator, left, right }: Node & { kind: 'binary' }): Possible | undefined {
  const name = closedName(left);
  if (name === undefined) return undefined;
  const all: readonly string[] = closed[name];
  if (operator === '==' || operator === '!=') {
    const value = literalOf(right);
    if (value === undefined) return undefined;
    const equal = { name, values: all.filter((each) => each === value) };
    return operator === '==' ? equal : others(equal);
  }
  if (operator !== 'in' || right.kind !== 'list') return undefined;
  const values = right.items.map(literalOf);
  if (values.includes(undefined)) return undefined;
  return { name, values: all.filter((each) => values.includes(each)) };
}

function literalOf(node: Node): string | undefined {
  if (node.kind === 'string') return node.value;
  return node.kind === 'bool' ? String(node.value) : undefined;
}

function textsOf(node: Node): readonly string[] | undefined {
  if (node.kind === 'string') return [node.value];
  if (node.kind !== 'list') return undefined;
  const values = node.items.flatMap((item) => (item.kind === 'string' ? [item.value] : []));
  return values.length === node.items.length ? values : undefined;
}

function pathOf(node: Node): string | undefined {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'select') return undefined;
  const before = pathOf(node.of);
  return before === undefined ? undefined : `${before}.${node.field}`;
}

function closedName(node: Node): ClosedName | undefined {
  const path = pathOf(node);
  return path !== undefined && Object.hasOwn(closed, path) ? (path as ClosedName) : undefined;
}

interface Member {
  readonly of: 'users' | 'failing' | 'groups';
  readonly values: readonly string[];
}

const lists = { 'posture.failing': 'failing', 'device.groups': 'groups' } as const;

/** `user.name == "ann"`, `user.name in ["ann"]`, `"passcode" in posture.failing`, and several of these with or between. */
function membership(node: Node): Member | undefined {
  if (node.kind === 'any') {
    const parts = node.operands.map(membership);
    const [first] = parts;
    if (first === undefined || parts.some((part) => part?.of !== first.of)) return undefined;
    return { of: first.of, values: parts.flatMap((part) => part?.values ?? []) };
  }
  if (node.kind !== 'binary') return undefined;
  if (pathOf(node.left) === 'user.name' && (node.operator === '==' || node.operator === 'in')) {
    const isListRight = node.operator === 'in' ? node.right.kind === 'list' : node.right.kind === 'string';
    const values = isListRight ? textsOf(node.right) : undefined;
    return values && { of: 'users', values };
  }
  const path = pathOf(node.right);
  if (node.operator !== 'in' || node.left.kind !== 'string' || path === undefined) return undefined;
  if (!Object.hasOwn(lists, path)) return undefined;
  return { of: lists[path as keyof typeof lists], values: [node.left.value] };
}

/** `age("contact.made") > duration("7d")` and its like. Whole ms, so that more than 7 days is at least a ms more. */
function ageBound(
  node: Node,
): { readonly of: 'seen' | 'changed'; readonly above?: number; readonly below?: number } | undefined {
  if (node.kind !== 'binary') return undefined;
  const of = agedName(node.left);
  const ms = spanOf(node.right);
  if (of === undefined || ms === undefined) return undefined;
  switch (node.operator) {
    case '>':
      return { of, above: ms };
    case '>=':
      return { of, above: ms - 1 };
    case '<':
      return { of, below: ms };
    case '<=':
      return { of, below: ms + 1 };
    default:
      return undefined;
  }
}

function agedName(node: Node): 'seen' | 'changed' | undefined {
  const [argument] = node.kind === 'call' && node.of === null && node.name === 'age' ? node.args : [];
  if (argument?.kind !== 'string') return undefined;
  if (argument.value === 'contact.made') return 'seen';
  return argument.value === 'posture.changed' ? 'changed' : undefined;
}

function spanOf(node: Node): number | undefined {
  const [argument] = node.kind === 'call' && node.of === null && node.name === 'duration' ? node.args : [];
  return argument?.kind === 'string' ? parseSpan(argument.value) : undefined;
}
