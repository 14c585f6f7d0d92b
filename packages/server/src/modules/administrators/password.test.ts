import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPasswords, passwordCost } from './password-hash.ts';
import { isEasyToGuess, passwordLength, requireGoodPassword } from './password-rules.ts';

const cheap = { memory: 64, passes: 1 };

test('passwords are argon2id with the agreed parameters', async () => {
  assert.deepEqual(passwordCost, { memory: 65_536, passes: 3 });
  const stored = await createPasswords().hash('correct horse battery');
  assert.match(stored, /^\$argon2id\$v=19\$m=65536,t=3,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(await createPasswords().verify(stored, 'correct horse battery'), true);
});

test('a hash verifies its own password only, in either Unicode form, and is salted', async () => {
  const passwords = createPasswords(cheap);
  const stored = await passwords.hash('caf\u00e9 au lait, bien s\u00fbr');
  assert.equal(await passwords.verify(stored, 'cafe\u0301 au lait, bien su\u0302r'), true);
  assert.equal(await passwords.verify(stored, 'cafe au lait, bien sur'), false);
  assert.notEqual(stored, await passwords.hash('caf\u00e9 au lait, bien s\u00fbr'));
  for (const damaged of ['', '$argon2i$v=19$m=64,t=1,p=1$AAAA$AAAA', stored.slice(0, -3), undefined]) {
    assert.equal(await passwords.verify(damaged, 'caf\u00e9 au lait, bien s\u00fbr'), false);
  }
});

test('a hash made with weaker parameters is outdated', async () => {
  const old = await createPasswords(cheap).hash('correct horse battery');
  assert.equal(createPasswords(cheap).isOutdated(old), false);
  assert.equal(createPasswords({ memory: 128, passes: 1 }).isOutdated(old), true);
  assert.equal(await createPasswords({ memory: 128, passes: 1 }).verify(old, 'correct horse battery'), true);
});

test('two derivations run, twenty wait, the next stranger is told to come back, and who is expected still gets in', async () => {
  const passwords = createPasswords({ memory: 1_024, passes: 1 });
  const stored = await passwords.hash('correct horse battery');
  const strangers = Array.from({ length: 40 }, () => passwords.verify(undefined, 'guess'));
  const expected = passwords.verify(stored, 'correct horse battery', 'expected');
  const results = await Promise.allSettled(strangers);
  const refused = results.filter((result) => result.status === 'rejected');
  assert.equal(refused.length, 40 - 22);
  for (const { reason } of refused) {
    assert.equal(reason.code, 'unavailable');
    assert.equal(reason.retryAfterSeconds, 2);
  }
  assert.equal(await expected, true);
});

const context = { secondFactor: false, words: ['acme', 'Acme Rockets', 'ann.lee@acme.example'] };

test('length decides: 15 characters, 8 with an enforced second factor, 256 at most', () => {
  const long = 'plinth ocelot quaver tumbril '.repeat(9);
  requireGoodPassword(long.slice(0, passwordLength.minimum), context);
  requireGoodPassword(long.slice(0, passwordLength.maximum), context);
  requireGoodPassword('ocelot9v', { ...context, secondFactor: true });
  for (const [password, secondFactor, reason] of [
    [long.slice(0, passwordLength.minimum - 1), false, 'password-too-short'],
    ['ocelot9', true, 'password-too-short'],
    [long.slice(0, passwordLength.maximum + 1), false, 'password-too-long'],
  ] as const) {
    assert.throws(() => requireGoodPassword(password, { ...context, secondFactor }), { reason });
  }
});

test('what anybody would try first is refused, whatever its decoration', () => {
  for (const password of [
    'passwordpassword',
    'Password1234567!',
    'PASSWORD-2026-PASSWORD',
    'aaaaaaaaaaaaaaaa',
    'abababababababab',
    'qwertyuiopasdfgh',
    '098765432109876543',
    'abcdefghijklmnop',
    'Welcome2Acme!2026',
    'acmerockets2026!!',
    'ann.lee.acme.2026',
    'SummerWinterSummer1',
    'GatehouseAdmin123',
    'letmeinletmein11',
  ]) {
    assert.ok(isEasyToGuess(password, context.words), password);
  }
  for (const password of [
    'plinth ocelot quaver',
    'Tr0ub4dor&3xqZ',
    'vR8#kPw2!mXq9Lz',
    'meine Katze tanzt gern',
  ]) {
    assert.ok(!isEasyToGuess(password, context.words), password);
  }
});
