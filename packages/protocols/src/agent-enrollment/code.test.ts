import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { codeBytes, formatEnrollmentCode, newEnrollmentCode, parseEnrollmentCode } from './code.ts';

const fromHex = (hex: string) => ({ bytes: new Uint8Array(Buffer.from(hex, 'hex')) });

function reasonOf(text: string): string {
  try {
    parseEnrollmentCode(text);
  } catch (error) {
    assert.ok(error instanceof DecodeError);
    return error.reason;
  }
  return 'accepted';
}

test('ENR-T01 a code carries 120 bits: bytes and symbols stand for each other one to one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: codeBytes, maxLength: codeBytes }), (bytes) => {
      const text = formatEnrollmentCode({ bytes });
      assert.match(text, /^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/);
      assert.deepEqual(parseEnrollmentCode(text).bytes, bytes);
    }),
  );
  let asked = 0;
  newEnrollmentCode((size) => {
    asked += size;
    return randomBytes(size);
  });
  assert.equal(asked * 8, 120);
  assert.throws(() => newEnrollmentCode(() => new Uint8Array(14)), TypeError);
});

test('ENR-T01 no symbol is favoured at any of the 24 places', () => {
  const runs = 20_000;
  const counts = Array.from({ length: 24 }, () => new Map<string, number>());
  for (let run = 0; run < runs; run++) {
    const symbols = formatEnrollmentCode(newEnrollmentCode(randomBytes)).replaceAll('-', '');
    for (let place = 0; place < 24; place++) {
      const symbol = symbols.charAt(place);
      counts[place]?.set(symbol, (counts[place]?.get(symbol) ?? 0) + 1);
    }
  }
  for (const [place, count] of counts.entries()) {
    const expected = runs / 32;
    const chiSquare = [...count.values()].reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
    assert.equal(count.size, 32);
    // 31 degrees of freedom: chance exceeds 90 once in 10^7 tries; a missing or doubled symbol gives over 600.
    assert.ok(chiSquare < 90, `place ${place}: ${chiSquare}`);
  }
});

test('a code is read in any case, with or without dashes, and with the letters people confuse', () => {
  const code = fromHex('000102030405060708090a0b0c0d0e');
  const text = formatEnrollmentCode(code);
  for (const typed of [
    text.toLowerCase(),
    text.replaceAll('-', ''),
    ` ${text.replaceAll('-', ' ')}\n`,
    text.replaceAll('-', '\u2013'),
    text.replaceAll('0', 'O'),
    text.replaceAll('0', 'o').replaceAll('1', 'l'),
    text.replaceAll('1', 'I'),
  ]) {
    assert.deepEqual(parseEnrollmentCode(typed).bytes, code.bytes, typed);
  }
});

test('a mistyped code is refused by kind, and the message never repeats it', () => {
  const text = formatEnrollmentCode(fromHex('a1b2c3d4e5f60718293a4b5c6d7e8f'));
  assert.equal(reasonOf(''), 'wrong-length');
  assert.equal(reasonOf(text.slice(1)), 'wrong-length');
  assert.equal(reasonOf(`${text}0`), 'wrong-length');
  assert.equal(reasonOf('0'.repeat(100_000)), 'wrong-length');
  assert.equal(reasonOf(`U${text.slice(1)}`), 'unknown-symbol');
  const swapped = `${text.slice(0, 24)}${text.slice(24)}`.replace(/^(.)(.)/, '$2$1');
  assert.notEqual(swapped, text);
  assert.throws(
    () => parseEnrollmentCode(swapped),
    (error) =>
      error instanceof DecodeError &&
      error.reason === 'wrong-check-symbol' &&
      !error.message.includes(text.slice(6, 11)),
  );
});

test('the check symbol catches about 31 of 32 single slips', () => {
  let caught = 0;
  const runs = 2000;
  for (let run = 0; run < runs; run++) {
    const symbols = formatEnrollmentCode(newEnrollmentCode(randomBytes)).replaceAll('-', '');
    const place = run % 24;
    const slipped =
      symbols.slice(0, place) + (symbols.charAt(place) === '7' ? '8' : '7') + symbols.slice(place + 1);
    if (reasonOf(slipped) === 'wrong-check-symbol') caught += 1;
  }
  assert.ok(caught / runs > 0.94, `${caught} of ${runs}`);
});
