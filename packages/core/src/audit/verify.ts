/**
 * Verifies an export offline, in one pass and constant memory. An edited, dropped, doubled or moved entry breaks a link. A
 * record that was rewritten from some point on has perfect links and is caught by the checkpoints that no longer fit; so is
 * a tail that was cut, by a checkpoint kept elsewhere that lies beyond the end.
 */
import { genesisHash, linkHash } from './chain.ts';
import { type Checkpoint, openCheckpoint, type VerifyCheckpoint } from './checkpoint.ts';
import { opensCommitment } from './commitment.ts';
import type { AuditEntry } from './entry.ts';
import type { ExportedEntry, ExportHeader } from './export.ts';
import { readExportLine } from './read-export.ts';

export const chainProblems = {
  unreadable: 'A line is not a record of an audit export.',
  'no-header': 'The export does not begin with its header.',
  'wrong-start': 'The export begins in the middle of the record and no checkpoint vouches for that place.',
  foreign: 'An entry belongs to another organization.',
  edited: 'An entry does not fit its hash and its predecessor: it, or what it follows, was changed.',
  missing: 'Entries are missing.',
  reordered: 'An entry stands in the wrong place.',
  forked: 'Two entries have the same number.',
  'wrong-value': 'A personal value beside an entry is not the one the entry commits to.',
  'bad-checkpoint':
    'A checkpoint is malformed, misplaced, of another organization, or its signature does not hold.',
  rewritten: 'The record differs from what a checkpoint has signed.',
  'cut-tail': 'A checkpoint has signed entries beyond the end of the export.',
} as const satisfies Record<string, string>;

export type ChainProblemKind = keyof typeof chainProblems;

export interface ChainProblem {
  readonly kind: ChainProblemKind;
  /** Number of the entry concerned (of the first, if several). */
  readonly seq: number | null;
  /** Line of the export, from 1; null when it is about a checkpoint given apart or about the whole. */
  readonly line: number | null;
  readonly message: string;
}

export interface VerificationResult {
  readonly ok: boolean;
  readonly org: string | null;
  readonly entries: number;
  readonly lastSeq: number;
  /** hex */
  readonly headHash: string;
  /** Checkpoints that hold and fit. Entries after `checkpointedSeq` are linked, but nobody has signed them yet. */
  readonly checkpoints: number;
  readonly checkpointedSeq: number;
  /** At most 100; `problemCount` counts all. */
  readonly problems: readonly ChainProblem[];
  readonly problemCount: number;
}

export interface VerificationOptions {
  readonly verifySignature: VerifyCheckpoint;
  /** Tokens kept outside the export: from the file log, a syslog, a colleague. */
  readonly checkpoints?: readonly string[];
}

const mostProblems = 100;
/** Gaps remembered in order to tell a moved entry from a dropped one; an export with more is broken beyond telling. */
const mostGaps = 1_000;

export async function verifyExport(
  lines: Iterable<string> | AsyncIterable<string>,
  options: VerificationOptions,
): Promise<VerificationResult> {
  const verification = new Verification(options.verifySignature);
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line === '') continue;
    await verification.readLine(line, number);
    if (number === 1) await verification.expectCheckpoints(options.checkpoints ?? []);
  }
  return verification.finish();
}

/** The state of one pass: where the chain stands, and which checkpoints lie ahead. */
class Verification {
  readonly #verifySignature: VerifyCheckpoint;
  readonly #problems: ChainProblem[] = [];
  readonly #ahead = new Map<number, Set<string>>();
  readonly #gaps: [from: number, to: number][] = [];
  #problemCount = 0;
  #org: string | null = null;
  #seq = 0;
  #hash: string = Buffer.from(genesisHash).toString('hex');
  #entries = 0;
  #checkpoints = 0;
  #checkpointedSeq = 0;

  constructor(verifySignature: VerifyCheckpoint) {
    this.#verifySignature = verifySignature;
  }

  async readLine(line: string, number: number): Promise<void> {
    const record = readExportLine(line);
    if (number === 1 && record.type !== 'header') this.#report('no-header', null, number);
    switch (record.type) {
      case 'unreadable':
        return this.#report('unreadable', null, number, record.why);
      case 'header':
        return number === 1
          ? this.#begin(record)
          : this.#report('unreadable', null, number, 'a second header');
      case 'entry':
        return this.#follow(record, number);
      case 'checkpoint':
        return this.#meet(record.token, number);
      default:
        return record satisfies never;
    }
  }

  /** Checkpoints given apart may lie anywhere; those before the start of the export say nothing about it. */
  async expectCheckpoints(tokens: readonly string[]): Promise<void> {
    for (const token of tokens) await this.#meet(token, null);
  }

