/** What happens to the company's computers: every few seconds one drifts, one is mended, or something harmless changes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type DriftName, drifts, driftsOf, type SeededRandom } from '../agent/index.ts';
import type { Desk } from './desk.ts';
import type { Narrator } from './narrator.ts';

export interface DailyLifeOptions {
  readonly desks: readonly Desk[];
  readonly narrator: Narrator;
  readonly random: SeededRandom;
  readonly signal: AbortSignal;
}

const pauseMs = [2_000, 6_000] as const;
/** So long somebody needs to notice and mend. */
const mendingTakesMs = 25_000;
/** With more than this in trouble, the next thing is a repair: most of a fleet is well most of the time. */
const mostInTrouble = 5;

/** What people do; only computers of a kind that a rule judges go out of date visibly. */
const temptations = {
  linux: ['disk-unencrypted', 'passcode-removed', 'compromised', 'screen-lock-off'],
  macos: ['disk-unencrypted', 'passcode-removed', 'os-outdated', 'screen-lock-off', 'compromised'],
} as const satisfies Record<string, readonly [DriftName, ...DriftName[]]>;

export async function liveDaily({ desks, narrator, random, signal }: DailyLifeOptions): Promise<void> {
  const since = new Map<Desk, number>();
  while (!signal.aborted) {
    await sleep(random.integer(...pauseMs), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const awake = desks.filter((desk) => desk.isAwake);
    const troubled = awake.filter(({ agent }) => driftsOf(agent.computer).length > 0);
    for (const desk of troubled) if (!since.has(desk)) since.set(desk, Date.now());
    const longest = troubled
      .filter((desk) => Date.now() - (since.get(desk) ?? 0) >= mendingTakesMs)
      .toSorted((a, b) => (since.get(a) ?? 0) - (since.get(b) ?? 0))[0];
    const [first, ...rest] = awake.filter((desk) => !troubled.includes(desk));
    if (longest !== undefined && (troubled.length >= mostInTrouble || random.chance(0.6))) {
      since.delete(longest);
      mend(longest, narrator, signal);
    } else if (first !== undefined) {
      const desk = random.pick([first, ...rest]);
      if (troubled.length < mostInTrouble && random.chance(0.65)) drift(desk, narrator, random, signal);
      else live(desk, narrator, random, signal);
    }
  }
}

function drift(desk: Desk, narrator: Narrator, random: SeededRandom, signal: AbortSignal): void {
  const { computer } = desk.agent;
  const name = random.pick<DriftName>([...temptations[computer.platform]]);
  drifts[name].apply(computer);
  narrator.tell(`${desk.label}: ${drifts[name].happens}`);
  report(desk, [drifts[name].scan], signal);
}

function mend(desk: Desk, narrator: Narrator, signal: AbortSignal): void {
  const names = driftsOf(desk.agent.computer);
  for (const name of names) {
    drifts[name].mend(desk.agent.computer);
    narrator.tell(`${desk.label}: ${drifts[name].mended}`);
  }
  report(desk, [...new Set(names.map((name) => drifts[name].scan))], signal);
}

/** Nothing that anybody has to worry about. */
function live(desk: Desk, narrator: Narrator, random: SeededRandom, signal: AbortSignal): void {
  const { computer } = desk.agent;
  const change = random.integer(1, 4);
  if (change === 1) {
    const [name, version] = random.pick([
      ['inkscape', '1.4'],
      ['obs-studio', '31.1'],
      ['blender', '4.5'],
      ['postgresql-client', '18.0'],
    ]);
    if (name !== undefined && version !== undefined) computer.addedPackages[name] = version;
    narrator.tell(`${desk.label}: installed ${name}`);
    report(desk, ['apps'], signal);
  } else if (change === 2) {
    computer.wifiName = computer.wifiName === 'corp' ? 'hotel-lobby' : 'corp';
    narrator.tell(`${desk.label}: joined the network ${computer.wifiName}`);
    report(desk, ['device-information'], signal);
  } else if (change === 3) {
    narrator.tell(`${desk.label}: restarted`);
    void desk.agent.restart().then(() => report(desk, ['device-information'], signal));
  } else {
    const minutes = random.integer(1, 3);
    narrator.tell(`${desk.label}: lid closed for ${minutes} min`);
    desk.fallAsleep(minutes * 60_000);
  }
}

/** A computer watches itself and reports a change at once; what fails is reported by its next regular check-in. */
function report(desk: Desk, scans: Parameters<Desk['agent']['report']>[0], signal: AbortSignal): void {
  desk.agent.report(scans, signal).catch(() => undefined);
}
