// Evaluates devices and stores what changed: the row that all gates read, its history, audit entries, events. Runs in the
// caller's transaction, so that a report and what follows from it appear together.
import { systemActor } from '@gatehouse/core/actor.ts';
import { earliest } from '@gatehouse/core/compliance/moments.ts';
import { failingOf, standingOf } from '@gatehouse/core/compliance/standing.ts';
import type { Evaluation, RuleVerdict } from '@gatehouse/core/compliance/verdict.ts';
import { selectFacts } from '@gatehouse/core/facts/select.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { Events } from '../../kernel/events.ts';
import { announce, type Notifications } from '../../kernel/notifications.ts';
import { recordAudits } from '../audit/index.ts';
import { noSuchDevice } from '../devices/index.ts';
import { type EffectivePolicy, resolveForDevices } from '../policies/index.ts';
import { refreshGroups, refreshWatchLists } from '../searches/index.ts';
import {
  composePosture,
  contextOf,
  evaluatedScans,
  exceptionsOf,
  type Posture,
  statedColumns,
} from './posture.ts';
import {
  type DecisionColumns,
  type DeviceRow,
  loadRows,
  type PostureRow,
  type StatedColumns,
} from './queries.ts';
import { factsForRules, furtherFacts, ruleCache } from './rules-of-devices.ts';
import { stageChanges } from './stage-changes.ts';
import { type DecisionNews, writeDecisions, writePolicyVersions, writePostures } from './store-queries.ts';

export interface EvaluationDeps {
  readonly events: Events;
  readonly notifications: Pick<Notifications, 'publish'>;
}

export interface EvaluatedDevice {
  readonly deviceId: string;
  readonly posture: DecisionColumns;
  readonly evaluation: Evaluation;
  /** What applies to the device, with its schedule: the answer to a check-in needs it. */
  readonly policy: EffectivePolicy;
  /** The version that the device last said it applies. */
  readonly acknowledgedPolicyVersion: string | null;
  /** A gate, the compliance or the registration is another than before. */
  readonly changed: boolean;
}

/** @throws DomainError `not-found` */
export async function evaluateDevice(
  deps: EvaluationDeps,
  tx: TenantTx,
  deviceId: string,
  now: number,
): Promise<EvaluatedDevice> {
  const [evaluated] = await evaluateDevices(deps, tx, [deviceId], now);
  if (!evaluated) throw noSuchDevice();
  return evaluated;
}

/**
 * Why devices are evaluated. `report`: what is known of them may be new, and with it what gates are told of their facts. `rules`:
 * rules or time may have changed and facts have not: of these only what rules look at is read, and what was copied of them stays
 * as the last report left it.
 */
export type Occasion = 'report' | 'rules';

/** Locks the devices, in one or two round trips loads what is known of all, in another writes what changed. Unknown ids are left out. */
export async function evaluateDevices(
  deps: EvaluationDeps,
  tx: TenantTx,
  deviceIds: readonly string[],
  now: number,
  occasion: Occasion = 'report',
): Promise<readonly EvaluatedDevice[]> {
  const [rows, resolved, searches] = await Promise.all([
    loadRows(tx, deviceIds, occasion === 'report' ? evaluatedScans : null, { lock: true }),
    resolveForDevices(tx, deviceIds),
    refreshGroups(deps, tx, deviceIds, now),
  ]);
  const policies =
    searches.regrouped.size === 0
      ? resolved
      : new Map([...resolved, ...(await resolveForDevices(tx, [...searches.regrouped]))]);
  const contacts = new Map(rows.contacts.map((row) => [row.device_id, row]));
  const postures = new Map(rows.postures.map((row) => [row.device_id, row]));
  const rulesFor = ruleCache();
  const readFurther = occasion === 'report' ? furtherFacts : factsForRules;
  const further = await readFurther(tx, rows.devices, policies, rulesFor);
  const outcomes = rows.devices.flatMap((device) => {
    const [contact, before] = [contacts.get(device.device_id), postures.get(device.device_id)];
    const policy = policies.get(device.device_id);
    if (!contact || !before || !policy) return [];
    // Whoever waited for the lock brings an older time than the one before him wrote: time never runs backwards for a device.
    const at = Math.max(now, before.evaluated_at.getTime());
    const facts = selectFacts([
      ...(rows.facts.get(device.device_id) ?? []),
      ...(further.get(device.device_id) ?? []),
    ]);
    const posture = composePosture({
      device: contextOf(device, contact, policy),
      exceptions: exceptionsOf(device),
      rules: rulesFor(policy, device.platform),
      facts,
      lastCheckInAt: contact.last_check_in_at?.getTime() ?? null,
      previous: before.evaluation,
      now: at,
    });
    const nextSearchAt = searches.nextChanges.get(device.device_id) ?? null;
    const stated = occasion === 'report' ? statedColumns(facts) : null;
    return [{ device, contact, before, policy, posture, stated, at, nextSearchAt }];
  });
  await store(deps, tx, outcomes);
  await refreshWatchLists(deps, tx, searches.watchLists, deviceIds, now);
  return outcomes.map(({ device, contact, before, policy, posture }) => ({
    deviceId: device.device_id,
    posture: posture.columns,
    evaluation: posture.subject.evaluation,
    policy,
    acknowledgedPolicyVersion: contact.acknowledged_policy_version,
    changed: decisionChanged(before, posture.columns),
  }));
}

