// Passwords as argon2id (RFC 9106) in PHC strings. One derivation takes 64 MiB and a tenth of a second, so only two run at
// a time and a short queue waits; beyond that callers are told to come back, and nobody can exhaust the server by guessing.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { DomainError } from '@gatehouse/core/errors.ts';

export interface PasswordCost {
  /** KiB */
  readonly memory: number;
  readonly passes: number;
}

export const passwordCost: PasswordCost = { memory: 65_536, passes: 3 };

/** `expected`: the caller showed that it is known here, so a flood of strangers does not delay it. */
export type Lane = 'expected' | 'stranger';

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes as long when `stored` is undefined: an unknown account must not answer faster. */
  verify(stored: string | undefined, password: string, lane?: Lane): Promise<boolean>;
  /** Whether a stored hash is weaker than those made today. */
  isOutdated(stored: string): boolean;
}

const derive = promisify(argon2);
const tagLength = 32;
const concurrency = 2;
const queueLength = 20;

export function createPasswords(cost: PasswordCost = passwordCost): Passwords {
  const gate = createGate();

  const run = (
    password: string,
    nonce: Buffer,
    { memory, passes }: PasswordCost,
    length: number,
    lane: Lane,
  ) =>
    gate(lane, () =>
      derive('argon2id', {
        // One form for every keyboard: what looks the same is the same (SP 800-63B 3.1.1.2).
        message: Buffer.from(password.normalize('NFC'), 'utf8'),
        nonce,
        parallelism: 1,
        tagLength: length,
        memory,
        passes,
      }),
    );

  return {
    async hash(password) {
      const nonce = randomBytes(16);
      const tag = await run(password, nonce, cost, tagLength, 'expected');
      return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=1$${base64(nonce)}$${base64(tag)}`;
    },
    async verify(stored, password, lane = 'stranger') {
      const parsed = stored === undefined ? undefined : parse(stored);
      if (!parsed) {
        await run(password, Buffer.alloc(16), cost, tagLength, lane);
        return false;
      }
      const tag = await run(password, parsed.nonce, parsed, parsed.tag.length, lane);
      return timingSafeEqual(tag, parsed.tag);
    },
    isOutdated(stored) {
      const parsed = parse(stored);
      return !parsed || parsed.memory < cost.memory || parsed.passes < cost.passes;
    },
  };
}

function parse(stored: string): (PasswordCost & { nonce: Buffer; tag: Buffer }) | undefined {
  const match =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43,86})$/.exec(stored);
  if (!match) return undefined;
  const [, memory, passes, nonce = '', tag = ''] = match;
  return {
    memory: Number(memory),
    passes: Number(passes),
    nonce: Buffer.from(nonce, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

/** PHC strings use base64 without padding. */
const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

function createGate(): <T>(lane: Lane, work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: Record<Lane, (() => void)[]> = { expected: [], stranger: [] };
  return async (lane, work) => {
    if (running >= concurrency) {
      if (waiting[lane].length >= queueLength) {
        throw new DomainError('unavailable', 'Too many are signing in at this moment; try again shortly', {
          reason: 'busy',
          retryAfterSeconds: 2,
        });
      }
      await new Promise<void>((resolve) => waiting[lane].push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      // The place passes on to the next in line without becoming free in between.
      const next = waiting.expected.shift() ?? waiting.stranger.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
