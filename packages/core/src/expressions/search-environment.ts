/**
 * What a search for devices may name: everything that a rule may, when the device last reported, and the decision that stands.
 * A smart group must not ask for the decision: policies follow from groups, and the decision from policies.
 */
import type { Access } from '../compliance/gate.ts';
import { deviceEnvironment, deviceValues, type Known } from './device-environment.ts';
import { bool, type Environment, type ExpressionValues, string } from './types.ts';

export interface Searched extends Known {
  readonly lastCheckInAt: number | null;
  readonly posture: {
    readonly compliant: boolean;
    readonly network: Access;
    readonly mail: Access;
    readonly vpn: Access;
  };
}

/** `age("contact.made") > duration("7d")`: silent for a week. */
const contact = 'contact.made';

const posture = {
  'posture.compliant': bool,
  'posture.network': string,
  'posture.mail': string,
  'posture.vpn': string,
} as const;

export const groupEnvironment: Environment = {
  variables: new Map([...deviceEnvironment.variables, [contact, bool]]),
};

export const searchEnvironment: Environment = {
  variables: new Map([...groupEnvironment.variables, ...Object.entries(posture)]),
};

export function searchValues(searched: Searched): ExpressionValues {
  const values = deviceValues(searched);
  const { lastCheckInAt, now } = searched;
  const decided: Readonly<Record<keyof typeof posture, boolean | string>> = {
    'posture.compliant': searched.posture.compliant,
    'posture.network': searched.posture.network,
    'posture.mail': searched.posture.mail,
    'posture.vpn': searched.posture.vpn,
  };
  return {
    get(name) {
      if (name === contact) return lastCheckInAt !== null;
      return Object.hasOwn(decided, name) ? decided[name as keyof typeof decided] : values.get(name);
    },
    ageMs(name) {
      if (name !== contact) return values.ageMs?.(name);
      return lastCheckInAt === null ? undefined : Math.max(0, now - lastCheckInAt);
    },
  };
}
