/** Growing pauses after failures, with jitter, so that many servers do not come back in step. */
import type { ApnsEnvironment } from './environment.ts';

export const backOffLimits = { firstMs: 500, longestMs: 60_000 } as const;

/** Between half and the whole of the doubled pause: never at once again, never all together. @param strikes from 1 */
export function backOffMs(strikes: number, random: ApnsEnvironment['random']): number {
  const whole = Math.min(backOffLimits.longestMs, backOffLimits.firstMs * 2 ** Math.min(strikes - 1, 20));
  return whole / 2 + (whole / 2) * random();
}
