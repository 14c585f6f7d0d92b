/**
 * Checkpoints: signed statements of where an organization's chain stood, ES256 JWS (RFC 7515) of type
 * `gh-checkpoint+jwt`. Kept outside the database as well, they show that a tail was cut or a chain rewritten. Signing and
 * verifying are passed in: the key is the server's, and a reader of an export may hold the public key only.
 */
import { limits } from '../limits.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ChainHead } from './chain.ts';

export interface Checkpoint {
  readonly org: string;
  readonly seq: number;
  /** hex */
  readonly headHash: string;
  /** Entries sealed since the checkpoint before. */
  readonly count: number;
  /** ISO 8601, UTC */
  readonly time: string;
}

const algorithm = 'ES256';
const type = 'gh-checkpoint+jwt';

/** Signs `signingInput` with ECDSA P-256 and SHA-256; 64 bytes, r | s (RFC 7518 section 3.4). */
export type SignCheckpoint = (signingInput: Uint8Array) => Uint8Array | Promise<Uint8Array>;
export type VerifyCheckpoint = (
  signingInput: Uint8Array,
  signature: Uint8Array,
  keyId: string | undefined,
) => boolean | Promise<boolean>;

export function checkpointOf(org: string, head: ChainHead, count: number, time: string): Checkpoint {
  return { org, seq: head.seq, headHash: Buffer.from(head.hash).toString('hex'), count, time };
}

export async function signCheckpoint(
  checkpoint: Checkpoint,
  keyId: string,
  sign: SignCheckpoint,
): Promise<string> {
  const header = encode(canonicalJson({ alg: algorithm, kid: keyId, typ: type }));
  const payload = encode(canonicalJson({ ...checkpoint }));
  const signature = await sign(ascii(`${header}.${payload}`));
  return `${header}.${payload}.${Buffer.from(signature).toString('base64url')}`;
}

/** @returns undefined unless the token is well formed, of our type and algorithm, and its signature holds. */
export async function openCheckpoint(
  token: string,
  verify: VerifyCheckpoint,
): Promise<Checkpoint | undefined> {
  if (token.length > limits.jws.bytes) return undefined;
  const match = /^([\w-]+)\.([\w-]+)\.([\w-]{86})$/.exec(token);
  const [, header = '', payload = '', signature = ''] = match ?? [];
  if (match === null) return undefined;
  const parsedHeader = decode(header);
  if (parsedHeader?.alg !== algorithm || parsedHeader.typ !== type || parsedHeader.crit !== undefined)
    return undefined;
  const keyId = typeof parsedHeader.kid === 'string' ? parsedHeader.kid : undefined;
  const good = await verify(ascii(`${header}.${payload}`), Buffer.from(signature, 'base64url'), keyId);
  return good ? asCheckpoint(decode(payload)) : undefined;
}

function asCheckpoint(value: Readonly<Record<string, unknown>> | undefined): Checkpoint | undefined {
  const { org, seq, headHash, count, time } = value ?? {};
  if (typeof org !== 'string' || typeof time !== 'string') return undefined;
  if (typeof headHash !== 'string' || !/^[0-9a-f]{64}$/.test(headHash)) return undefined;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0) return undefined;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) return undefined;
  return { org, seq, headHash, count, time };
}

const ascii = (text: string): Uint8Array => Buffer.from(text, 'ascii');
const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
