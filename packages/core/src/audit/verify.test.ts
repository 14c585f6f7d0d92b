import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { limits } from '../limits.ts';
import { canonicalJson, type Json } from './canonical-json.ts';
import { emptyChain, type SealedEntry, sealContents } from './chain.ts';
import { checkpointOf, signCheckpoint } from './checkpoint.ts';
import { commitmentOf, newSalt } from './commitment.ts';
import type { AuditContent } from './entry.ts';
import { exportCheckpoint, exportEntry, exportHeader } from './export.ts';
import { verifyExport } from './verify.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signWith = (input: Uint8Array) => sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
const verifySignature = (input: Uint8Array, signature: Uint8Array) =>
  verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);

const org = 'acme';
const email = { salt: newSalt(), value: 'ann@acme.example' };

function content(index: number, change: Partial<AuditContent> = {}): AuditContent {
  return {
    v: 1,
    org,
    time: new Date(1_800_000_000_000 + index).toISOString(),
    actor: { kind: 'administrator', id: 'a1' },
    via: 'api',
    action: 'devices.lock',
    target: { kind: 'device', id: `d${index}` },
    outcome: 'done',
    reason: null,
    requestId: `r${index}`,
    show: {},
    commitments: { email: commitmentOf(email.salt, email.value) },
    ...change,
  };
}

const chain = (length: number, change: (index: number) => Partial<AuditContent> = () => ({})) =>
  sealContents(
    emptyChain,
    Array.from({ length }, (_, index) => content(index + 1, change(index + 1))),
  );

const lineOf = (sealed: SealedEntry) => exportEntry(sealed.entry, sealed.hash, { email });
const header = exportHeader(org, emptyChain, null);

function checkpointAfter(sealed: readonly SealedEntry[], seq: number, of: string = org): Promise<string> {
  const head = sealed[seq - 1];
  assert.ok(head);
  return signCheckpoint(
    checkpointOf(of, { seq, hash: head.hash }, seq, '2026-11-21T12:00:00Z'),
    'k',
    signWith,
  );
}

const check = (lines: readonly string[], checkpoints: readonly string[] = []) =>
  verifyExport(lines, { verifySignature, checkpoints });

const kinds = async (lines: readonly string[], checkpoints: readonly string[] = []) =>
  (await check(lines, checkpoints)).problems.map(({ kind, seq }) => `${kind} ${seq ?? '-'}`);

const record = chain(6);
const lines = [header, ...record.map(lineOf)];

/** Takes a line apart, changes it and writes it canonically, as a careful forger would. */
function alter(line: string | undefined, change: (value: Record<string, never>) => void): string {
  const value = JSON.parse(line ?? '') as Record<string, never>;
  change(value);
  return canonicalJson(value);
}

describe('an untouched export', () => {
  test('verifies, with its head', async () => {
    const result = await check(lines);
    assert.deepEqual(result, {
      ok: true,
      org,
      entries: 6,
      lastSeq: 6,
      headHash: record[5]?.hash.toString('hex'),
      checkpoints: 0,
      checkpointedSeq: 0,
      problems: [],
      problemCount: 0,
    });
  });

  test('verifies with checkpoints in the file and beside it', async () => {
    const third = await checkpointAfter(record, 3);
    const sixth = await checkpointAfter(record, 6);
    const result = await check([...lines.slice(0, 4), exportCheckpoint(third), ...lines.slice(4)], [sixth]);
    assert.ok(result.ok);
    assert.equal(result.checkpoints, 2);
    assert.equal(result.checkpointedSeq, 6);
  });

  test('verifies when empty, from a stream, and with trailing empty lines', async () => {
    assert.ok((await check([header])).ok);
    const stream = (async function* () {
      yield* [...lines, ''];
    })();
    assert.ok((await verifyExport(stream, { verifySignature })).ok);
  });

  test('stays valid when personal values are erased', async () => {
    const erased = record.map(({ entry, hash }) => exportEntry(entry, hash));
    assert.ok((await check([header, ...erased])).ok);
  });

  test('may begin after a checkpoint, as after the end of a retention', async () => {
    const third = record[2];
    assert.ok(third);
    const token = await checkpointAfter(record, 3);
    const late = exportHeader(org, { seq: 3, hash: third.hash }, token);
    const old = await checkpointAfter(record, 2);
    const result = await check([late, ...lines.slice(4)], [old, await checkpointAfter(record, 6)]);
    assert.deepEqual(result.problems, []);
    assert.equal(result.checkpointedSeq, 6);
    const unvouched = exportHeader(org, { seq: 3, hash: third.hash }, null);
    assert.deepEqual(await kinds([unvouched, ...lines.slice(4)]), ['wrong-start 3']);
    const wrong = exportHeader(org, { seq: 3, hash: third.hash }, old);
    assert.deepEqual(await kinds([wrong, ...lines.slice(4)]), ['wrong-start 3']);
  });
});

