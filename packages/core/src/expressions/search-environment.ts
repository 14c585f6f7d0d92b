/**
 * What a search for devices may name: everything that a rule may, when the device last reported, and the decision that stands.
 * A smart group must not ask for the decision: policies follow from groups, and the decision from policies.
 */
import type { Access } from '../compliance/gate.ts';
import type { Standing } from '../compliance/standing.ts';
import type { Compiled } from './compile.ts';
import { deviceEnvironment, deviceValues, type Known } from './device-environment.ts';
import { bool, type Environment, type ExpressionType, type ExpressionValues, string } from './types.ts';

export interface Searched extends Known {
  readonly lastCheckInAt: number | null;
  readonly posture: {
    readonly compliant: boolean;
    readonly network: Access;
    readonly mail: Access;
    readonly vpn: Access;
    /** When a gate last began to answer otherwise. */
    readonly changedAt: number | null;
    readonly standing: Standing;
    /** The kinds of rules that policies bring about, else the ids of rules. */
    readonly failing: readonly string[];
  };
  /** The names of the groups that it or its user is in; read only where they are asked for. */
  readonly groups: readonly string[] | null;
}

/** `age("contact.made") > duration("7d")`: silent for a week. */
const contact = 'contact.made';
/** `age("posture.changed") < duration("1h")`: a gate answers otherwise since less than an hour. */
const changed = 'posture.changed';
const groupsName = 'device.groups';

const texts = (maximumCount: number): ExpressionType => ({ kind: 'list', item: string, maximumCount });

const posture = {
  'posture.compliant': bool,
  'posture.network': string,
  'posture.mail': string,
  'posture.vpn': string,
  [changed]: bool,
  'posture.standing': string,
  'posture.failing': texts(100),
} as const;

export const groupEnvironment: Environment = {
  variables: new Map([...deviceEnvironment.variables, [contact, bool]]),
};

export const searchEnvironment: Environment = {
  variables: new Map<string, ExpressionType>([
    ...groupEnvironment.variables,
    ...Object.entries(posture),
    // Not for smart groups, which would follow from each other in circles.
    [groupsName, texts(500)],
  ]),
};

export function readsGroups({ reads }: Pick<Compiled, 'reads'>): boolean {
  return reads.includes(groupsName);
}

export function searchValues(searched: Searched): ExpressionValues {
  const values = deviceValues(searched);
  const { lastCheckInAt, now } = searched;
  const { changedAt } = searched.posture;
  const decided: Readonly<Record<keyof typeof posture, boolean | string | readonly string[]>> = {
    'posture.compliant': searched.posture.compliant,
    'posture.network': searched.posture.network,
    'posture.mail': searched.posture.mail,
    'posture.vpn': searched.posture.vpn,
    [changed]: changedAt !== null,
    'posture.standing': searched.posture.standing,
    'posture.failing': searched.posture.failing,
  };
  return {
    get(name) {
      if (name === contact) return lastCheckInAt !== null;
      if (name === groupsName) return searched.groups ?? undefined;
      return Object.hasOwn(decided, name) ? decided[name as keyof typeof decided] : values.get(name);
    },
    ageMs(name) {
      if (name === changed) return changedAt === null ? undefined : Math.max(0, now - changedAt);
      if (name !== contact) return values.ageMs?.(name);
      return lastCheckInAt === null ? undefined : Math.max(0, now - lastCheckInAt);
    },
  };
}
