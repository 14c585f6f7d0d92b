import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { childrenOf, type DerValue, derLimits, readDer } from './read-der.ts';
import {
  readBitString,
  readBoolean,
  readIntegerBytes,
  readOid,
  readSmallInteger,
  readText,
  readTime,
} from './read-values.ts';
import { boolean, namedBits, oid, sequence, time, unsignedInteger, utf8String } from './write-der.ts';

const value = (hex: string): DerValue => readDer(Buffer.from(hex, 'hex'), 'value', 1 << 16);

test('lengths that are indefinite, padded or too long are refused (X.690, section 10.1)', () => {
  for (const hex of [
    '3080020100',
    '0400ff',
    '048100',
    '04820001ff',
    '0485000000000100',
    '0405ffff',
    '04',
    '',
    '1f8101',
  ]) {
    assert.throws(() => value(hex), DecodeError, hex);
  }
});

test('an error names the field and the byte at which it lies', () => {
  const outer = childrenOf(value('3006020105020301'));
  outer.next('version');
  assert.throws(
    () => outer.next('serial'),
    (error) => error instanceof DecodeError && error.path === 'value.serial' && error.offset === 7,
  );
});

test('values that are not minimal are refused (X.690, sections 8.3.2, 8.19.2, 11.1, 11.2.1)', () => {
  assert.throws(() => readIntegerBytes(value('02020001')), DecodeError);
  assert.throws(() => readIntegerBytes(value('0202ff80')), DecodeError);
  assert.throws(() => readIntegerBytes(value('0200')), DecodeError);
  assert.throws(() => readBoolean(value('010101')), DecodeError);
  assert.throws(() => readOid(value('06032a8001')), DecodeError);
  assert.throws(() => readOid(value('06022a86')), DecodeError);
  assert.throws(() => readBitString(value('030201ff')), DecodeError);
  assert.throws(() => readBitString(value('030108')), DecodeError);
});

test('times outside the calendar or in another form are refused', () => {
  const text = (tag: string, digits: string) =>
    value(tag + (digits.length.toString(16).padStart(2, '0') + Buffer.from(digits).toString('hex')));
  assert.equal(readTime(text('17', '491231235959Z')), Date.UTC(2049, 11, 31, 23, 59, 59));
  assert.equal(readTime(text('17', '500101000000Z')), Date.UTC(1950, 0, 1));
  assert.equal(readTime(text('18', '20500101000000Z')), Date.UTC(2050, 0, 1));
  for (const digits of [
    '260230000000Z',
    '261301000000Z',
    '260101240000Z',
    '2601010000Z',
    '260101000000+0100',
  ]) {
    assert.throws(() => readTime(text('17', digits)), DecodeError, digits);
  }
  assert.throws(() => readTime(text('18', '20260101000000.5Z')), DecodeError);
});

test('nesting at the limit is read, one level more is refused', () => {
  const nest = (levels: number) => {
    let bytes = sequence();
    for (let level = 0; level < levels; level++) bytes = sequence(bytes);
    let cursor = childrenOf(readDer(bytes, 'deep', 1 << 16));
    while (!cursor.atEnd) cursor = childrenOf(cursor.next('deep'));
  };
  nest(derLimits.depth - 1);
  assert.throws(() => nest(derLimits.depth), /nesting deeper/);
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string({ unit: 'grapheme' }), fc.boolean(), (number, text, flag) => {
      const fields = childrenOf(
        readDer(sequence(unsignedInteger(number), utf8String(text), boolean(flag)), 'all', 1 << 20),
      );
      assert.equal(readSmallInteger(fields.next('number')), number);
      assert.equal(readText(fields.next('text')), Buffer.from(text, 'utf8').toString('utf8'));
      assert.equal(readBoolean(fields.next('flag')), flag);
      fields.done();
    }),
  );
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      const seconds = Math.floor(date.getTime() / 1000) * 1000;
      assert.equal(readTime(readDer(time(date.getTime()), 'time', 64)), seconds);
    }),
  );
  for (const dotted of [
    '1.2.840.113549.1.1.11',
    '2.5.29.37.0',
    '2.999.1',
    '0.9.2342.19200300.100.1.25',
    '2.25.329800735698586629295641978511506172918',
  ]) {
    assert.equal(readOid(readDer(oid(dotted), 'oid', 64)), dotted);
  }
  assert.deepEqual([...namedBits([0])], [0x03, 0x02, 0x07, 0x80]);
  assert.deepEqual([...namedBits([5, 6])], [0x03, 0x02, 0x01, 0x06]);
  assert.deepEqual([...namedBits([8])], [0x03, 0x03, 0x07, 0x00, 0x80]);
});