interface Outcome {
  readonly device: Pick<DeviceRow, 'device_id' | 'platform' | 'bar'>;
  readonly before: PostureRow;
  readonly posture: Posture;
  /** What gates are told of its facts; null: as before. */
  readonly stated: StatedColumns | null;
  /** When it was evaluated, ms since the epoch. */
  readonly at: number;
  /** When it may enter or leave a smart group or watch list by the passing of time. */
  readonly nextSearchAt: number | null;
}

async function store(deps: EvaluationDeps, tx: TenantTx, outcomes: readonly Outcome[]): Promise<void> {
  const writes: Promise<unknown>[] = [];
  const changes = new Set(
    outcomes.filter(
      ({ before, posture }) =>
        decisionChanged(before, posture.columns) ||
        statuses(before.evaluation) !== statuses(posture.subject.evaluation),
    ),
  );
  const {
    policy: slight = [],
    decision = [],
    stated = [],
  } = Object.fromEntries(Map.groupBy(outcomes, newsOf));
  const newsFor = (outcome: Outcome) => decisionNews(outcome, changes.has(outcome));
  if (slight.length > 0) writes.push(writePolicyVersions(tx, slight.map(rowOf)));
  if (decision.length > 0) writes.push(writeDecisions(tx, decision.map(newsFor)));
  if (stated.length > 0) {
    const news = stated.flatMap((outcome) =>
      outcome.stated === null ? [] : [{ ...newsFor(outcome), ...outcome.stated }],
    );
    writes.push(writePostures(tx, news));
  }
  for (const { device, before, posture } of outcomes) {
    if (!before.registered || before.policy_version === posture.columns.policy_version) continue;
    announce(tx, deps.notifications, 'policy-changed', {
      organizationId: tx.organizationId,
      id: device.device_id,
    });
  }
  const decided = [...changes].filter(({ before, posture }) => decisionChanged(before, posture.columns));
  if (decided.length > 0) writes.push(tell(deps, tx, decided));
  const stages = outcomes.flatMap(({ device, before, posture }) =>
    stageChanges(device.device_id, before.evaluation, posture.subject.evaluation),
  );
  if (stages.length > 0) writes.push(deps.events.emitAll(tx, stages));
  await Promise.all(writes);
}

/**
 * Whoever guards a gate hears of a decision that changed, and of nothing else (NAC-06); the record keeps it with its cause
 * (CMP-21). Of many devices in the statements of one.
 */
async function tell(
  { events, notifications }: EvaluationDeps,
  tx: TenantTx,
  decided: readonly Outcome[],
): Promise<void> {
  const changes = decided.map(({ device, before, posture: { columns, subject } }) => ({
    deviceId: device.device_id,
    platform: device.platform,
    before: decisionOf(before),
    after: decisionOf(columns),
    causes: subject.evaluation.verdicts
      .filter(({ status }) => status !== 'compliant')
      .map(({ name, rule, status }) => `${name === null ? rule : `${name} (${rule})`}: ${status}`),
  }));
  for (const { deviceId } of changes)
    announce(tx, notifications, 'posture-changed', { organizationId: tx.organizationId, id: deviceId });
  const actor = systemActor('compliance', tx.organizationId);
  await Promise.all([
    recordAudits(
      tx,
      changes.map(({ deviceId, platform: _platform, ...show }) => ({
        actor,
        action: 'compliance.decision-changed',
        target: { kind: 'device', id: deviceId },
        outcome: 'done',
        show,
      })),
    ),
    events.emitAll(
      tx,
      changes.map((payload) => ({
        name: 'device.posture-changed',
        subjectId: payload.deviceId,
        payload,
      })),
    ),
  ]);
}

