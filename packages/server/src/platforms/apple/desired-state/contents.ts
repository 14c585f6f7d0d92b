// What profiles, declarations and assets hold: sealed, kept once however many devices get it, and named by a keyed hash.
import { createHmac, randomBytes } from 'node:crypto';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { Sealer } from '../../../kernel/sealed/sealer.ts';
import type { DesiredItem } from './desired.ts';
import {
  insertContent,
  insertTokenKey,
  knownContents,
  selectContent,
  selectTokenKey,
} from './item-queries.ts';

type Deps = { readonly sealer: Pick<Sealer, 'seal' | 'open'> };

const keyId = 'content';

/** The organization's own hash, made when it is first needed. */
export async function contentHash(
  { sealer }: Deps,
  tx: TenantTx,
): Promise<(content: Uint8Array | string) => Buffer> {
  let sealed = await selectTokenKey(tx, keyId);
  if (sealed === undefined) {
    await insertTokenKey(tx, keyId, await sealer.seal(tx, 'apple_token_keys.key', keyId, randomBytes(32)));
    // Another transaction may have been first; its key stands.
    sealed = await selectTokenKey(tx, keyId);
  }
  if (sealed === undefined) throw new Error('the key of tokens could not be made');
  const key = await sealer.open(tx, 'apple_token_keys.key', keyId, sealed);
  return (content) => createHmac('sha256', key).update(content).digest();
}

/** Keeps what is not kept yet. */
export async function keepContents(
  { sealer }: Deps,
  tx: TenantTx,
  items: Iterable<DesiredItem>,
): Promise<void> {
  const byToken = new Map([...items].map((item) => [item.token, item]));
  const known = await knownContents(tx, [...byToken.keys()]);
  const missing = [...byToken.values()].filter(({ token }) => !known.has(token));
  await Promise.all(
    missing.map(async ({ token, content, contentType }) => {
      const sealed = await sealer.seal(tx, 'apple_contents.content', token, content);
      await insertContent(tx, token, sealed, contentType ?? null);
    }),
  );
}

/** @returns undefined for a content that nobody wants any more. */
export async function openContent(
  { sealer }: Deps,
  tx: TenantTx,
  token: string,
): Promise<{ readonly bytes: Buffer; readonly contentType: string | null } | undefined> {
  const row = await selectContent(tx, token);
  if (row === undefined) return undefined;
  const bytes = await sealer.open(tx, 'apple_contents.content', token, row.content);
  return { bytes, contentType: row.content_type };
}
