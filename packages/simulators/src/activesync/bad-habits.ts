/** How a simulated mail client gets in the way of servers, on request: what real ones do now and then, made to happen. */

export interface BadHabits {
  /** Fetches its policy again and again and never says that it applies it. */
  readonly neverAcknowledges?: boolean;
  /** What it says of the policy: 1 applied, 2 partly, 3 not, 4 somebody else manages the device. */
  readonly saysOfPolicy?: 1 | 2 | 3 | 4;
  /** Told to fetch its policy, it asks the same again instead. */
  readonly ignoresProvisioning?: boolean;
  /** Told that it is to be wiped, it goes on. */
  readonly ignoresWipe?: boolean;
  /** A key that nobody gave it. */
  readonly wrongPolicyKey?: boolean;
  /** Never the same name twice. */
  readonly changesUserAgent?: boolean;
  /** Each request goes out a second time. */
  readonly replays?: boolean;
  /** Hangs up once it has sent so many requests, before it has the answer. */
  readonly hangsUpAfter?: number;
  /** The letters of the query's names in another case. */
  readonly shouts?: boolean;
}
