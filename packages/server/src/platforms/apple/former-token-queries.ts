// Statements over what a channel was reached by before. `$1` is the organization.
import type { TenantTx } from '../../kernel/db/database.ts';
import { sql } from '../../kernel/db/sql.ts';

/** Digest in hex, and the signing time of the message that took its place, ms since the epoch. */
export type FormerToken = readonly [digest: string, replacedAt: number];

export interface ReachRow {
  readonly channel_id: string;
  readonly push_token: Buffer | null;
  readonly push_magic: Buffer | null;
  readonly unlock_token: Buffer | null;
  readonly bootstrap_token: Buffer | null;
  readonly former_tokens: readonly FormerToken[] | null;
}

const lockReachStatement = sql(
  'apple-lock-reach',
  `select channel_id, push_token, push_magic, unlock_token, bootstrap_token, former_tokens from apple_channels
   where organization_id = $1 and device_id = $2 and channel = $3 for no key update`,
);

/** By what the channel is reached, what it has entrusted to us, and what it had before; nobody else changes it until the transaction ends. */
export function lockReach(tx: TenantTx, deviceId: string, channel: string): Promise<ReachRow | undefined> {
  return tx.one<ReachRow>(lockReachStatement, [tx.organizationId, deviceId, channel]);
}

const writeFormerStatement = sql(
  'apple-write-former-tokens',
  `update apple_channels set former_tokens = $4::jsonb where organization_id = $1 and device_id = $2 and channel = $3`,
);

export async function writeFormerTokens(
  tx: TenantTx,
  deviceId: string,
  channel: string,
  tokens: readonly FormerToken[],
): Promise<void> {
  await tx.run(writeFormerStatement, [tx.organizationId, deviceId, channel, JSON.stringify(tokens)]);
}
