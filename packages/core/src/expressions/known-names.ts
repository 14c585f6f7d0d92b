/** Everything that an expression may name, with what people need to know to write one: types, units, values, an example. */
import { accessLevels } from '../compliance/gate.ts';
import { ruleKinds } from '../compliance/rule-kind.ts';
import { standings } from '../compliance/standing.ts';
import { deviceStates, ownerships, platforms } from '../devices/device.ts';
import { factDefinition, type FactName } from '../facts/catalogue.ts';
import { factNamed } from './device-environment.ts';
import { groupEnvironment, searchEnvironment } from './search-environment.ts';
import type { ExpressionType } from './types.ts';

export interface KnownName {
  readonly name: string;
  readonly type: ExpressionType;
  /** undefined: our own record. */
  readonly fact: FactName | undefined;
  readonly unit: string | undefined;
  readonly description: string;
  readonly values: readonly string[] | undefined;
  readonly example: string;
  readonly inGroups: boolean;
}

interface Recorded {
  readonly description: string;
  readonly values?: readonly string[];
  readonly example: string;
}

const recorded: Readonly<Record<string, Recorded>> = {
  'device.platform': {
    description: 'The operating system of the device.',
    values: platforms,
    example: 'device.platform == "ios"',
  },
  'device.ownership': {
    description: 'Whose device it is.',
    values: ownerships,
    example: 'device.ownership == "corporate"',
  },
  'device.state': {
    description: 'Where it stands in its life.',
    values: deviceStates,
    example: 'device.state == "pending"',
  },
  'device.name': { description: 'The name of the device.', example: 'device.name.startsWith("iPad")' },
  'user.name': { description: 'The name of its user at the network.', example: 'user.name == "ann"' },
  'device.groups': {
    description: 'The groups that it or its user is in.',
    example: '"Sales" in device.groups',
  },
  'contact.made': {
    description: 'It has checked in at least once; its age says how long ago.',
    example: 'age("contact.made") > duration("7d")',
  },
  'posture.compliant': { description: 'All that it owes is met.', example: '!posture.compliant' },
  'posture.standing': {
    description: 'How it stands with its rules, in one word.',
    values: standings,
    example: 'posture.standing == "grace"',
  },
  'posture.network': {
    description: 'What the network answers.',
    values: accessLevels,
    example: 'posture.network != "allow"',
  },
  'posture.mail': {
    description: 'What mail answers.',
    values: accessLevels,
    example: 'posture.mail == "deny"',
  },
  'posture.vpn': {
    description: 'What VPN answers.',
    values: accessLevels,
    example: 'posture.vpn == "allow"',
  },
  'posture.changed': {
    description: 'A gate has answered otherwise at least once; its age says how long ago.',
    example: 'age("posture.changed") < duration("1h")',
  },
  'posture.failing': {
    description: 'The rules that it does not meet.',
    values: ruleKinds,
    example: '"passcode" in posture.failing',
  },
};

export const knownNames: readonly KnownName[] = [...searchEnvironment.variables].map(([name, type]) => {
  const fact = factNamed(name);
  const inGroups = groupEnvironment.variables.has(name);
  if (fact === undefined) {
    const record = recorded[name];
    if (record === undefined) throw new TypeError(`${name} is not described`);
    const { description, values, example } = record;
    return { name, type, fact, unit: undefined, description, values, example, inGroups };
  }
  const { unit, description, shape } = factDefinition(fact);
  const values = shape.type === 'choice' ? shape.choices : undefined;
  return { name, type, fact, unit, description, values, example: exampleOf(name, type, values), inGroups };
});

function exampleOf(name: string, type: ExpressionType, values: readonly string[] | undefined): string {
  switch (type.kind) {
    case 'bool':
      return name;
    case 'int':
    case 'double':
      return `${name} > 10`;
    case 'list': {
      const fields = type.item.kind === 'object' ? [...type.item.fields] : [];
      const [field, of] = fields.find(([, each]) => each.kind === 'string') ?? fields[0] ?? ['', type.item];
      return `${name}.exists(x, x.${field}${of.kind === 'string' ? ' == "…"' : of.kind === 'bool' ? '' : ' > 10'})`;
    }
    default:
      if (name.endsWith('version')) return `version(${name}) < version("17.4")`;
      return `${name} == "${values?.[0] ?? '…'}"`;
  }
}
