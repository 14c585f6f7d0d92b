/**
 * The links of the audit record. Each use-case writes its content with a content hash in its own transaction; one sealer
 * per organization then numbers the contents in commit order and links each to the one before:
 *
 *   hash(n) = SHA-256("gh-audit-1" | hash(n-1) | canonical JSON of entry n)      hash(0) = 32 zero bytes
 *
 * The entry names its organization and its number, so a link fits in exactly one place of exactly one chain.
 */
import { hash as hashOf } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json.ts';
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
  return hashOf('sha256', contentLabel + text, 'buffer');
}

/** Fixes what a use-case wrote until the sealer links it. */
export function contentHash(content: AuditContent): Buffer {
  return contentTextHash(contentText(content));
}

export function linkHash(previousHash: Bytes, entry: AuditEntry): Buffer {
  return linkTextHash(previousHash, canonicalJson({ ...entry }));
}

const labelBytes = Buffer.from(linkLabel);

/** Label and previous hash have fixed lengths, so the three parts cannot be shifted against each other. */
function linkTextHash(previousHash: Bytes, text: string): Buffer {
  if (previousHash.length !== hashBytes) throw new RangeError(`a link has ${hashBytes} bytes`);
  return hashOf('sha256', Buffer.concat([labelBytes, previousHash, Buffer.from(text)]), 'buffer');
}

/** What a use-case wrote, brought into its canonical form once for all that is hashed of it. */
export interface CanonicalContent {
  /** As {@link contentHash}. */
  readonly hash: Buffer;
  /** The canonical text of the entry with this number. */
  entryText(seq: number): string;
}

export function canonicalContent(content: AuditContent): CanonicalContent {
  if (Object.hasOwn(content, 'seq')) {
    return { hash: contentHash(content), entryText: (seq) => canonicalJson({ ...content, seq }) };
  }
  // The number stands among the members by its name.
  const before: Record<string, Json> = Object.create(null);
  const after: Record<string, Json> = Object.create(null);
  for (const [name, value] of Object.entries(content)) (name < 'seq' ? before : after)[name] = value;
  const [first, last] = [canonicalJson(before).slice(1, -1), canonicalJson(after).slice(1, -1)];
  const join = (...members: string[]) => `{${members.filter((member) => member !== '').join(',')}}`;
  return {
    hash: contentTextHash(join(first, last)),
    entryText: (seq) => join(first, `"seq":${seq}`, last),
  };
}

export interface ChainHead {
  /** Number of the last entry; 0 for an empty chain. */
  readonly seq: number;
  readonly hash: Bytes;
}

export const emptyChain: ChainHead = { seq: 0, hash: genesisHash };

export interface Link {
  readonly seq: number;
  readonly previousHash: Bytes;
  readonly hash: Buffer;
}

/** Numbers and links contents in the order given, after `head`. */
export function linkContents(head: ChainHead, contents: readonly CanonicalContent[]): readonly Link[] {
  let { seq, hash: previousHash } = head;
  return contents.map((content) => {
    seq += 1;
    const link = { seq, previousHash, hash: linkTextHash(previousHash, content.entryText(seq)) };
    previousHash = link.hash;
    return link;
  });
}

export interface SealedEntry extends Link {
  readonly entry: AuditEntry;
}

/** The same with the entries themselves. */
export function sealContents(head: ChainHead, contents: readonly AuditContent[]): readonly SealedEntry[] {
  const links = linkContents(head, contents.map(canonicalContent));
  return contents.flatMap((content, index) => {
    const link = links[index];
    return link === undefined ? [] : [{ ...link, entry: { ...content, seq: link.seq } }];
  });
}
