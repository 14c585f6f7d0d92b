// What came of telling a network device, and what that says of it.
import type { ChangeOutcome } from '@gatehouse/clients/radius/index.ts';

export type TellingOutcome =
  | ChangeOutcome
  /** The station was answered by the decision that holds: it came back by itself. */
  | { readonly outcome: 'up-to-date' }
  /** Switched off, or nothing is known by which it would find the session. */
  | { readonly outcome: 'not-told'; readonly cause: string }
  | { readonly outcome: 'later'; readonly afterMs: number };

/** What an outcome says of the device in words; undefined: nothing. null: it is well. */
export function problemOf(outcome: TellingOutcome): string | null | undefined {
  switch (outcome.outcome) {
    case 'accepted':
    case 'session-gone':
      return null;
    case 'configuration':
    case 'refused':
    case 'busy':
      return `it refuses: ${outcome.cause}`;
    case 'no-answer':
      return outcome.ignored > 0
        ? 'its answers do not prove themselves: is the shared secret the same on both sides?'
        : 'it does not answer: is this server among its clients for dynamic authorization, with the same secret and port?';
    case 'unreachable':
      return 'no packet can be sent to it';
    default:
      return undefined;
  }
}
