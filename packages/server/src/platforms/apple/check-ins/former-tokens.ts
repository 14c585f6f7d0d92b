// A signed message proves who wrote it, not who sends it: one that somebody kept can come again. What a device was reached by
// before, or has entrusted to us, therefore does not come back by a message that was signed no later than the one that replaced it
// (DEV-07). Times are the
// device's own throughout, however wrong its clock. Over TLS nobody else can send a device's messages, and nothing is kept.
import { createHash } from 'node:crypto';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { AppleDeps } from '../apple-deps.ts';
import { type FormerToken, lockReach, type ReachRow, writeFormerTokens } from '../former-token-queries.ts';
import type { Speaker } from '../speaker.ts';

/** Two for each change of a token: a device seldom has ten in its life. */
const mostFormer = 64;

export interface Reach {
  readonly pushToken: Uint8Array;
  readonly pushMagic: Uint8Array;
  readonly unlockToken: Uint8Array | undefined;
}

/**
 * Before the new one is written, in the same transaction.
 * @returns false for what the channel had before and a later message replaced: then nothing is to be written.
 */
export function supersedes(
  { sealer }: Pick<AppleDeps, 'sealer'>,
  tx: TenantTx,
  speaker: Speaker,
  next: Reach,
): Promise<boolean> {
  return replaces(tx, speaker, digestOf(next), (row) => digestsOf(sealer, tx, row));
}

/**
 * The same for the bootstrap token; having none is one of the things that a Mac has had.
 * @param next undefined: the Mac wants it forgotten.
 */
export function supersedesBootstrapToken(
  { sealer }: Pick<AppleDeps, 'sealer'>,
  tx: TenantTx,
  speaker: Speaker,
  next: Uint8Array | undefined,
): Promise<boolean> {
  return replaces(
    tx,
    speaker,
    digestOfBootstrap(next),
    async ({ channel_id: id, bootstrap_token: sealed }) => [
      digestOfBootstrap(
        sealed ? await sealer.open(tx, 'apple_channels.bootstrap_token', id, sealed) : undefined,
      ),
    ],
  );
}

/** @param currentOf what the channel has, in all the ways in which a message may have said it. */
async function replaces(
  tx: TenantTx,
  { deviceId, identity: { channel }, signature, now }: Speaker,
  next: string,
  currentOf: (row: ReachRow) => Promise<readonly string[]>,
): Promise<boolean> {
  if (signature === undefined) return true;
  const row = await lockReach(tx, deviceId, channel);
  if (row === undefined) return true;
  const current = await currentOf(row);
  if (current.includes(next)) return true;
  const former = row.former_tokens ?? [];
  const replacedAt = former.find(([digest]) => digest === next)?.[1];
  if (replacedAt !== undefined && (signature.at ?? -Infinity) <= replacedAt) return false;
  const at = signature.at ?? now;
  const kept = former.filter(([digest]) => digest !== next && !current.includes(digest));
  const added = current.map((each): FormerToken => [each, at]);
  await writeFormerTokens(tx, deviceId, channel, [...kept, ...added].slice(-mostFormer));
  return true;
}

/** As a message with and as one without the unlock token would have said it. */
async function digestsOf(
  sealer: AppleDeps['sealer'],
  tx: TenantTx,
  { channel_id: id, push_token: pushToken, push_magic: magic, unlock_token: unlock }: ReachRow,
): Promise<readonly string[]> {
  if (pushToken === null || magic === null) return [];
  const [pushMagic, unlockToken] = await Promise.all([
    sealer.open(tx, 'apple_channels.push_magic', id, magic),
    unlock === null ? undefined : sealer.open(tx, 'apple_channels.unlock_token', id, unlock),
  ]);
  const said: Reach = { pushToken, pushMagic, unlockToken };
  return [...new Set([digestOf(said), digestOf({ ...said, unlockToken: undefined })])];
}

function digestOf({ pushToken, pushMagic, unlockToken }: Reach): string {
  const hash = createHash('sha256');
  for (const part of [pushToken, pushMagic, unlockToken ?? new Uint8Array()]) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest('hex');
}

function digestOfBootstrap(token: Uint8Array | undefined): string {
  return createHash('sha256')
    .update('bootstrap token:')
    .update(token ?? new Uint8Array())
    .digest('hex');
}
