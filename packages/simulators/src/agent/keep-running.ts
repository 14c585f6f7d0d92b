/**
 * The day of a simulated agent: holds its line for commands and checks in as its schedule says, until it is stopped or has
 * left. A server that is away, restarting or full is waited for, with growing pauses.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scan } from '@gatehouse/core/facts/types.ts';
import { scans } from '@gatehouse/core/facts/types.ts';
import { passTime } from './drift.ts';
import { Refusal } from './gateway.ts';
import type { SimulatedAgent } from './simulated-agent.ts';

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Seconds that the server may hold a request; the most there is by default. */
  readonly waitSeconds?: number;
  /** Pauses after failures grow up to this; 15 s by default. */
  readonly longestPauseMs?: number;
  /** Told of every failure; the agent tries again by itself. */
  readonly onTrouble?: (error: Error) => void;
}

const firstPauseMs = 500;

/** Resolves when `signal` stops it or the device is no longer enrolled. */
export async function keepRunning(agent: SimulatedAgent, options: RunOptions): Promise<void> {
  const { waitSeconds = 50 } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const both = { ...options, signal };
  const poll = async () => {
    await agent.settle(signal);
    await agent.poll(waitSeconds, signal);
  };
  // Either ends only when both have no more to do.
  await Promise.all(
    [untilStopped(agent, both, poll), checkInRegularly(agent, both)].map((loop) =>
      loop.finally(() => stop.abort()),
    ),
  );
}

async function checkInRegularly(agent: SimulatedAgent, options: RunOptions): Promise<void> {
  const lastRun = new Map<Scan, number>();
  await untilStopped(agent, options, async () => {
    const { schedule } = agent.memory;
    const due = scans.filter((scan) => {
      const last = lastRun.get(scan);
      return last === undefined || Date.now() - last >= (schedule?.scans[scan] ?? 240) * 60_000;
    });
    const { policyVersion } = agent.memory;
    const { nextCheckInSeconds } = await agent.report(due, options.signal);
    // A policy was put in force: what came of it is told at once, or its user would wait a whole interval for the network.
    if (agent.memory.policyVersion !== policyVersion)
      await agent.report(['security', 'profiles'], options.signal);
    for (const scan of due) lastRun.set(scan, Date.now());
    // A fleet that starts together must not knock together for ever.
    const pauseMs = nextCheckInSeconds * randomInt(800, 1_200);
    await sleep(pauseMs, undefined, { signal: options.signal });
    passTime(agent.computer, pauseMs / 60_000);
  });
}

async function untilStopped(
  agent: SimulatedAgent,
  { signal, onTrouble, longestPauseMs = 15_000 }: RunOptions,
  step: () => Promise<void>,
): Promise<void> {
  let pauseMs = firstPauseMs;
  while (!signal.aborted && agent.isEnrolled) {
    try {
      await step();
      pauseMs = firstPauseMs;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refusal && error.isFinal) {
        if (agent.isEnrolled) await agent.forget(error.message);
        return;
      }
      onTrouble?.(error as Error);
      await sleep((pauseMs * randomInt(50, 150)) / 100, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  }
}