function decisionOf(columns: DecisionColumns) {
  return {
    registered: columns.registered,
    compliant: columns.compliant,
    network: columns.access_network,
    mail: columns.access_mail,
    vpn: columns.access_vpn,
    apps: columns.access_apps,
    content: columns.access_content,
  };
}

function decisionChanged(before: DecisionColumns, after: DecisionColumns): boolean {
  return (
    before.registered !== after.registered ||
    before.compliant !== after.compliant ||
    before.access_network !== after.access_network ||
    before.access_mail !== after.access_mail ||
    before.access_vpn !== after.access_vpn ||
    before.access_apps !== after.access_apps ||
    before.access_content !== after.access_content
  );
}

/**
 * What must be stored. A next change that only moved further away is not worth a write: when the stored time comes, the device
 * is evaluated, found unchanged, and the later time written then. So a check-in that changes nothing writes nothing here, and
 * a policy that changes no verdict writes its version.
 */
function newsOf({
  before,
  posture,
  stated,
  at,
  nextSearchAt,
}: Outcome): 'nothing' | 'policy' | 'decision' | 'stated' {
  const { columns, subject } = posture;
  if (stated !== null && !sameStated(before, stated)) return 'stated';
  const next = nextChangeOf(subject, nextSearchAt);
  const stored = before.next_change_at?.getTime() ?? null;
  const timeIsFine = stored === null ? next === null : stored > at && (next === null || stored <= next);
  if (!timeIsFine || !sameSubstance(before.evaluation, subject.evaluation)) return 'decision';
  const [other, ...others] = (Object.keys(columns) as (keyof DecisionColumns)[]).filter(
    (name) => before[name] !== columns[name],
  );
  if (other === undefined) return 'nothing';
  return other === 'policy_version' && others.length === 0 ? 'policy' : 'decision';
}

function sameStated(before: Partial<StatedColumns>, stated: StatedColumns): boolean {
  return (Object.keys(stated) as (keyof StatedColumns)[]).every((name) =>
    name === 'macs' ? before.macs?.join() === stated.macs.join() : before[name] === stated[name],
  );
}

function nextChangeOf({ registered, evaluation }: Posture['subject'], nextSearchAt: number | null) {
  // Of a device that is not under management only what follows from that still comes by the clock.
  const own = registered
    ? [evaluation.nextChangeAt, nextSearchAt]
    : evaluation.verdicts.flatMap(({ rule, changesAt }) => (rule === 'enrollment' ? [changesAt] : []));
  return earliest(own);
}

function rowOf({ device, posture, at }: Outcome) {
  return {
    device_id: device.device_id,
    policy_version: posture.columns.policy_version,
    evaluated_at: new Date(at),
  };
}

function decisionNews(outcome: Outcome, remembered: boolean): DecisionNews {
  const { device, posture, nextSearchAt } = outcome;
  const { columns, subject } = posture;
  const next = nextChangeOf(subject, nextSearchAt);
  return {
    ...columns,
    ...rowOf(outcome),
    evaluation: subject.evaluation,
    next_change_at: next === null ? null : new Date(next),
    standing: standingOf(subject.evaluation.verdicts),
    failing: failingOf(subject.evaluation.verdicts),
    blocked: subject.blocked,
    bar: device.bar,
    remembered,
  };
}

function statuses({ verdicts }: Evaluation): string {
  return verdicts
    .map(({ id, status, stage, exception }) => [id, status, stage, exception?.exceptionId].join('='))
    .join();
}

/** What of an evaluation matters to later ones and to readers; evidence grows younger with every report and does not. */
function sameSubstance(a: Evaluation, b: Evaluation): boolean {
  return (
    a.verdicts.length === b.verdicts.length &&
    a.verdicts.every((verdict, index) => {
      const other = b.verdicts[index];
      return other !== undefined && sameVerdict(verdict, other);
    })
  );
}

function sameVerdict(a: RuleVerdict, b: RuleVerdict): boolean {
  return (
    a.id === b.id &&
    a.status === b.status &&
    JSON.stringify(a.says) === JSON.stringify(b.says) &&
    a.failingSince === b.failingSince &&
    a.graceEndsAt === b.graceEndsAt &&
    a.ruleId === b.ruleId &&
    a.ruleVersion === b.ruleVersion &&
    a.stage === b.stage &&
    a.settlesAt === b.settlesAt &&
    a.exception?.exceptionId === b.exception?.exceptionId &&
    sameMemory(a.memory, b.memory)
  );
}

function sameMemory(a: RuleVerdict['memory'], b: RuleVerdict['memory']): boolean {
  return a === b || (a !== null && b !== null && JSON.stringify(a) === JSON.stringify(b));
}
