/** The check after something was mended: what is known of it at each moment. */
import type { MyDeviceDetail, MyOrder } from '@gatehouse/contracts/my/devices.ts';

export interface Check {
  /** By this browser’s clock, for how long it has taken. */
  readonly askedAt: number;
  /** The newest report that was known when it was asked. */
  readonly reportBefore: string | null;
  readonly orderId: string | undefined;
}

export type CheckState = 'asking' | 'asking-long' | 'good' | 'still' | 'offline';

const longMs = 8_000;
const lateMs = 120_000;
/** A device that has answered the order may still be sending what it found. */
const settleMs = 4_000;

export function checkState(
  check: Check,
  order: Pick<MyOrder, 'state' | 'finishedAt'> | undefined,
  device: Pick<MyDeviceDetail, 'problems' | 'details'>,
  now: number,
): CheckState {
  const waited = now - check.askedAt;
  const reported = (device.details.lastReportAt ?? '') > (check.reportBefore ?? '');
  const answered = order !== undefined && order.finishedAt !== null;
  const failed = answered && order.state !== 'acknowledged';
  if (device.problems.length === 0 && (reported || answered)) return 'good';
  if (failed) return 'offline';
  if (reported && (answered || waited > settleMs)) return 'still';
  if (answered && waited > settleMs) return 'still';
  if (waited > lateMs) return 'offline';
  return waited > longMs ? 'asking-long' : 'asking';
}

export const isOver = (state: CheckState): boolean =>
  state === 'good' || state === 'still' || state === 'offline';
