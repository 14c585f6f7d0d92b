// The keys that sign an organization's security event tokens, and nothing else: RSA-3072, a year in use. A new one is published
// seven days before it signs, an old one thirty days longer, so that no receiver ever meets a token whose key it cannot find.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  sign,
} from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { SignalDeps } from './deps.ts';
import { dropKey, holdKeys, readKeys, type SignalKeyRow, storeKey } from './key-queries.ts';

const day = 86_400_000;
export const keySchedule = { inUseMs: 365 * day, knownBeforeMs: 7 * day, knownAfterMs: 30 * day } as const;

const makePair = promisify(generateKeyPair);
const signInThread = promisify(sign) as (
  algorithm: string,
  data: Uint8Array,
  key: KeyObject,
) => Promise<Buffer>;

/**
 * A signature is two milliseconds of one core. No more of them at a time than there are cores, and a thread less than Node has: what
 * answers devices and gates must not wait for them.
 */
const signaturesAtOnce = Math.min(3, availableParallelism());
let signing = 0;
const waitingToSign: (() => void)[] = [];

async function signAside(data: Uint8Array, key: KeyObject): Promise<Buffer> {
  if (signing >= signaturesAtOnce) await new Promise<void>((resolve) => waitingToSign.push(resolve));
  else signing += 1;
  try {
    return await signInThread('sha256', data, key);
  } finally {
    // The place passes to the next.
    const next = waitingToSign.shift();
    if (next === undefined) signing -= 1;
    else next();
  }
}

interface PublicJwk {
  readonly kty: string;
  readonly n: string;
  readonly e: string;
}

function jwkOf(spki: Buffer): PublicJwk {
  const {
    kty = '',
    n = '',
    e = '',
  } = createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({
    format: 'jwk',
  });
  return { kty, n, e };
}

/** RFC 7638 section 3. */
function thumbprint({ e, kty, n }: PublicJwk): string {
  return createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
}

/** RFC 7517: every key that signs, will sign soon or signed lately. */
export async function publicKeys(tx: TenantTx): Promise<readonly Record<string, string>[]> {
  return (await readKeys(tx)).map((row) => ({
    ...jwkOf(row.public_key),
    kid: row.key_id,
    use: 'sig',
    alg: 'RS256',
  }));
}

function signingKeyAt(keys: readonly SignalKeyRow[], now: number): SignalKeyRow | undefined {
  return keys.findLast((key) => key.signs_from.getTime() <= now);
}

type KeyDeps = Pick<SignalDeps, 'database' | 'sealer' | 'clock'>;

/** Makes the first key, the next one in its time, and drops those that nobody asks for any more. */
export async function keepKeys(deps: KeyDeps, organizationId: string): Promise<void> {
  const now = deps.clock.now();
  const before = await deps.database.withTenant(organizationId, readKeys, { readOnly: true });
  if (nextKeySignsFrom(before, now) === undefined && outlived(before, now).length === 0) return;
  // A second of work, so outside the transaction.
  const pair = await makePair('rsa', { modulusLength: 3_072 });
  await deps.database.withTenant(organizationId, async (tx) => {
    await holdKeys(tx);
    const keys = await readKeys(tx);
    const signsFrom = nextKeySignsFrom(keys, now);
    if (signsFrom !== undefined) {
      const publicKey = pair.publicKey.export({ format: 'der', type: 'spki' });
      const keyId = thumbprint(jwkOf(publicKey));
      const privateKey = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
      await storeKey(tx, {
        key_id: keyId,
        public_key: publicKey,
        private_key: await deps.sealer.seal(tx, 'signal_keys.private_key', keyId, privateKey),
        signs_from: new Date(signsFrom),
      });
    }
    for (const { key_id: keyId } of outlived(keys, now)) await dropKey(tx, keyId);
  });
}

/** When a key that is to be made now begins to sign; undefined: none is to be made. */
function nextKeySignsFrom(keys: readonly SignalKeyRow[], now: number): number | undefined {
  const newest = keys.at(-1);
  if (newest === undefined) return now;
  const ends = newest.signs_from.getTime() + keySchedule.inUseMs;
  if (now < ends - keySchedule.knownBeforeMs) return undefined;
  // A server that slept through the day still gives receivers their week.
  return Math.max(ends, now + keySchedule.knownBeforeMs);
}

/** Those whose successor has signed for long enough. */
function outlived(keys: readonly SignalKeyRow[], now: number): readonly SignalKeyRow[] {
  return keys.filter((_key, place) => {
    const successor = keys[place + 1];
    return successor !== undefined && successor.signs_from.getTime() + keySchedule.knownAfterMs <= now;
  });
}

export interface SignerOf {
  readonly keyId: string;
  /** RS256, in a thread of its own. */
  sign(input: string): Promise<Buffer>;
}

export type FindSigner = (organizationId: string) => Promise<SignerOf>;

/** One per process: opened keys are remembered, which of them signs is read each minute. */
export function createSigners(deps: KeyDeps): FindSigner {
  const remembered = new Map<string, { readonly until: number; readonly signer: Promise<SignerOf> }>();

  async function load(organizationId: string): Promise<SignerOf> {
    const open = () =>
      deps.database.withTenant(organizationId, async (tx) => {
        const row = signingKeyAt(await readKeys(tx), deps.clock.now());
        if (row === undefined) return undefined;
        const pkcs8 = await deps.sealer.open(tx, 'signal_keys.private_key', row.key_id, row.private_key);
        return { keyId: row.key_id, key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }) };
      });
    let opened = await open();
    if (opened === undefined) {
      await keepKeys(deps, organizationId);
      opened = await open();
    }
    if (opened === undefined) throw new Error('there is no key to sign with');
    const { keyId, key } = opened;
    return { keyId, sign: (input) => signAside(Buffer.from(input), key) };
  }

  return (organizationId) => {
    const now = deps.clock.now();
    const known = remembered.get(organizationId);
    if (known !== undefined && known.until > now && known.until <= now + 60_000) return known.signer;
    if (remembered.size >= 1_000) remembered.clear();
    const signer = load(organizationId);
    signer.catch(() => remembered.delete(organizationId));
    remembered.set(organizationId, { until: now + 60_000, signer });
    return signer;
  };
}