  finish(): VerificationResult {
    for (const [from, to] of this.#gaps)
      this.#report('missing', from, null, `Entries ${from} to ${to} are missing.`);
    for (const seq of this.#ahead.keys()) {
      const kind = seq > this.#seq ? 'cut-tail' : 'missing';
      this.#report(kind, seq, null, `A checkpoint has signed entry ${seq}; the export ends at ${this.#seq}.`);
    }
    if (this.#org === null && this.#problemCount === 0) this.#report('no-header', null, null);
    return {
      ok: this.#problemCount === 0,
      org: this.#org,
      entries: this.#entries,
      lastSeq: this.#seq,
      headHash: this.#hash,
      checkpoints: this.#checkpoints,
      checkpointedSeq: this.#checkpointedSeq,
      problems: this.#problems,
      problemCount: this.#problemCount,
    };
  }

  async #begin({ org, from }: ExportHeader): Promise<void> {
    const empty = this.#hash;
    this.#org = org;
    this.#seq = from.seq;
    this.#hash = from.hash;
    if (from.seq === 0) {
      if (from.hash !== empty || from.checkpoint !== null) this.#report('wrong-start', 1, 1);
      return;
    }
    const checkpoint = from.checkpoint === null ? undefined : await this.#open(from.checkpoint);
    if (checkpoint?.seq !== from.seq || checkpoint.headHash !== from.hash) {
      return this.#report('wrong-start', from.seq, 1);
    }
    this.#settle(checkpoint.seq);
  }

  #follow({ entry, hash, values }: ExportedEntry, line: number): void {
    this.#entries += 1;
    this.#checkValues(entry, values, line);
    if (entry.org !== this.#org) this.#report('foreign', entry.seq, line);
    if (entry.seq <= this.#seq) {
      const moved = this.#fillGap(entry.seq);
      return this.#report(moved ? 'reordered' : 'forked', entry.seq, line);
    }
    if (entry.seq === this.#seq + 1) {
      if (this.#linkOf(entry) !== hash) this.#report('edited', entry.seq, line);
    } else {
      this.#openGap(this.#seq + 1, entry.seq - 1, line);
    }
    // Go on from what the entry claims, so that one edit is one problem.
    this.#seq = entry.seq;
    this.#hash = hash;
    this.#compareAhead(line);
  }

  #linkOf(entry: AuditEntry): string {
    return linkHash(Buffer.from(this.#hash, 'hex'), entry).toString('hex');
  }

  #checkValues(entry: AuditEntry, values: ExportedEntry['values'], line: number): void {
    for (const [name, { salt, value }] of Object.entries(values)) {
      const commitment: unknown = Object.hasOwn(entry.commitments, name)
        ? entry.commitments[name]
        : undefined;
      const good =
        typeof commitment === 'string' && opensCommitment(commitment, Buffer.from(salt, 'base64url'), value);
      if (!good) this.#report('wrong-value', entry.seq, line);
    }
  }

  async #meet(token: string, line: number | null): Promise<void> {
    const checkpoint = await this.#open(token);
    if (checkpoint === undefined) return this.#report('bad-checkpoint', null, line);
    const { seq, headHash } = checkpoint;
    if (seq > this.#seq) {
      const expected = this.#ahead.get(seq) ?? new Set();
      this.#ahead.set(seq, expected.add(headHash));
      return;
    }
    if (seq === this.#seq) return this.#compare(seq, headHash, line);
    // Too late to compare inside the file; given apart, it vouches for a range that this export does not hold.
    if (line !== null) this.#report('bad-checkpoint', seq, line);
  }

  async #open(token: string): Promise<Checkpoint | undefined> {
    const checkpoint = await openCheckpoint(token, this.#verifySignature);
    return checkpoint?.org === this.#org ? checkpoint : undefined;
  }

  #compareAhead(line: number): void {
    for (const headHash of this.#ahead.get(this.#seq) ?? []) this.#compare(this.#seq, headHash, line);
    this.#ahead.delete(this.#seq);
  }

  #compare(seq: number, headHash: string, line: number | null): void {
    if (headHash === this.#hash) this.#settle(seq);
    else this.#report('rewritten', seq, line);
  }

  #settle(seq: number): void {
    this.#checkpoints += 1;
    this.#checkpointedSeq = Math.max(this.#checkpointedSeq, seq);
  }

  #openGap(from: number, to: number, line: number): void {
    if (this.#gaps.length < mostGaps) this.#gaps.push([from, to]);
    else this.#report('missing', from, line);
  }

  /** Takes one number out of the gap it falls in; false when it falls in none. */
  #fillGap(seq: number): boolean {
    const index = this.#gaps.findIndex(([from, to]) => from <= seq && seq <= to);
    const [from, to] = this.#gaps[index] ?? [];
    if (from === undefined || to === undefined) return false;
    const rest: [number, number][] = [
      [from, seq - 1],
      [seq + 1, to],
    ];
    this.#gaps.splice(index, 1, ...rest.filter(([first, last]) => first <= last));
    return true;
  }

  #report(
    kind: ChainProblemKind,
    seq: number | null,
    line: number | null,
    message: string = chainProblems[kind],
  ): void {
    this.#problemCount += 1;
    if (this.#problems.length < mostProblems) this.#problems.push({ kind, seq, line, message });
  }
}
