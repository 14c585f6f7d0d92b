// One action of a stage that a device has reached. What destroys passes the same guard as people's orders, in the name of the
// system, whose rights are those of support staff; what the guard holds becomes a request that shows the rule as its cause.
import type { Action } from '@gatehouse/core/compliance/compliance-rule.ts';
import type { RuleVerdict } from '@gatehouse/core/compliance/verdict.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { enqueue } from '../../kernel/jobs/jobs.ts';
import { raiseAlert } from '../alerts/index.ts';
import type { Cause } from '../approvals/index.ts';
import { queueInTransaction } from '../commands/index.ts';
import type { ActionRow } from './queries.ts';
import { type RemediationDeps, type StageChange, systemPrincipal, tellUserKind } from './remediation-deps.ts';

export type Done = Pick<ActionRow, 'state' | 'note' | 'command_id' | 'approval_id'>;

const done = (state: Done['state'], note: string | null = null): Done => ({
  state,
  note,
  command_id: null,
  approval_id: null,
});

export const causeOf = (change: StageChange): Cause => ({
  rule: change.rule,
  ruleId: change.ruleId,
  ruleVersion: change.ruleVersion,
  stage: change.to,
});

type Verdict = Pick<RuleVerdict, 'rule' | 'says' | 'mends'>;

/** @param actionId of the row that is written for it. */
export async function act(
  deps: RemediationDeps,
  tx: TenantTx,
  change: StageChange,
  action: Action,
  verdict: Verdict,
  actionId: string,
): Promise<Done> {
  switch (action.kind) {
    case 'notify-user':
      // As messages, because in which language they are read is known when they are sent.
      await enqueue(tx, {
        kind: tellUserKind,
        key: actionId,
        payload: { actionId, says: verdict.says, mends: verdict.mends },
      });
      return done('ordered');
    case 'alert-administrators':
      await raiseAlert(deps, tx, {
        kind: 'rule-broken',
        severity: 'warning',
        subject: { kind: 'device', id: change.deviceId },
        // Names of rules are the organization's own words; what a verdict says holds no text from the device.
        detail: {
          rule: verdict.rule,
          ruleName: change.name ?? '',
          stage: change.to,
          says: verdict.says,
        },
        more: { deviceId: change.deviceId, ...causeOf(change) },
        sameAs: `rule-broken/${change.deviceId}/${change.rule}/${change.to}`,
      });
      return done('done');
    case 'restrict':
    case 'quarantine':
    case 'remove-profiles':
      // The verdict itself carries them: gates read it, and platforms take away what it says.
      return done('done', 'Part of the decision itself.');
    case 'lock':
      return order(deps, tx, change, 'lock-device');
    case 'selective-wipe':
    case 'full-wipe':
      return order(deps, tx, change, action.kind);
    default:
      return action satisfies never;
  }
}

async function order(
  deps: RemediationDeps,
  tx: TenantTx,
  change: StageChange,
  name: 'lock-device' | 'selective-wipe' | 'full-wipe',
): Promise<Done> {
  const [outcome] = await queueInTransaction(
    deps,
    tx,
    systemPrincipal(tx),
    {
      deviceIds: [change.deviceId],
      name,
      reason: `The rule ${change.name === null ? change.rule : `“${change.name}”`} is broken, stage ${change.to}.`,
    },
    { cause: causeOf(change) },
  );
  if (outcome !== undefined && 'command' in outcome)
    return { ...done('ordered'), command_id: outcome.command.id };
  const refusal = outcome?.refusal;
  const approvalId = refusal?.detail?.['approvalId'];
  if (typeof approvalId === 'string')
    return { ...done('held', refusal?.message ?? null), approval_id: approvalId };
  await raiseAlert(deps, tx, {
    kind: 'action-refused',
    severity: 'warning',
    subject: { kind: 'device', id: change.deviceId },
    detail: { command: name, why: refusal?.message ?? 'The device is gone.' },
    more: { deviceId: change.deviceId, ...causeOf(change) },
    sameAs: `action-refused/${change.deviceId}/${change.rule}/${name}`,
  });
  return done('refused', refusal?.message ?? null);
}
