// Attachments of 25 MB: how fast they come, and what the gateway keeps of them in memory, which should be next to nothing.
import type { Result } from '../../tools/benchmark.ts';
import { attachmentBytes } from './backend.ts';
import type { Load, Measured } from './load.ts';
import { median } from './relay.ts';
import { requestOf } from './requests.ts';
import type { Stage } from './stage.ts';

const leastPercent = 80;
const mebibyte = 1024 * 1024;
/** Fetched at the same time, so that whoever kept them whole would hold 200 MB. */
const atOnce = 8;
const mostGrowth = 25;

export async function measureAttachments(stage: Stage, rounds: number): Promise<Result[]> {
  const { fleet, doors, load, server } = stage;
  const requests = Array.from({ length: atOnce }, (_, index) =>
    requestOf('ItemOperations', index + 1, fleet.policyKey),
  );
  const fetch = async (door: 'gateway' | 'nginx', connections: number, seconds: number): Promise<number> => {
    const { bytes, seconds: took } = await load.ask<Measured>({
      ask: 'load',
      load: { door: doors[door], connections, seconds, requests } satisfies Load,
    });
    return bytes / took / mebibyte;
  };
  for (const door of ['gateway', 'nginx'] as const) await fetch(door, 1, 2);
  const rates: Record<'gateway' | 'nginx', number[]> = { gateway: [], nginx: [] };
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const door of ['nginx', 'gateway'] as const) rates[door].push(await fetch(door, 1, 3));
    ratios.push((100 * (rates.gateway.at(-1) ?? 0)) / (rates.nginx.at(-1) ?? 1));
  }
  const before = server.memory();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, server.memory());
  }, 20);
  await fetch('gateway', atOnce, 6);
  clearInterval(watch);
  const growth = most - before;
  const ratio = median(ratios);
  return [
    {
      metric: `attachments of ${attachmentBytes / mebibyte} MiB, one after the other, baseline nginx`,
      value: median(rates.gateway),
      unit: 'MiB/s',
      target: 'none',
      ok: true,
      baseline: median(rates.nginx),
    },
    {
      metric: 'the same, of nginx',
      value: ratio,
      unit: '%',
      target: `>= ${leastPercent}`,
      ok: ratio >= leastPercent,
    },
    {
      metric: `memory that the gateway took beside while ${atOnce} came at once`,
      value: growth,
      unit: 'MiB',
      target: `<= ${mostGrowth}`,
      ok: growth <= mostGrowth,
      baseline: before,
    },
  ];
}
