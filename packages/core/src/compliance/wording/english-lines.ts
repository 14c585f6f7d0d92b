/** How an explanation is told in English: the words around what rules say. German is held to the same table by the compiler. */
import type { FactSource } from '../../facts/types.ts';
import type { TargetKind } from '../../settings/resolve.ts';
import type { MessageChannel } from '../compliance-rule.ts';
import type { Access, Gate } from '../gate.ts';
import { formatDuration, type ValueWords } from '../plain-language.ts';
import type { RuleKind } from '../rule-kind.ts';
import type { RuleStatus } from '../verdict.ts';
import type { OwnValue, SettingUnit } from './own-value.ts';

/** A rule of an organization, or a policy: its name is in quotation marks already. */
interface Source {
  readonly name: string;
  readonly version: number | string;
  readonly assignedTo: { readonly kind: TargetKind; readonly name: string } | null;
}

export interface Lines {
  /** The state that a rule of this kind demands. */
  readonly titles: Readonly<Record<RuleKind, string>>;
  readonly access: Readonly<Record<Access, string>>;
  readonly statuses: Readonly<Record<RuleStatus, string>>;
  readonly gates: Readonly<Record<Gate, string>>;
  readonly channels: Readonly<Record<MessageChannel, string>>;
  readonly values: ValueWords;
  readonly ownValues: Readonly<Record<OwnValue, string>>;
  readonly units: Readonly<Record<SettingUnit, (count: number) => string>>;
  /** @param ageMs since it was observed. */
  evidence(seen: {
    readonly fact: string;
    readonly value: string;
    readonly source: FactSource | 'server';
    readonly ageMs: number;
    readonly stale: boolean;
    readonly others: readonly { readonly source: FactSource; readonly value: string }[];
  }): string;
  policy(source: Source): string;
  rule(source: Source): string;
  readonly origins: {
    readonly changed: string;
    readonly default: string;
    onlyOne(policy: string): string;
    strictest(policy: string, of: number): string;
    nearest(policy: string, of: number): string;
  };
  readonly networkDiffers: {
    /** @param names of the rules that do not count, or nothing. */
    toldCompliant(names: string): string;
    readonly toldNot: string;
  };
  seen(evidence: string): string;
  demanded(demand: string): string;
  weighedBy(rule: string): string;
  demandedBy(rule: string): string;
  excepted(until: string | null, reason: string): string;
  stage(number: number, actions: string): string;
  effect(effects: string): string;
  readonly networkDoesNotLearn: string;
  mend(remedy: string): string;
  graceEnds(at: string, leftMs: number): string;
  /** What the mail gate says of a client; nothing more where it is open. */
  mailClient(name: string, access: string, says: string): string;
  readonly noMailClient: string;
  /** A gate of the network: when it was told of the decision last, and whether it is to be told again. */
  told(name: string, at: string | null, waiting: boolean, problem: string | null): string;
  /** What a RADIUS server was answered last. */
  answered(access: string, at: string): string;
  readonly unknownStation: string;
  changes(at: string): string;
  readonly actions: {
    notifyUser(channels: string): string;
    readonly alertAdministrators: string;
    restrict(gates: string): string;
    readonly quarantine: string;
    readonly removeProfiles: string;
    readonly lock: string;
    readonly selectiveWipe: string;
    readonly fullWipe: string;
  };
}

const plural = (unit: string) => (count: number) => `${count} ${unit}`;
const assigned = ({ assignedTo }: Source) =>
  assignedTo === null ? '' : `, assigned to ${assignedTo.kind} ${assignedTo.name}`;

