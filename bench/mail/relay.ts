// Requests that are relayed: how many a second, and how much later they are answered.
import type { Result } from '../../tools/benchmark.ts';
import { cpuTicks } from '../nac/processes.ts';
import type { Load, Measured } from './load.ts';
import { requestOf } from './requests.ts';
import type { Stage } from './stage.ts';

export interface RelayOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Phones that take turns. */
  readonly active: number;
}

type Door = 'gateway' | 'nginx' | 'backend';
const calm = { connections: 8, perSecond: 200, seconds: 4 };
const addedMost = 5;
const least = 50;

export async function measureRelay(stage: Stage, options: RelayOptions): Promise<Result[]> {
  const { fleet, doors, load, server, nginx } = stage;
  const { rounds, seconds, connections, active } = options;
  const requests = Array.from({ length: active }, (_, index) =>
    requestOf('Sync', index + 1, fleet.policyKey),
  );
  const measure = (door: Door, change: Partial<Load> = {}): Promise<Measured> =>
    load.ask<Measured>({
      ask: 'load',
      load: { door: doors[door], connections, seconds, requests, ...change } satisfies Load,
    });
  // Long enough for each phone to have proved its password, and for the compiler to have seen everything.
  for (const door of ['gateway', 'nginx', 'backend'] as const) await measure(door, { seconds: 6 });

  const ratios: number[] = [];
  const rates: Record<'gateway' | 'nginx', number[]> = { gateway: [], nginx: [] };
  const cpu: Record<'gateway' | 'nginx', number[]> = { gateway: [], nginx: [] };
  const used = { gateway: () => server.cpu(), nginx: () => cpuTicks(nginx.pid) * 10_000 };
  for (let round = 0; round < rounds; round += 1) {
    for (const door of ['nginx', 'gateway'] as const) {
      const before = used[door]();
      const measured = await measure(door);
      const rate = measured.requests / measured.seconds;
      rates[door].push(rate);
      cpu[door].push((used[door]() - before) / measured.requests);
      console.error(
        `mail:   ${door} ${Math.round(rate).toLocaleString('en')}/s, ${cpu[door].at(-1)?.toFixed(0)} µs CPU`,
      );
    }
    ratios.push((100 * (rates.gateway.at(-1) ?? 0)) / (rates.nginx.at(-1) ?? 1));
  }
  const added: number[] = [];
  const slow: Record<'gateway' | 'backend', number[]> = { gateway: [], backend: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const door of ['backend', 'gateway'] as const) slow[door].push((await measure(door, calm)).p99);
    added.push((slow.gateway.at(-1) ?? 0) - (slow.backend.at(-1) ?? 0));
  }
  const ratio = median(ratios);
  const late = median(added);
  return [
    {
      metric: `relayed requests over ${connections} connections of ${active.toLocaleString('en')} phones, baseline nginx`,
      value: median(rates.gateway),
      unit: '1/s',
      target: 'none',
      ok: true,
      baseline: median(rates.nginx),
    },
    { metric: 'the same, of nginx', value: ratio, unit: '%', target: `>= ${least}`, ok: ratio >= least },
    {
      metric: 'the same, CPU of the proxy, with its database',
      value: median(cpu.gateway),
      unit: 'µs',
      target: 'none',
      ok: true,
      baseline: median(cpu.nginx),
    },
    {
      metric: `p99 at ${calm.perSecond} requests a second, baseline the mail server itself without TLS`,
      value: median(slow.gateway),
      unit: 'ms',
      target: 'none',
      ok: true,
      baseline: median(slow.backend),
    },
    { metric: 'the same, added', value: late, unit: 'ms', target: `< ${addedMost}`, ok: late < addedMost },
  ];
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
