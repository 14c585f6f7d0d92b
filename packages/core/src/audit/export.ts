/**
 * The export of an organization's audit record: lines of canonical JSON (RFC 8785), so that a line has one reading only.
 *
 *   {"from":{"checkpoint":null,"hash":"00…","seq":0},"org":"…","type":"header","v":1}      first, once
 *   {"token":"…","type":"checkpoint"}                                 right after the entry it covers, or before all entries
 *   {"entry":{…},"hash":"…","type":"entry","values":{"email":{"salt":"…","value":"…"}}}    in order of seq, without gaps
 *
 * An export begins with entry 1, or right after a checkpoint, which the header then carries: that is also how a record
 * looks whose oldest ranges were dropped at the end of their retention.
 */
import { canonicalJson } from './canonical-json.ts';
import type { ChainHead } from './chain.ts';
import type { AuditEntry } from './entry.ts';

/** A personal value with the salt that opens its commitment; both are absent once erased. */
export interface OpenedValue {
  /** base64url */
  readonly salt: string;
  readonly value: string;
}

export interface ExportHeader {
  readonly type: 'header';
  readonly v: 1;
  readonly org: string;
  /** Where the chain stood before the first entry of this export. */
  readonly from: { readonly seq: number; readonly hash: string; readonly checkpoint: string | null };
  /**
   * The public keys of the checkpoints (RFC 7517). A convenience, not proof: whoever forges an export can put his own
   * here, so compare their `kid` with a checkpoint kept outside.
   */
  readonly keys?: readonly CheckpointKey[];
}

/** An ES256 public key by its RFC 7638 thumbprint. */
export interface CheckpointKey {
  readonly kid: string;
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
}

export interface ExportedEntry {
  readonly type: 'entry';
  readonly entry: AuditEntry;
  /** hex */
  readonly hash: string;
  readonly values: { readonly [name: string]: OpenedValue };
}

export interface ExportedCheckpoint {
  readonly type: 'checkpoint';
  readonly token: string;
}

export type ExportRecord = ExportHeader | ExportedEntry | ExportedCheckpoint;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** @param checkpoint the token that vouches for `from`; null when the export begins with entry 1. */
export function exportHeader(
  org: string,
  from: ChainHead,
  checkpoint: string | null,
  keys: readonly CheckpointKey[] = [],
): string {
  return canonicalJson({
    type: 'header',
    v: 1,
    org,
    from: { seq: from.seq, hash: hex(from.hash), checkpoint },
    ...(keys.length === 0 ? {} : { keys: keys.map((key) => ({ ...key })) }),
  });
}

export function exportEntry(
  entry: AuditEntry,
  hash: Uint8Array,
  values: Readonly<Record<string, { readonly salt: Uint8Array; readonly value: string }>> = {},
): string {
  const opened = Object.entries(values).map(([name, { salt, value }]) => [
    name,
    { salt: Buffer.from(salt).toString('base64url'), value },
  ]);
  return canonicalJson({
    type: 'entry',
    entry: { ...entry },
    hash: hex(hash),
    values: Object.fromEntries(opened),
  });
}

export function exportCheckpoint(token: string): string {
  return canonicalJson({ type: 'checkpoint', token });
}
