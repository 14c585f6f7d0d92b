/**
 * The names that expressions about devices may use: every fact of the catalogue, with `_` for `-`, and what our own record
 * says of the device and its user.
 */
import type { DeviceContext } from '../compliance/device-context.ts';
import {
  factDefinition,
  type FactName,
  factNames,
  type FactShape,
  type ScalarShape,
} from '../facts/catalogue.ts';
import type { Facts } from '../facts/types.ts';
import type { Compiled } from './compile.ts';
import {
  bool,
  double,
  type Environment,
  type ExpressionType,
  type ExpressionValues,
  int,
  string,
} from './types.ts';

const nameOf = (fact: FactName): string => fact.replaceAll('-', '_');

const factsByName: ReadonlyMap<string, FactName> = new Map(factNames.map((fact) => [nameOf(fact), fact]));

function scalarType(shape: ScalarShape): ExpressionType {
  switch (shape.type) {
    case 'boolean':
      return bool;
    case 'integer':
      return int;
    case 'decimal':
      return double;
    case 'string':
    case 'choice':
      return string;
    default:
      return shape satisfies never;
  }
}

function typeOf(shape: FactShape): ExpressionType {
  if (shape.type !== 'list') return scalarType(shape);
  const fields = new Map(Object.entries(shape.item).map(([field, item]) => [field, scalarType(item)]));
  return { kind: 'list', item: { kind: 'object', fields }, maximumCount: shape.maximumCount };
}

/** What of our record expressions may name. */
export type NamedDevice = Pick<DeviceContext, 'platform' | 'ownership' | 'state' | 'name' | 'userName'>;

const recorded = {
  'device.platform': ({ platform }) => platform,
  'device.ownership': ({ ownership }) => ownership,
  'device.state': ({ state }) => state,
  'device.name': ({ name }) => name,
  'user.name': ({ userName }) => userName ?? undefined,
} as const satisfies Record<string, (device: NamedDevice) => string | undefined>;

export const deviceEnvironment: Environment = {
  variables: new Map([
    ...factNames.map((fact): [string, ExpressionType] => [nameOf(fact), typeOf(factDefinition(fact).shape)]),
    ...Object.keys(recorded).map((name): [string, ExpressionType] => [name, string]),
  ]),
};

/** The facts that an expression reads; who may not see them may not ask by them either (CEL-03). */
export function factsReadBy(compiled: Compiled): readonly FactName[] {
  return compiled.reads.flatMap((name) => factsByName.get(name) ?? []);
}

/** The fact of a name as expressions write it: `storage.encrypted`; undefined for what is no fact. */
export function factNamed(name: string): FactName | undefined {
  return factsByName.get(name);
}

export interface Known {
  readonly device: NamedDevice;
  readonly facts: Facts;
  readonly now: number;
  /** See ExpressionValues. */
  readonly workedMs?: (() => number) | undefined;
}

export function deviceValues({ device, facts, now, workedMs }: Known): ExpressionValues {
  return {
    ...(workedMs === undefined ? {} : { workedMs }),
    get(name) {
      const fact = factsByName.get(name);
      if (fact !== undefined) return facts.get(fact)?.value;
      return Object.hasOwn(recorded, name) ? recorded[name as keyof typeof recorded](device) : undefined;
    },
    ageMs(name) {
      const fact = factsByName.get(name);
      const stored = fact === undefined ? undefined : facts.get(fact);
      return stored && Math.max(0, now - stored.observedAt);
    },
  };
}
