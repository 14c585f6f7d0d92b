import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Field } from './field.ts';
import { fieldsToSend, secretOrigins, storableValues, valuesOf } from './resource-values.ts';

const field = (name: string, secret = false): Field => ({
  name,
  title: name,
  help: '',
  words: '',
  group: '',
  node: { kind: 'text' },
  required: false,
  secret,
  variables: false,
});

describe('fields of a resource', () => {
  test('a payload is edited by its own keys, and its secrets go where nobody reads them again', () => {
    const schema = [field('SSID_STR'), field('Password', true)];
    assert.deepEqual(valuesOf('apple-payload', { type: 'x', content: { SSID_STR: 'Plant' } }), {
      SSID_STR: 'Plant',
    });
    assert.deepEqual(valuesOf('apple-payload', { type: 'x', content: [] }), {});
    assert.deepEqual(valuesOf('wifi', { ssid: 'Plant' }), { ssid: 'Plant' });
    const values = { SSID_STR: 'Plant', Password: 'plinth', Unset: undefined };
    assert.deepEqual(fieldsToSend('apple-payload', 'x', schema, values), {
      type: 'x',
      content: { SSID_STR: 'Plant' },
      secretContent: { Password: 'plinth' },
    });
    assert.deepEqual(fieldsToSend('apple-payload', 'x', schema, { SSID_STR: 'Plant' }), {
      type: 'x',
      content: { SSID_STR: 'Plant' },
    });
    assert.deepEqual(fieldsToSend('custom-declaration', 'y', schema, { a: 1 }), {
      type: 'y',
      payload: { a: 1 },
    });
    assert.deepEqual(fieldsToSend('wifi', undefined, schema, { ssid: 'a', password: null }), {
      ssid: 'a',
      password: null,
    });
    assert.deepEqual(storableValues(schema, values), { SSID_STR: 'Plant', Unset: undefined });
  });

  test('of each secret it is known when it was last set and by whom', () => {
    const version = (changedSecrets: string[], createdAt: string) => ({
      changedSecrets,
      createdAt,
      author: 'Kim',
      createdBy: 'administrator:1',
    });
    const origins = secretOrigins([
      version([], '3'),
      version(['password'], '2'),
      version(['password', 'pin'], '1'),
    ]);
    assert.equal(origins.get('password')?.at, '2');
    assert.equal(origins.get('pin')?.at, '1');
  });
});
