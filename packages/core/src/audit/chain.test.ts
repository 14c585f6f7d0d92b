import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { canonicalJson } from './canonical-json.ts';
import { canonicalContent, contentHash, emptyChain, genesisHash, linkHash, sealContents } from './chain.ts';
import type { AuditContent } from './entry.ts';

const content: AuditContent = {
  v: 1,
  org: 'acme',
  time: '2026-11-21T12:00:00.000Z',
  actor: { kind: 'administrator', id: 'a1' },
  via: 'api',
  action: 'users.create',
  target: { kind: 'user', id: 'u1' },
  outcome: 'done',
  reason: null,
  requestId: 'r1',
  show: { role: 'help-desk' },
  commitments: {},
};

test('a link is SHA-256 of label, previous hash and canonical entry', () => {
  const entry =
    '{"action":"users.create","actor":{"id":"a1","kind":"administrator"},"commitments":{},"org":"acme",' +
    '"outcome":"done","reason":null,"requestId":"r1","seq":1,"show":{"role":"help-desk"},' +
    '"target":{"id":"u1","kind":"user"},"time":"2026-11-21T12:00:00.000Z","v":1,"via":"api"}';
  const expected = createHash('sha256')
    .update(Buffer.concat([Buffer.from('gh-audit-1'), Buffer.alloc(32), Buffer.from(entry)]))
    .digest('hex');
  assert.equal(linkHash(genesisHash, { ...content, seq: 1 }).toString('hex'), expected);
});

test('contents are numbered from the head and each is linked to the one before', () => {
  const [first, second] = sealContents(emptyChain, [content, content]);
  assert.ok(first && second);
  assert.deepEqual([first.entry.seq, second.entry.seq], [1, 2]);
  assert.deepEqual(first.previousHash, genesisHash);
  assert.deepEqual(second.previousHash, first.hash);
  assert.notDeepEqual(first.hash, second.hash);
});

test('sealing in two runs gives the same chain as sealing in one', () => {
  const contents = [1, 2, 3, 4, 5].map((index) => ({ ...content, requestId: `r${index}` }));
  const whole = sealContents(emptyChain, contents);
  const head = whole[1];
  assert.ok(head);
  assert.deepEqual(sealContents({ seq: 2, hash: head.hash }, contents.slice(2)), whole.slice(2));
});

test('the content hash fixes every member and is no link', () => {
  const base = contentHash(content).toString('hex');
  for (const change of [{ org: 'other' }, { outcome: 'refused' }, { reason: '' }, { show: {} }] as const) {
    assert.notEqual(contentHash({ ...content, ...change }).toString('hex'), base);
  }
  assert.equal(contentHash({ ...content }).toString('hex'), base);
});

test('what is canonical once is canonical for all that is hashed, whatever stands beside the usual members', () => {
  const strange = JSON.parse('{"__proto__":{"a":1},"a":1,"zz":[],"show":{"seq":3}}') as object;
  for (const each of [
    content,
    { ...content, seq: 7 },
    { ...content, ...strange },
    JSON.parse('{"__proto__":{"a":1},"a":1}') as AuditContent,
    JSON.parse('{"zz":1}') as AuditContent,
    {} as AuditContent,
  ]) {
    const canonical = canonicalContent(each);
    assert.deepEqual(canonical.hash, contentHash(each));
    assert.equal(canonical.entryText(12), canonicalJson({ ...each, seq: 12 }));
  }
});

test('a previous hash of another length is refused', () => {
  assert.throws(() => linkHash(new Uint8Array(31), { ...content, seq: 1 }), RangeError);
});
