/**
 * A session with the server: every waiting report is sent, oldest first, and what the server answers is taken in. Tells the
 * caller what came of it; when to try again is the schedule's business (OTA-10).
 */
import type { AgentCommand, CheckInRequest, CheckInResponse } from '@gatehouse/contracts/agent.ts';
import { validateSchedule } from '@gatehouse/core/schedules/schedule.ts';
import { RefusedError } from '../protocol/errors.ts';
import type { StateStore } from '../state/agent-state.ts';
import type { Outbox } from '../state/outbox.ts';
import { machineLanguage } from '../system/machine-language.ts';
import type { System } from '../system/system.ts';
import type { Link } from './link.ts';
import type { Scanner } from './scanner.ts';

export interface CheckInDependencies {
  readonly link: Link;
  readonly store: StateStore;
  readonly outbox: Outbox;
  readonly scanner: Scanner;
  readonly system: System;
  readonly now: () => number;
  readonly log: (line: string) => void;
  /** Puts a policy in force; throws when it cannot be. */
  applyPolicy(settings: Readonly<Record<string, boolean | number | string>>): Promise<void>;
}

export interface CheckInOutcome {
  readonly commands: readonly AgentCommand[];
  readonly nextCheckInSeconds: number;
  /** A policy has come into force that the server does not know to be in force yet (GAP-06). */
  readonly toAcknowledge: boolean;
}

/** Statuses that say: this report will never be accepted. Holding on to it would hold up all others. */
const hopeless = new Set([400, 413, 415, 422]);

export async function checkIn(of: CheckInDependencies): Promise<CheckInOutcome> {
  const { link, outbox, scanner, system, store, now, log } = of;
  const language = await machineLanguage(system);
  if (outbox.waiting.length === 0) await outbox.add(await scanner.bootId(), []);
  const commands: AgentCommand[] = [];
  let nextCheckInSeconds = store.current.schedule.checkInMinutes * 60;
  let countedOn = false;
  let acknowledged = store.current.appliedPolicyVersion;
  /**
   * The server has counted further than we have: this state directory is older than the device's history (restored from a
   * backup, or copied). The report changed nothing, so it goes out again under a counter of its own; once a session, because
   * two agents with one key would otherwise chase each other without end (DEV-08).
   */
  const countOn = async (reached: number, bootId: string, scans: CheckInRequest['scans']) => {
    await outbox.countFrom(reached);
    if (!countedOn && scans.length > 0) await outbox.add(bootId, scans);
    countedOn = true;
  };
  for (let report = outbox.waiting[0]; report !== undefined; report = outbox.waiting[0]) {
    const { counter, bootId, scans } = report;
    const { appliedPolicyVersion } = store.current;
    try {
      const answer = await link.call((client) =>
        client.checkIn(
          {
            counter,
            bootId,
            scans,
            sentAt: now(),
            ...(appliedPolicyVersion === null ? {} : { acknowledgedPolicyVersion: appliedPolicyVersion }),
          },
          language,
        ),
      );
      acknowledged = appliedPolicyVersion;
      await outbox.remove(counter);
      if (answer.counter > counter) await countOn(answer.counter, bootId, scans);
      await takeIn(answer, of);
      commands.push(...answer.commands);
      nextCheckInSeconds = answer.nextCheckInSeconds;
    } catch (error) {
      if (!(error instanceof RefusedError) || !hopeless.has(error.status)) throw error;
      log(`the server does not take report ${counter}: ${error.message}`);
      await outbox.remove(counter);
    }
  }
  return { commands, nextCheckInSeconds, toAcknowledge: store.current.appliedPolicyVersion !== acknowledged };
}

async function takeIn(
  answer: CheckInResponse,
  { store, applyPolicy, log }: CheckInDependencies,
): Promise<void> {
  if (answer.schedule !== undefined) {
    try {
      await store.update({ schedule: validateSchedule(answer.schedule) });
    } catch (error) {
      log(`the schedule is kept as it was: ${String(error)}`);
    }
  }
  if (answer.posture !== undefined) await store.update({ posture: answer.posture });
  if (answer.policy === undefined) return;
  await store.update({ policy: answer.policy });
  try {
    await applyPolicy(answer.policy.settings);
    await store.update({ appliedPolicyVersion: answer.policy.version });
  } catch (error) {
    // Not acknowledged, so the server hands it over again.
    log(`policy ${answer.policy.version} could not be put in force: ${String(error)}`);
  }
}
