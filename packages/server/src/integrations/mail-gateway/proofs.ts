// Credentials that a mail server has just said are right, so that a Ping does not cost a log-in. Kept is no credential but its keyed
// hash, under a key that this process made for itself and nobody else has; only what was right, for five minutes at most, and gone at
// once when the mail server refuses it or the person’s password changes (EAS-T08).
import { hash, randomBytes } from 'node:crypto';

export const proofLifeMs = 5 * 60_000;
/** How long it is remembered that credentials were right, which proves nothing but that trying them again locks nobody out. */
const wasRightMs = 24 * 3_600_000;
const mostProofs = 100_000;

export interface Proof {
  /** ms since the epoch */
  readonly provedAt: number;
  /** What it was proved against: a version of a mail server, or the stand-in. */
  readonly by: string;
  isForgotten: boolean;
}

export interface Proofs {
  /** The keyed hash by which everything about a request with these credentials is remembered. */
  keyOf(...parts: readonly string[]): string;
  find(key: string): Proof | undefined;
  isLive(proof: Proof | undefined, by: string, now: number, passwordSetAt: number | null): boolean;
  remember(key: string, by: string, now: number): Proof;
  /** Whether they were right at some time, and never refused since. */
  wasRight(key: string, now: number): boolean;
  /** The mail server says that they are wrong now. */
  forget(key: string): void;
  readonly size: number;
}

export function createProofs(hashKey: Uint8Array = randomBytes(32)): Proofs {
  const proofs = new Map<string, Proof>();
  const secret = Buffer.from(hashKey).toString('base64');
  return {
    // Lengths before texts, so that no two lists of parts read alike. SHA-512/256 with the key in front is a keyed hash by itself, for what
    // comes out of it cannot be carried on; asked for each request, HMAC with its objects costs three times as much.
    keyOf: (...parts) =>
      hash(
        'sha512-256',
        parts.reduce((all, part) => `${all}${part.length}:${part}`, secret),
        'base64',
      ),
    find: (key) => proofs.get(key),
    isLive: (proof, by, now, passwordSetAt) =>
      proof !== undefined &&
      !proof.isForgotten &&
      proof.by === by &&
      now >= proof.provedAt &&
      now - proof.provedAt < proofLifeMs &&
      (passwordSetAt === null || passwordSetAt <= proof.provedAt),
    remember(key, by, now) {
      const proof: Proof = { provedAt: now, by, isForgotten: false };
      proofs.delete(key);
      proofs.set(key, proof);
      if (proofs.size > mostProofs) {
        for (const stalest of proofs.keys()) {
          proofs.delete(stalest);
          break;
        }
      }
      return proof;
    },
    wasRight(key, now) {
      const proof = proofs.get(key);
      return proof !== undefined && !proof.isForgotten && now - proof.provedAt < wasRightMs;
    },
    forget(key) {
      const proof = proofs.get(key);
      if (proof !== undefined) proof.isForgotten = true;
      proofs.delete(key);
    },
    get size() {
      return proofs.size;
    },
  };
}