describe('tampering', () => {
  test('an edited entry is found, and only that one', async () => {
    const edited = lines.with(
      3,
      alter(lines[3], (value) => Object.assign(value.entry ?? {}, { outcome: 'refused' })),
    );
    assert.deepEqual(await kinds(edited), ['edited 3']);
  });

  test('an edited entry with a matching new hash breaks the next link', async () => {
    const [forged] = sealContents({ seq: 2, hash: record[1]?.hash ?? Buffer.alloc(0) }, [
      content(3, { action: 'x' }),
    ]);
    assert.ok(forged);
    assert.deepEqual(await kinds(lines.with(3, lineOf(forged))), ['edited 4']);
  });

  test('dropped entries are found: first, middle, several', async () => {
    assert.deepEqual(await kinds(lines.toSpliced(1, 1)), ['missing 1']);
    assert.deepEqual(await kinds(lines.toSpliced(3, 2)), ['missing 3']);
    assert.deepEqual(await kinds(lines.toSpliced(5, 1).toSpliced(2, 1)), ['missing 2', 'missing 5']);
  });

  test('reordered entries are found', async () => {
    const swapped = lines.with(3, lines[4] ?? '').with(4, lines[3] ?? '');
    assert.deepEqual(await kinds(swapped), ['reordered 3']);
  });

  test('a fork, two entries with one number, is found', async () => {
    const [twin] = sealContents({ seq: 2, hash: record[1]?.hash ?? Buffer.alloc(0) }, [
      content(3, { action: 'x' }),
    ]);
    assert.ok(twin);
    assert.deepEqual(await kinds(lines.toSpliced(4, 0, lineOf(twin))), ['forked 3']);
  });

  test('a cut tail is invisible without a checkpoint and found with one kept apart', async () => {
    const cut = lines.slice(0, 5);
    assert.ok((await check(cut)).ok);
    assert.deepEqual(await kinds(cut, [await checkpointAfter(record, 6)]), ['cut-tail 6']);
  });

  test('a record rewritten with perfect links is found by a checkpoint', async () => {
    const rewritten = chain(6, (index) => (index === 3 ? { outcome: 'refused' } : {}));
    const forged = [header, ...rewritten.map(lineOf)];
    assert.ok((await check(forged)).ok);
    assert.deepEqual(await kinds(forged, [await checkpointAfter(record, 5)]), ['rewritten 5']);
    assert.deepEqual(
      await kinds(forged, [await checkpointAfter(record, 2)]),
      [],
      'before the change all is well',
    );
  });

  test('a checkpoint with another signature, of another organization or in the wrong place is found', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const forged = await signCheckpoint(
      checkpointOf(org, { seq: 6, hash: record[5]?.hash ?? Buffer.alloc(32) }, 6, 'now'),
      'k',
      (input) => sign('sha256', input, { key: other, dsaEncoding: 'ieee-p1363' }),
    );
    assert.deepEqual(await kinds(lines, [forged]), ['bad-checkpoint -']);
    assert.deepEqual(await kinds(lines, [await checkpointAfter(record, 6, 'other')]), ['bad-checkpoint -']);
    assert.deepEqual(await kinds([...lines, exportCheckpoint(await checkpointAfter(record, 2))]), [
      'bad-checkpoint 2',
    ]);
  });

  test('an entry of another organization is found', async () => {
    const foreign = chain(2, (index) => (index === 2 ? { org: 'other' } : {}));
    assert.deepEqual(await kinds([header, ...foreign.map(lineOf)]), ['foreign 2']);
  });

  test('a personal value that was exchanged is found', async () => {
    const [first] = record;
    assert.ok(first);
    const lie = exportEntry(first.entry, first.hash, { email: { ...email, value: 'bob@acme.example' } });
    assert.deepEqual(await kinds(lines.with(1, lie)), ['wrong-value 1']);
    const extra = exportEntry(first.entry, first.hash, { name: email });
    assert.deepEqual(await kinds(lines.with(1, extra)), ['wrong-value 1']);
  });

  test('a header that lies about the start is found', async () => {
    const shifted = exportHeader(org, { seq: 0, hash: Buffer.alloc(32, 1) }, null);
    assert.deepEqual(await kinds([shifted, ...lines.slice(1)]), ['wrong-start 1', 'edited 1']);
    assert.deepEqual((await kinds(lines.slice(1)))[0], 'no-header -');
    assert.deepEqual(await kinds([]), ['no-header -']);
    assert.deepEqual(await kinds([header, header]), ['unreadable -']);
  });
});

