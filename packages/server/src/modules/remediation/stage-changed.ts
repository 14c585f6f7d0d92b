// The reaction to a device that reaches a stage of a rule, or leaves one. The job and its effects are one transaction, so each
// entry acts once, whatever crashes; a device that has recovered before the job ran is left alone.
import { systemActor } from '@gatehouse/core/actor.ts';
import { type Action, actionKinds } from '@gatehouse/core/compliance/compliance-rule.ts';
import { render } from '@gatehouse/core/compliance/wording/render.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { isUuid, newId } from '../../kernel/ids.ts';
import type { BatchedJob } from '../../kernel/jobs/jobs.ts';
import { withdrawForSystem } from '../approvals/index.ts';
import { recordAudit } from '../audit/index.ts';
import { withdrawCommand } from '../commands/index.ts';
import { lockDevices } from '../devices/index.ts';
import { act, causeOf, type Done } from './act.ts';
import { type ActionRow, endAction, insertAction, openActions } from './queries.ts';
import { remediationActor, type RemediationDeps, type StageChange } from './remediation-deps.ts';

export const stageChangedKind = 'rule-actions';

/** In turn: what a recovery takes back must not be what the relapse after it has just ordered. */
export function stageChangedJob(deps: RemediationDeps): BatchedJob<StageChange> {
  return {
    parse: parseStageChange,
    batch: { most: 20, inTurn: true },
    async runBatch(tx, jobs) {
      // All at once and in one order, so that two servers do not wait for each other.
      await lockDevices(tx, [...new Set(jobs.map(({ payload }) => payload.deviceId))]);
      for (const { payload } of jobs) {
        if (payload.direction === 'entered') await enter(deps, tx, payload);
        else await leave(deps, tx, payload);
      }
      return undefined;
    },
  };
}

async function enter(deps: RemediationDeps, tx: TenantTx, change: StageChange): Promise<void> {
  const device = (await lockDevices(tx, [change.deviceId])).get(change.deviceId);
  if (!device) return;
  // Read under the lock: the device may have recovered, or gone further, since the event was written.
  const verdict = await deps.verdictOf(tx, change.deviceId, change.rule);
  const recovered = verdict === undefined || verdict.stage < change.to;
  for (const action of inOrder(change.actions)) {
    const actionId = newId();
    const done: Done = recovered
      ? { state: 'skipped', note: 'The device had recovered.', command_id: null, approval_id: null }
      : await act(deps, tx, change, action, verdict, actionId);
    await store(deps, tx, change, action, done, {
      action_id: actionId,
      summary: verdict ? render(verdict.says) : null,
      remedy: verdict && verdict.mends.length > 0 ? render(verdict.mends) : null,
    });
  }
}

/** The lighter ones first: a wiped phone shows no message. */
function inOrder(actions: readonly Action[]): readonly Action[] {
  return actions.toSorted((a, b) => actionKinds.indexOf(a.kind) - actionKinds.indexOf(b.kind));
}

/** What undoes nothing later is over at once. */
const staysOpen: ReadonlySet<ActionRow['kind']> = new Set([
  'restrict',
  'quarantine',
  'remove-profiles',
  'lock',
  'selective-wipe',
  'full-wipe',
]);

