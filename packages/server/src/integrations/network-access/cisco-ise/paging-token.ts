// Tokens by which a list is continued. The interface types them as integers, so a token is one: the number of the last
// device given, and beside it 30 bits that prove we made it for this tenant, account and question (ISE-07). It holds no
// state here, because another policy service node, or a retry after our restart, may continue the run.
import { createHmac } from 'node:crypto';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { Clock } from '../../../kernel/clock.ts';

/** What a token is good for: nothing else continues with it. */
export interface TokenScope {
  readonly organizationId: string;
  readonly administratorId: string;
  /** The question, in one spelling. */
  readonly question: string;
}

export interface PagingTokens {
  /** @param position the number of the last device given: a positive integer. Never answers "0", which ends a run. */
  encode(scope: TokenScope, position: string): string;
  /** @throws DomainError `invalid-input` for a token that is not ours, of another scope, or older than a run can last. */
  decode(scope: TokenScope, token: string): string;
}

const proofBits = 30n;
const proofMask = (1n << proofBits) - 1n;
/** A token is good for this long at least and twice as long at most. */
const windowMs = 6 * 3_600_000;
/** Of 64-bit signed integers, which a client may keep it in. */
const largest = (1n << 63n) - 1n;

/** @param key secret, the same on every server of the instance. */
export function createPagingTokens(key: Uint8Array, clock: Clock): PagingTokens {
  const window = () => Math.floor(clock.now() / windowMs);
  const prove = (scope: TokenScope, position: bigint, at: number): bigint => {
    const { organizationId, administratorId, question } = scope;
    const parts = ['ise-paging', organizationId, administratorId, question, String(position), String(at)];
    const digest = createHmac('sha256', key).update(JSON.stringify(parts)).digest();
    return BigInt(digest.readUInt32BE(0)) & proofMask;
  };
  return {
    encode(scope, position) {
      const at = BigInt(position);
      return String((at << proofBits) | prove(scope, at, window()));
    },
    decode(scope, token) {
      const value = token.length <= 19 ? BigInt(token) : 0n;
      const position = value >> proofBits;
      const good = [window(), window() - 1].some((at) => prove(scope, position, at) === (value & proofMask));
      if (position <= 0n || value > largest || !good) {
        throw new DomainError(
          'invalid-input',
          'The paging token is not one of this list; start again with 0',
          {
            reason: 'bad-paging-token',
          },
        );
      }
      return String(position);
    },
  };
}
