// One step of a procedure, in the name of whoever started it and with that person's rights of now. What destroys passes the guard;
// what the guard holds waits for a second person, and the procedure with it.
import type { Principal } from '@gatehouse/core/actor.ts';
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { DomainError } from '@gatehouse/core/errors.ts';
import { type StepKind, stepDefinition } from '@gatehouse/core/playbooks/playbook.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { raiseAlert } from '../alerts/index.ts';
import { queueInTransaction } from '../commands/index.ts';
import {
  barDevice,
  blockHardwareOf,
  secureDevice,
  unbarDevice,
  unblockHardwareOf,
} from '../devices/index.ts';
import { assignPolicyToDevice, unassignPolicyFromDevice } from '../policies/index.ts';
import { type PlaybookDeps, usualMessage, usualWaitHours } from './playbook-deps.ts';
import { isDeclaredLost, lockDownPoliciesOf, type RunRow, type StepRow } from './queries.ts';

export interface Taken {
  readonly state: Exclude<StepRow['state'], 'to-do' | 'stopped' | 'undone'>;
  readonly note: string | null;
  readonly commandId?: string;
  readonly approvalId?: string;
  /** When it goes on by itself. */
  readonly dueAt?: Date;
}

const done = (note: string | null = null): Taken => ({ state: 'done', note });
const skipped = (note: string): Taken => ({ state: 'skipped', note });

type TakeStep = (deps: PlaybookDeps, tx: TenantTx, run: RunRow, principal: Principal) => Promise<Taken>;

/** The device is locked. */
export async function takeStep(
  deps: PlaybookDeps,
  tx: TenantTx,
  run: RunRow,
  kind: StepKind,
  principal: Principal,
): Promise<Taken> {
  const { permission, mayBeSkipped } = stepDefinition(kind);
  if (permission !== null && !principal.permissions.has(permission)) {
    const note = `Whoever started this may not do it: it needs the permission “${permission}”.`;
    return mayBeSkipped ? skipped(note) : { state: 'failed', note };
  }
  return steps[kind](deps, tx, run, principal);
}

const change = (run: RunRow, actor: Principal) => ({
  deviceId: run.device_id,
  actor,
  reason: `Playbook “${run.playbook}”: ${run.reason}`,
});

const steps: Record<StepKind, TakeStep> = {
  bar: async (deps, tx, run, actor) =>
    (await barDevice(deps, tx, change(run, actor))) ? done() : skipped('It was barred already.'),
  'block-hardware': async (deps, tx, run, actor) => {
    const count = await blockHardwareOf(deps, tx, change(run, actor));
    return done(`Hardware identifiers shut out: ${count}.`);
  },
  async secure(deps, tx, run, actor) {
    await secureDevice(deps, tx, change(run, actor), true);
    const { policyId } = run.details;
    if (policyId === undefined) return done();
    const name = await assignPolicyToDevice(deps, tx, { policyId, deviceId: run.device_id, actor });
    return done(name === undefined ? 'The lock-down policy is gone.' : `With the policy “${name}”.`);
  },
  async lock(deps, tx, run, actor) {
    const { message = usualMessage, phoneNumber } = run.details;
    const params = { message, ...(phoneNumber === undefined ? {} : { phoneNumber }) };
    if (actor.permissions.has('devices.lost-mode')) {
      const lost = await order(deps, tx, run, actor, 'enable-lost-mode', params);
      if ('commandId' in lost) return { ...done('It is declared lost.'), commandId: lost.commandId };
    }
    return orSkip(await order(deps, tx, run, actor, 'lock-device', params));
  },
  locate: async (deps, tx, run, actor) => orSkip(await order(deps, tx, run, actor, 'locate-device')),
  ring: async (deps, tx, run, actor) => orSkip(await order(deps, tx, run, actor, 'play-lost-mode-sound')),
  async wait({ clock }, _tx, { details }) {
    const dueAt = new Date(clock.now() + (details.waitHours ?? usualWaitHours) * 3_600_000);
    return {
      state: 'waiting',
      note: 'Somebody may find it; “found” ends this, “continue” goes on at once.',
      dueAt,
    };
  },
  async 'tell-carrier'(deps, tx, run) {
    await raiseAlert(deps, tx, {
      kind: 'carrier-to-be-told',
      severity: 'warning',
      subject: { kind: 'device', id: run.device_id },
      detail: { deviceId: run.device_id },
      more: { runId: run.run_id },
    });
    return done('IMEI and telephone number are among the facts of the device.');
  },
  'selective-wipe': (deps, tx, run, actor) => wipe(deps, tx, run, actor, 'selective-wipe'),
  'full-wipe': (deps, tx, run, actor) => wipe(deps, tx, run, actor, 'full-wipe'),
  async 'end-lost-mode'(deps, tx, run, actor) {
    if (!(await isDeclaredLost(tx, run.device_id))) return skipped('It was not declared lost.');
    return orSkip(await order(deps, tx, run, actor, 'disable-lost-mode'));
  },
  async unsecure(deps, tx, run, actor) {
    for (const policyId of await lockDownPoliciesOf(tx, run.device_id)) {
      await unassignPolicyFromDevice(deps, tx, { policyId, deviceId: run.device_id, actor });
    }
    const left = await secureDevice(deps, tx, change(run, actor), false);
    return left ? done() : skipped('It was not in the secured group.');
  },
  'unblock-hardware': async (deps, tx, run, actor) => {
    const count = await unblockHardwareOf(deps, tx, change(run, actor));
    return count > 0 ? done() : skipped('Its hardware was not shut out.');
  },
  unbar: async (deps, tx, run, actor) =>
    (await unbarDevice(deps, tx, change(run, actor))) ? done() : skipped('It was not barred.'),
};

type Ordered = { readonly commandId: string } | { readonly refusal: DomainError | undefined };

async function order(
  deps: PlaybookDeps,
  tx: TenantTx,
  run: RunRow,
  principal: Principal,
  name: CommandName,
  params: Readonly<Record<string, unknown>> = {},
): Promise<Ordered> {
  const [outcome] = await queueInTransaction(
    deps,
    tx,
    principal,
    { deviceIds: [run.device_id], name, params, reason: `Playbook “${run.playbook}”: ${run.reason}` },
    { cause: { playbook: run.playbook, runId: run.run_id } },
  );
  return outcome !== undefined && 'command' in outcome
    ? { commandId: outcome.command.id }
    : { refusal: outcome?.refusal };
}

function orSkip(ordered: Ordered): Taken {
  if ('commandId' in ordered) return { ...done(), commandId: ordered.commandId };
  return skipped(ordered.refusal?.message ?? 'The device is gone.');
}

/** The procedure waits for the device's answer, or for the second person. */
async function wipe(
  deps: PlaybookDeps,
  tx: TenantTx,
  run: RunRow,
  principal: Principal,
  name: 'selective-wipe' | 'full-wipe',
): Promise<Taken> {
  const ordered = await order(deps, tx, run, principal, name);
  if ('commandId' in ordered)
    return { state: 'waiting', note: 'It waits for the device.', commandId: ordered.commandId };
  const approvalId = ordered.refusal?.detail?.['approvalId'];
  const note = ordered.refusal?.message ?? 'The device is gone.';
  return typeof approvalId === 'string' ? { state: 'waiting', note, approvalId } : { state: 'failed', note };
}
