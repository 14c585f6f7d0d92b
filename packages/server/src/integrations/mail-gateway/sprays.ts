// Guessing of passwords through the gateway. The directory behind a mail server locks an account after some wrong ones, so a stranger
// could lock everybody out of everything; he is slowed, and then not passed on, well before that (EAS-T09, security rule 6.5). The
// budget of an account is shared by all strangers; a device that the account is known to have has its own, and credentials that were right
// before cost nothing at all, so no stranger can use up what the person needs.
import type { Clock } from '../../kernel/clock.ts';
import { sourceOf } from '../../kernel/http/rate-limit.ts';

export interface Attempt {
  readonly organizationId: string;
  readonly login: string;
  /** The client’s address. */
  readonly address: string;
  readonly deviceKey: string;
  /** The account was seen with this device before. */
  readonly isKnownPair: boolean;
  /** Wrong ones that the directory bears within its own span of time. */
  readonly lockoutAttempts: number;
  readonly lockoutMs: number;
}

export type Ruling =
  | { readonly goes: true; readonly afterMs: number }
  | { readonly goes: false; readonly retryAfterSeconds: number };

export interface Sprays {
  /** Counts as wrong from now on, until it is said to be right: many at once are as many guesses. */
  begin(attempt: Attempt): Ruling;
  /** It was not wrong. */
  takeBack(attempt: Attempt): void;
}

const spanMs = 15 * 60_000;
const delayFrom = 3;
const mostForwarded = 5;
/** Wrong ones of one source about any account. */
const mostOfSource = 30;
const longestDelayMs = 5_000;
const mostKeys = 200_000;

/** When the wrong ones were, oldest first. */
type Times = number[];

export function createSprays(clock: Clock): Sprays {
  const counted = new Map<string, Times>();

  function timesOf(key: string, now: number, span: number): Times {
    const times = counted.get(key) ?? [];
    while (times.length > 0 && ((times[0] ?? 0) <= now - span || (times[0] ?? 0) > now + span)) times.shift();
    return times;
  }

  function spend(key: string, times: Times, now: number): void {
    times.push(now);
    counted.delete(key);
    counted.set(key, times);
    if (counted.size > mostKeys) {
      for (const stalest of counted.keys()) {
        counted.delete(stalest);
        break;
      }
    }
  }

  function keysOf(attempt: Attempt): { account: string; pair: string; source: string } {
    const { organizationId, login, deviceKey, isKnownPair } = attempt;
    const source = sourceOf(attempt.address);
    const person = `${organizationId} ${login.toLowerCase()}`;
    return isKnownPair
      ? { account: `device ${person} ${deviceKey}`, pair: `pair ${person} ${source} known`, source: '' }
      : { account: `account ${person}`, pair: `pair ${person} ${source}`, source: `source ${source}` };
  }

  return {
    begin(attempt) {
      const now = clock.now();
      const span = Math.max(spanMs, attempt.lockoutMs);
      const keys = keysOf(attempt);
      // Strangers and the known device together stay below what the directory bears.
      const bearable = Math.max(2, attempt.lockoutAttempts - 1);
      const forStrangers = Math.ceil(bearable * 0.6);
      const most = Math.min(
        mostForwarded,
        attempt.isKnownPair ? Math.max(1, bearable - forStrangers) : forStrangers,
      );
      const account = timesOf(keys.account, now, span);
      const pair = timesOf(keys.pair, now, spanMs);
      const source = keys.source === '' ? [] : timesOf(keys.source, now, spanMs);
      const full =
        account.length >= most
          ? account[0]
          : source.length >= mostOfSource
            ? source[source.length - mostOfSource]
            : undefined;
      if (full !== undefined)
        return {
          goes: false,
          retryAfterSeconds: Math.max(
            1,
            Math.ceil((full + (account.length >= most ? span : spanMs) - now) / 1_000),
          ),
        };
      const failures = Math.max(pair.length, Math.floor(source.length / 5));
      spend(keys.account, account, now);
      spend(keys.pair, pair, now);
      if (keys.source !== '') spend(keys.source, source, now);
      const afterMs =
        failures < delayFrom ? 0 : Math.min(longestDelayMs, 1_000 * 2 ** (failures - delayFrom));
      return { goes: true, afterMs };
    },
    takeBack(attempt) {
      const keys = keysOf(attempt);
      for (const key of [keys.account, keys.pair, keys.source]) {
        const times = counted.get(key);
        times?.pop();
        if (times?.length === 0) counted.delete(key);
      }
    },
  };
}