describe('reading lines', () => {
  test('a line that has two readings is refused', async () => {
    const doubled = lines[1]?.replace('"outcome":"done"', '"outcome":"refused","outcome":"done"') ?? '';
    assert.equal(JSON.parse(doubled).entry.outcome, 'done');
    assert.deepEqual(await kinds(lines.with(1, doubled)), ['unreadable -', 'missing 1']);
    assert.deepEqual(await kinds(lines.with(1, ` ${lines[1]}`)), ['unreadable -', 'missing 1']);
  });

  test('a line is read up to its limit and not beyond', async () => {
    const filler = (length: number) => {
      const show = { text: 'x'.repeat(length) };
      const [sealed] = sealContents(emptyChain, [content(1, { show })]);
      assert.ok(sealed);
      return exportEntry(sealed.entry, sealed.hash);
    };
    const most = limits.auditExport.lineBytes - filler(0).length;
    assert.deepEqual(await kinds([header, filler(most)]), []);
    assert.deepEqual(await kinds([header, filler(most + 1)]), ['unreadable -']);
  });

  test('any lines give a result', async () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((value) => canonicalJson(value as Json)),
      fc.constantFrom(...lines),
      fc.constant(`${'['.repeat(50_000)}${']'.repeat(50_000)}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(garbage, { maxLength: 8 }), async (some) => {
        const result = await check(some);
        assert.equal(result.ok, result.problemCount === 0);
      }),
    );
  });

  test('thousands of problems are counted and a hundred described', async () => {
    const result = await check([header, ...Array.from({ length: 5_000 }, () => 'x')]);
    assert.equal(result.problemCount, 5_000);
    assert.equal(result.problems.length, 100);
  });
});

test('with a checkpoint of the head, any change whatever to the sequence of entries is found', async () => {
  const head = await checkpointAfter(record, 6);
  const entries = lines.slice(1);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...entries), { maxLength: 10 }), async (some) => {
      const result = await check([header, ...some], [head]);
      assert.equal(
        result.ok,
        some.length === entries.length && some.every((line, index) => line === entries[index]),
      );
    }),
    { numRuns: 200 },
  );
});

test('with a checkpoint of the head, any change of one character is found', async () => {
  const head = await checkpointAfter(record, 6);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(5),
      fc.nat(),
      fc.constantFrom('0', 'a', '"', ' ', '}'),
      async (index, position, to) => {
        const line = lines[index + 1] ?? '';
        const at = position % line.length;
        fc.pre(line[at] !== to);
        const result = await check(lines.with(index + 1, `${line.slice(0, at)}${to}${line.slice(at + 1)}`), [
          head,
        ]);
        assert.ok(!result.ok);
      },
    ),
  );
});
