// From facts, policy and standing to the row that everybody reads: pure, so that the live path and an explanation agree.
import { type AccessSubject, decideAccess } from '@gatehouse/core/compliance/access.ts';
import { asciiLine } from '@gatehouse/core/compliance/ascii-line.ts';
import type { Gate } from '@gatehouse/core/compliance/gate.ts';
import { evaluate } from '@gatehouse/core/compliance/evaluate.ts';
import type { RuleException } from '@gatehouse/core/compliance/compliance-rule.ts';
import type { DeviceContext } from '@gatehouse/core/compliance/device-context.ts';
import type { Rule } from '@gatehouse/core/compliance/rule.ts';
import { policyRuleKinds } from '@gatehouse/core/compliance/rule-kind.ts';
import { ruleCatalogue } from '@gatehouse/core/compliance/rules.ts';
import { summarizeStanding, summaryLength } from '@gatehouse/core/compliance/summarize.ts';
import type { Evaluation } from '@gatehouse/core/compliance/verdict.ts';
import type { DeviceState } from '@gatehouse/core/devices/device.ts';
import { type FactName, factDefinition, type FactValueOf } from '@gatehouse/core/facts/catalogue.ts';
import type { Facts, Scan } from '@gatehouse/core/facts/types.ts';
import { macAddresses, normalizeIdentifier } from '../devices/index.ts';
import type { ContactRow, DecisionColumns, DeviceRow, StatedColumns } from './queries.ts';

/** What the network is told of a device (NAC-23 … NAC-34), beside the verdict. */
const copiedFacts = [
  'storage.encrypted',
  'passcode.set',
  'integrity.compromised',
  'device.manufacturer',
  'device.model',
  'device.imei',
  'device.meid',
  'device.udid',
  'device.serial-number',
  'device.phone-number',
  'device.host-name',
  'os.name',
  'os.version',
  'network.interfaces',
] as const satisfies readonly FactName[];

/**
 * The scans that every evaluation reads: those of the copied facts and of the rules that policies bring about. Inventories are
 * not among them; an assigned rule that looks into one has it read for its own devices (`scansBeyond`).
 */
export const evaluatedScans: readonly Scan[] = scansOf([
  ...copiedFacts,
  ...policyRuleKinds.flatMap((kind): readonly FactName[] => ruleCatalogue[kind].reads),
]);

export function scansBeyond(rules: readonly Rule[]): readonly Scan[] {
  return scansOf(rules.flatMap(({ reads }) => reads)).filter((scan) => !evaluatedScans.includes(scan));
}

export function scansOf(facts: readonly FactName[]): readonly Scan[] {
  return [...new Set(facts.map((fact) => factDefinition(fact).scan))];
}

/** The network is told at most five addresses a device. */
const mostMacs = 5;

export interface Standing {
  readonly registered: boolean;
  readonly blocked: boolean;
}

/** A device that is being wiped has lost its trust already, before it confirms. */
export function standingOf(state: DeviceState): Standing {
  switch (state) {
    case 'registered':
      return { registered: true, blocked: false };
    case 'wiping':
    case 'blocked':
      return { registered: true, blocked: true };
    case 'pending':
    case 'unmanaged':
      return { registered: false, blocked: false };
    default:
      return state satisfies never;
  }
}

export function exceptionsOf({ exceptions }: Pick<DeviceRow, 'exceptions'>): readonly RuleException[] {
  return (exceptions ?? []).map(({ exception_id, rule, reason, expires_at }) => ({
    exceptionId: exception_id,
    rule,
    reason,
    until: expires_at === null ? null : Date.parse(expires_at),
  }));
}

export function contextOf(
  device: DeviceRow,
  contact: ContactRow,
  policy: { readonly version: string },
): DeviceContext {
  return {
    platform: device.platform,
    ownership: device.ownership,
    state: device.state,
    barred: device.bar?.cause ?? null,
    name: device.name,
    userName: device.user_name,
    policyVersion: policy.version,
    acknowledgedPolicyVersion: contact.acknowledged_policy_version,
  };
}

export interface PostureInput {
  readonly device: DeviceContext;
  readonly rules: readonly Rule[];
  readonly exceptions: readonly RuleException[];
  readonly facts: Facts;
  readonly lastCheckInAt: number | null;
  readonly previous: Evaluation | null;
  readonly now: number;
}

export interface Posture {
  readonly subject: AccessSubject & { readonly evaluation: Evaluation };
  readonly columns: DecisionColumns;
}

export function composePosture(input: PostureInput): Posture {
  const { device, facts, lastCheckInAt, exceptions, previous, now } = input;
  const context = { now, lastCheckInAt, device, exceptions, previous, workedMs };
  const evaluation = evaluate(stagedFor(device.state, input.rules), facts, context);
  const subject = { ...standingOf(device.state), evaluation };
  const { failureReason, remediation } = summarizeStanding(device, evaluation);
  const decide = (gate: Gate) => decideAccess(subject, gate).access;
  return {
    subject,
    columns: {
      registered: subject.registered,
      compliant: subject.registered && !subject.blocked && evaluation.compliant,
      access_network: decide('network'),
      access_mail: decide('mail'),
      access_vpn: decide('vpn'),
      access_apps: decide('apps'),
      access_content: decide('content'),
      failure_reason: failureReason && asciiLine(failureReason, summaryLength),
      remediation: remediation && asciiLine(remediation, summaryLength),
      policy_version: device.policyVersion,
      user_name: device.userName,
    },
  };
}

/** What this thread has worked, in ms: expressions are held to it (CEL-01). */
function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/**
 * Nothing is done about a device that is not under management, save what follows from that: its stages are those of the rule
 * about management alone.
 */
export function stagedFor(state: DeviceState, rules: readonly Rule[]): readonly Rule[] {
  if (state === 'registered' || state === 'blocked') return rules;
  return rules.map((rule) => (rule.kind === 'enrollment' ? rule : { ...rule, stages: [] }));
}

/** What the network is told of a device beside the decision. */
export function statedColumns(facts: Facts): StatedColumns {
  const read = <N extends (typeof copiedFacts)[number]>(name: N) =>
    (facts.get(name)?.value ?? null) as FactValueOf<N> | null;
  const identifier = (kind: 'imei' | 'meid' | 'udid' | 'serial' | 'host-name', text: string | null) =>
    text === null ? null : (normalizeIdentifier(kind, text) ?? null);
  return {
    disk_encrypted: read('storage.encrypted'),
    passcode_set: read('passcode.set'),
    compromised: read('integrity.compromised'),
    manufacturer: read('device.manufacturer'),
    model: read('device.model'),
    imei: identifier('imei', read('device.imei')),
    meid: identifier('meid', read('device.meid')),
    udid: identifier('udid', read('device.udid')),
    serial_number: identifier('serial', read('device.serial-number')),
    os_version: operatingSystem(read('os.name'), read('os.version')),
    phone_number: read('device.phone-number'),
    host_name: identifier('host-name', read('device.host-name')),
    macs: macAddresses(read('network.interfaces') ?? []).slice(0, mostMacs),
  };
}

/** "Debian GNU/Linux 12.11", "iPadOS 18.1": name and version, each once. */
function operatingSystem(name: string | null, version: string | null): string | null {
  if (name === null || version === null) return name ?? version;
  return name.includes(version) ? name : `${name} ${version}`;
}
