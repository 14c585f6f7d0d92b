/** What is done to many devices at a call, and told of each. */
import { noSuchDevice } from './lock-device.ts';

export interface DeviceOutcome {
  readonly deviceId: string;
  readonly outcome: 'changed' | 'unchanged' | 'failed';
  /** A sentence, of one that failed. */
  readonly problem?: string;
}

export interface DevicesReport {
  readonly changed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly items: readonly DeviceOutcome[];
}

/** Devices in one transaction: a failure of the server keeps the batches before it. */
const batch = 100;

/** In the order of their ids, as everybody locks devices; counted together. */
export async function inBatches(
  deviceIds: readonly string[],
  work: (some: readonly string[]) => Promise<readonly DeviceOutcome[]>,
): Promise<DevicesReport> {
  const ordered = deviceIds.toSorted();
  const items: DeviceOutcome[] = [];
  for (let from = 0; from < ordered.length; from += batch)
    items.push(...(await work(ordered.slice(from, from + batch))));
  const count = (wanted: DeviceOutcome['outcome']) =>
    items.filter(({ outcome }) => outcome === wanted).length;
  return { changed: count('changed'), unchanged: count('unchanged'), failed: count('failed'), items };
}

export function missing(deviceId: string): DeviceOutcome {
  return { deviceId, outcome: 'failed', problem: noSuchDevice().message };
}
