/**
 * The links of the audit record. Each use-case writes its content with a content hash in its own transaction; one sealer
 * per organization then numbers the contents in commit order and links each to the one before:
 *
 *   hash(n) = SHA-256("gh-audit-1" | hash(n-1) | canonical JSON of entry n)      hash(0) = 32 zero bytes
 *
 * The entry names its organization and its number, so a link fits in exactly one place of exactly one chain.
 */
import { createHash } from 'node:crypto';
import { canonicalBytes, canonicalJson } from './canonical-json.ts';
import type { AuditContent, AuditEntry } from './entry.ts';

const linkLabel = 'gh-audit-1';
const contentLabel = 'gh-audit-content-1';
export const hashBytes = 32;

/** What the first entry of every organization is linked to. */
export const genesisHash: Uint8Array = new Uint8Array(hashBytes);

type Bytes = Uint8Array;

/** The canonical text of what a use-case writes, for {@link contentTextHash}; as JSON it is the content itself. */
export function contentText(content: AuditContent): string {
  return canonicalJson({ ...content });
}

export function contentTextHash(text: string): Buffer {
  return createHash('sha256').update(contentLabel).update(text).digest();
}

/** Fixes what a use-case wrote until the sealer links it. */
export function contentHash(content: AuditContent): Buffer {
  return contentTextHash(contentText(content));
}

/** Label and previous hash have fixed lengths, so the three parts cannot be shifted against each other. */
export function linkHash(previousHash: Bytes, entry: AuditEntry): Buffer {
  if (previousHash.length !== hashBytes) throw new RangeError(`a link has ${hashBytes} bytes`);
  return createHash('sha256')
    .update(linkLabel)
    .update(previousHash)
    .update(canonicalBytes({ ...entry }))
    .digest();
}

export interface ChainHead {
  /** Number of the last entry; 0 for an empty chain. */
  readonly seq: number;
  readonly hash: Bytes;
}

export const emptyChain: ChainHead = { seq: 0, hash: genesisHash };

export interface SealedEntry {
  readonly entry: AuditEntry;
  readonly previousHash: Bytes;
  readonly hash: Buffer;
}

/** Numbers and links contents in the order given, after `head`. */
export function sealContents(head: ChainHead, contents: readonly AuditContent[]): readonly SealedEntry[] {
  let { seq, hash } = head;
  return contents.map((content) => {
    seq += 1;
    const entry: AuditEntry = { ...content, seq };
    const previousHash = hash;
    const sealed = { entry, previousHash, hash: linkHash(previousHash, entry) };
    hash = sealed.hash;
    return sealed;
  });
}
