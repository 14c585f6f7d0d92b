/**
 * The eight steps of a new organization, in the order in which each can be checked by the one before. What is done is read from
 * the organization itself, so one can leave at any step and come back; only what nobody can read off it is remembered.
 */
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';

export const guideStepNames = [
  'read',
  'organization',
  'push',
  'policy',
  'schedule',
  'compliance',
  'administrators',
  'devices',
] as const;
export type GuideStepName = (typeof guideStepNames)[number];

/** What was found; undefined: not known yet, or not to be seen by this person. */
export interface Found {
  readonly support?: boolean;
  readonly push?: 'missing' | 'valid' | 'expiring' | 'expired';
  /** Versions of the policy suites: the first one was there from the beginning. */
  readonly policyVersions?: readonly number[];
  readonly scheduleVersions?: readonly number[];
  readonly rulesInForce?: number;
  /** Administrators of the organization who may decide, and are set up. */
  readonly deciders?: number;
  readonly devices?: number;
}

export type StepState = 'done' | 'open' | 'unknown' | 'accepted' | 'trouble';

export interface GuideStep {
  readonly name: GuideStepName;
  readonly state: StepState;
  /** Where it is done. */
  readonly to: string | undefined;
  /** Whether one may say that it is right as it is, or not needed here. */
  readonly mayAccept: boolean;
}

const places = {
  read: undefined,
  organization: '/settings/organization',
  push: '/integrations',
  policy: '/policies/suites',
  schedule: '/policies/schedules',
  compliance: '/compliance/rules',
  administrators: '/settings/administrators',
  devices: '/enrolment',
} as const satisfies Record<GuideStepName, string | undefined>;

export const guidePermissions: Readonly<Partial<Record<GuideStepName, Permission>>> = {
  organization: 'organizations.read',
  push: 'push.read',
  policy: 'policies.read',
  schedule: 'policies.read',
  compliance: 'rules.read',
  administrators: 'administrators.read',
  devices: 'devices.read',
};

/** A second person is needed to approve what destroys, so one administrator is not enough. */
const enoughDeciders = 2;
const beyondDefault = (versions: readonly number[]) =>
  versions.length > 1 || versions.some((each) => each > 1);

function checked(name: GuideStepName, found: Found): StepState {
  const known = (done: boolean | undefined): StepState =>
    done === undefined ? 'unknown' : done ? 'done' : 'open';
  switch (name) {
    case 'read':
      return 'open';
    case 'organization':
      return known(found.support);
    case 'push':
      return found.push === 'expired' ? 'trouble' : known(found.push && found.push !== 'missing');
    case 'policy':
      return known(found.policyVersions && beyondDefault(found.policyVersions));
    case 'schedule':
      return known(found.scheduleVersions && beyondDefault(found.scheduleVersions));
    case 'compliance':
      return known(found.rulesInForce === undefined ? undefined : found.rulesInForce > 0);
    case 'administrators':
      return known(found.deciders === undefined ? undefined : found.deciders >= enoughDeciders);
    case 'devices':
      return known(found.devices === undefined ? undefined : found.devices > 0);
  }
}

/** Without these nobody is managed. */
const cannotBeAccepted = new Set<GuideStepName>(['devices']);

export function guideSteps(found: Found, accepted: ReadonlySet<string>): readonly GuideStep[] {
  return guideStepNames.map((name) => {
    const state = checked(name, found);
    const mayAccept = state === 'open' && !cannotBeAccepted.has(name);
    return {
      name,
      state: mayAccept && accepted.has(name) ? 'accepted' : state,
      to: places[name],
      mayAccept,
    };
  });
}

/** The first that is neither done nor found right. */
export function nextStep(steps: readonly GuideStep[]): GuideStepName | undefined {
  return steps.find(({ state }) => state === 'open' || state === 'trouble')?.name;
}

export function doneCount(steps: readonly GuideStep[]): number {
  return steps.filter(({ state }) => state === 'done' || state === 'accepted').length;
}
