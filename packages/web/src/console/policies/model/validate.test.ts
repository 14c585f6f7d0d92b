import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Field, Node } from './field.ts';
import { bytesOfBase64, complaintsAbout, validate } from './validate.ts';

const field = (name: string, node: Node, more: Partial<Field> = {}): Field => ({
  name,
  title: name,
  help: '',
  words: '',
  group: '',
  node,
  required: true,
  secret: false,
  variables: false,
  ...more,
});
const first = (node: Node, value: unknown, variables = false) =>
  complaintsAbout(node, value, variables)[0]?.key;

describe('what is wrong with a value', () => {
  test('numbers have a range, texts a length and a form, choices a list', () => {
    const length: Node = { kind: 'integer', minimum: 1, maximum: 64 };
    assert.equal(first(length, 6), undefined);
    assert.equal(first(length, 0), 'outOfRange');
    assert.equal(first(length, 6.5), 'notWhole');
    assert.equal(first(length, undefined), 'notWhole');
    assert.equal(first({ kind: 'real', minimum: 0 }, 0.5), undefined);
    assert.equal(first({ kind: 'text', maximumLength: 3 }, 'abcd'), 'tooLong');
    assert.equal(first({ kind: 'text' }, 'a\u0000b'), 'notALine');
    assert.equal(first({ kind: 'text', form: 'version' }, '18.1'), undefined);
    assert.equal(first({ kind: 'text', form: 'version' }, 'eighteen'), 'notVersion');
    assert.equal(first({ kind: 'text', form: 'https-url' }, 'http://a.example'), 'notHttps');
    assert.equal(first({ kind: 'text', form: 'host' }, 'a b'), 'notHost');
    assert.equal(first({ kind: 'text', pattern: '^[0-9]+$' }, 'x'), 'notPattern');
    assert.equal(
      first({ kind: 'text', pattern: '(' }, 'x'),
      undefined,
      'a pattern that nobody can read binds nobody',
    );
    assert.equal(first({ kind: 'choice', choices: ['a'] }, 'b'), 'notChoice');
    assert.equal(first({ kind: 'boolean' }, undefined), 'missing');
  });

  test('variables stand for any value', () => {
    const url: Node = { kind: 'text', form: 'url' };
    assert.equal(first(url, 'https://x.example/%username%', true), undefined);
    assert.equal(first(url, '%nothing here', true), 'notUrl');
  });

  test('files are measured, lists counted, and what is inside is named by its place', () => {
    assert.equal(first({ kind: 'file', maximumBytes: 2, wrapped: false }, 'QUJD'), 'fileTooLarge');
    assert.equal(first({ kind: 'file', maximumBytes: 3, wrapped: true }, { $data: 'QUJD' }), undefined);
    assert.equal(bytesOfBase64('QUI='), 2);
    const list: Node = { kind: 'list', of: { kind: 'text' }, maximum: 2 };
    assert.equal(first(list, ['a', 'b', 'c']), 'tooMany');
    assert.equal(first(list, ['a', 'a']), 'repeated');
    assert.deepEqual(complaintsAbout(list, ['a', ''])[0]?.path, [1]);
    const object: Node = { kind: 'object', fields: [field('User', { kind: 'text' })] };
    assert.deepEqual(complaintsAbout(object, {})[0], { key: 'missing', slots: {}, path: ['User'] });
  });

  test('of a suite only what was added counts; of a resource what is demanded, unless a secret is stored', () => {
    const fields = [field('a', { kind: 'integer' }), field('b', { kind: 'text' }, { secret: true })];
    assert.deepEqual(validate(fields, {}, { onlyStated: true }), []);
    assert.deepEqual(
      validate(fields, { a: undefined }, { onlyStated: true }).map(({ path, key }) => [path[0], key]),
      [['a', 'notWhole']],
    );
    assert.deepEqual(
      validate(fields, {}, { kept: new Set(['b']) }).map(({ path, key }) => [path[0], key]),
      [['a', 'missing']],
    );
    const late = field('c', { kind: 'text' }, { when: { field: 'a', is: ['x'] } });
    assert.deepEqual(validate([...fields, late], { a: 1, b: 'x' }), []);
  });
});