async function store(
  deps: RemediationDeps,
  tx: TenantTx,
  change: StageChange,
  action: Action,
  { state, note, command_id, approval_id }: Done,
  about: Pick<ActionRow, 'action_id' | 'summary' | 'remedy'>,
): Promise<void> {
  const { kind, ...detail } = action;
  const at = new Date(deps.clock.now());
  const over = state === 'refused' || state === 'skipped' || !staysOpen.has(kind);
  await Promise.all([
    insertAction(tx, {
      ...about,
      device_id: change.deviceId,
      rule: change.rule,
      rule_id: change.ruleId,
      rule_version: change.ruleVersion,
      rule_name: change.name,
      stage: change.to,
      kind,
      detail,
      state,
      note,
      command_id,
      approval_id,
      created_at: at,
      ended_at: over ? at : null,
    }),
    recordAudit(tx, {
      actor: systemActor(remediationActor, tx.organizationId),
      action: 'compliance.act',
      target: { kind: 'device', id: change.deviceId },
      outcome: state === 'refused' ? 'refused' : 'done',
      show: {
        kind,
        state,
        cause: causeOf(change),
        ...(command_id === null ? {} : { commandId: command_id }),
        ...(approval_id === null ? {} : { approvalId: approval_id }),
      },
    }),
    deps.events.emit(tx, {
      name: 'device.action-taken',
      subjectId: change.deviceId,
      payload: { deviceId: change.deviceId, actionId: about.action_id, kind, state, ...causeOf(change) },
    }),
  ]);
}

const irreversible: Partial<Record<ActionRow['kind'], string>> = {
  lock: 'The device was locked; its user unlocks it.',
  'selective-wipe': 'The device had the command already; it comes back by enrolling again.',
  'full-wipe': 'The device had the command already; it comes back by enrolling again.',
};

/** Of what the rule did, that which belongs to the stages left; all of their kinds when the rule itself has become another. */
function leftBy({ actions, to }: StageChange, open: readonly ActionRow[]): readonly ActionRow[] {
  const kinds = new Set(actions.map(({ kind }) => kind));
  const ofKind = open.filter(({ kind }) => kinds.has(kind));
  const above = ofKind.filter(({ stage }) => stage > to);
  return above.length > 0 ? above : ofKind;
}

/** What the stages that are left had brought about is taken back, as far as it can be. */
async function leave(deps: RemediationDeps, tx: TenantTx, change: StageChange): Promise<void> {
  await lockDevices(tx, [change.deviceId]);
  const actor = systemActor(remediationActor, tx.organizationId);
  const reason = 'The device has recovered.';
  const at = new Date(deps.clock.now());
  for (const row of leftBy(change, await openActions(tx, change.deviceId, change.rule))) {
    const { command_id: commandId, approval_id: approvalId } = row;
    const undone =
      commandId !== null
        ? await withdrawCommand(deps, tx, { commandId, actor, reason })
        : approvalId !== null
          ? await withdrawForSystem(deps, tx, approvalId, actor, reason)
          : true;
    const note = undone ? reason : (irreversible[row.kind] ?? null);
    await Promise.all([
      endAction(tx, row.action_id, { state: undone ? 'undone' : row.state, note, at }),
      recordAudit(tx, {
        actor,
        action: 'compliance.undo',
        target: { kind: 'device', id: change.deviceId },
        outcome: undone ? 'done' : 'failed',
        show: { kind: row.kind, actionId: row.action_id, cause: causeOf(change) },
      }),
    ]);
  }
}

function parseStageChange(input: unknown): StageChange {
  const given = (input ?? {}) as Partial<Record<keyof StageChange, unknown>>;
  const { deviceId, rule, ruleId = null, ruleVersion = null, name = null, from, to, direction } = given;
  if (typeof deviceId !== 'string' || !isUuid(deviceId)) throw new TypeError('deviceId is not an id');
  if (typeof rule !== 'string' || rule === '') throw new TypeError('rule is missing');
  if (typeof from !== 'number' || typeof to !== 'number') throw new TypeError('from and to are stages');
  if (direction !== 'entered' && direction !== 'left') throw new TypeError('direction is unknown');
  if (!Array.isArray(given.actions)) throw new TypeError('actions is not a list');
  const actions = given.actions as readonly Action[];
  if (!actions.every((action) => actionKinds.includes(action.kind)))
    throw new TypeError('an action is unknown');
  return {
    deviceId,
    rule,
    ruleId: typeof ruleId === 'string' && isUuid(ruleId) ? ruleId : null,
    ruleVersion: typeof ruleVersion === 'number' ? ruleVersion : null,
    name: typeof name === 'string' ? name : null,
    from,
    to,
    actions,
    direction,
  };
}