export const englishLines: Lines = {
  titles: {
    'access-restriction': 'Access is not restricted',
    activesync: 'The mail gateway knows the device',
    apps: 'The right apps are installed',
    'check-in-age': 'The device checks in',
    compromised: 'The device is not compromised',
    custom: 'A condition of the organization is met',
    'data-plan': 'The mobile data plan is not used up',
    encryption: 'Storage is encrypted',
    enrollment: 'The device is under management',
    geofence: 'The device is where it may be',
    'location-services': 'Location services are on',
    'minimum-os': 'The operating system is new enough',
    passcode: 'A proper passcode is set',
    'policy-current': 'The device applies its present policy',
    roaming: 'The device is not roaming',
    'screen-lock': 'The screen locks by itself',
    'sim-change': 'The SIM has not been changed',
  },
  access: { allow: 'open', quarantine: 'in quarantine', deny: 'shut' },
  statuses: {
    compliant: 'met',
    'in-grace': 'broken, in grace',
    'not-compliant': 'broken',
    unknown: 'unknown',
  },
  gates: { network: 'network', mail: 'mail', vpn: 'vpn', apps: 'apps', content: 'content' },
  channels: { push: 'push', mail: 'mail', sms: 'sms' },
  values: { yes: 'yes', no: 'no', none: 'none' },
  ownValues: {
    inside: 'inside',
    outside: 'outside',
    'at the border': 'at the border',
    'not shown': 'not shown',
  },
  units: {
    characters: plural('characters'),
    seconds: plural('seconds'),
    minutes: plural('minutes'),
    hours: plural('hours'),
    days: plural('days'),
  },
  evidence: ({ fact, value, source, ageMs, stale, others }) => {
    const age = `${formatDuration(ageMs)} ago${stale ? ', too long ago to count' : ''}`;
    const contradictions = others.map(
      (other) => `; the ${other.source} says ${other.value} and is trusted less`,
    );
    return `${fact} = ${value}, stated by the ${source} ${age}${contradictions.join('')}`;
  },
  policy: (source) => `policy ${source.name} version ${source.version}${assigned(source)}`,
  rule: (source) => `rule ${source.name} version ${source.version}${assigned(source)}`,
  origins: {
    changed: 'from settings that have changed since',
    default: 'the default, because no policy states it',
    onlyOne: (policy) => `from ${policy}`,
    strictest: (policy, of) => `from ${policy}, the strictest of ${of}`,
    nearest: (policy, of) => `from ${policy}, the nearest of ${of}`,
  },
  networkDiffers: {
    toldCompliant: (names) =>
      `The device is not compliant, but the network is told that it is: ${names || 'what fails'} does not count for the network.`,
    toldNot: 'The device is compliant, but the network is told that it is not.',
  },
  seen: (evidence) => `Seen: ${evidence}.`,
  demanded: (demand) => `Demanded: ${demand}.`,
  weighedBy: (rule) => `Weighed: by ${rule}.`,
  demandedBy: (rule) => `Demanded: by ${rule}.`,
  excepted: (until, reason) =>
    `Excepted: ${until === null ? 'until it is taken back' : `until ${until}`}. ${reason}`,
  stage: (number, actions) => `Stage ${number}: ${actions}.`,
  effect: (effects) => `Effect: ${effects}.`,
  networkDoesNotLearn: 'The network does not learn of this.',
  mend: (remedy) => `Mend: ${remedy}`,
  graceEnds: (at, leftMs) => `Grace ends at ${at}, in ${formatDuration(leftMs)}.`,
  mailClient: (name, access, says) => `Mail app ${name}: ${access}. ${says}`.trimEnd(),
  noMailClient: 'The mail gateway knows no mail app on this device.',
  told: (name, at, waiting, problem) => {
    const last = at === null ? 'not told of any decision yet' : `told at ${at}`;
    const more = waiting ? (at === null ? '' : '; a change is still to be told') : '';
    return `Network ${name}: ${last}${more}.${problem === null ? '' : ` The last exchange failed: ${problem}.`}`;
  },
  answered: (access, at) => `RADIUS was answered at ${at}: ${access}.`,
  unknownStation: 'not known',
  changes: (at) => `Without any report, this changes at ${at}.`,
  actions: {
    notifyUser: (channels) => `the user is told by ${channels}`,
    alertAdministrators: 'the administrators are told',
    restrict: (gates) => `${gates} shut`,
    quarantine: 'quarantine',
    removeProfiles: 'profiles of the organization removed',
    lock: 'the device is locked',
    selectiveWipe: 'data of the organization removed',
    fullWipe: 'the device is reset',
  },
};
