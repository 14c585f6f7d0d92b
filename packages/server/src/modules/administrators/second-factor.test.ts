import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generateSync } from 'otplib';
import { newTotpSecret, totpUri, verifyTotp } from './second-factor.ts';

// RFC 6238 appendix B: the ASCII secret 12345678901234567890, the last six of the eight digits given there.
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test('RFC 6238 appendix B: the codes of the standard are accepted at their times', () => {
  const vectors: [number, string][] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ];
  for (const [seconds, code] of vectors) {
    assert.equal(verifyTotp(secret, code, seconds * 1000, null), Math.floor(seconds / 30), code);
  }
});

test('ADM-12 a code counts once, and only within one step of now', () => {
  const now = 1_800_000_000_000;
  const at = (steps: number) => generateSync({ secret, epoch: now / 1000 + steps * 30 });
  const step = verifyTotp(secret, at(0), now, null);
  assert.ok(step);
  assert.equal(verifyTotp(secret, at(0), now, step), undefined, 'the same code again');
  assert.equal(verifyTotp(secret, at(-1), now, step), undefined, 'an older one after a newer one');
  assert.equal(verifyTotp(secret, at(-1), now, null), step - 1);
  assert.equal(verifyTotp(secret, at(1), now, step), step + 1);
  for (const far of [-3, -2, 2, 3]) assert.equal(verifyTotp(secret, at(far), now, null), undefined, `${far}`);
  for (const odd of ['', '12345', '1234567', 'abcdef', ' 87082', '２８７０８２']) {
    assert.equal(verifyTotp(secret, odd, 59_000, null), undefined);
  }
});

test('a new secret has 160 bits and its address names organization and account', () => {
  const made = newTotpSecret();
  assert.match(made, /^[A-Z2-7]{32}$/);
  assert.notEqual(made, newTotpSecret());
  const uri = new URL(totpUri(made, 'Acme', 'ann@acme.example'));
  assert.equal(uri.searchParams.get('secret'), made);
  assert.equal(uri.searchParams.get('issuer'), 'Gatehouse Acme');
});
