import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listTypes } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { differences, withTables } from './check.ts';
import { renderSection } from './support-section.ts';
import { readWrittenTypes } from './written-types.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const tables = renderSection();

test('every message, command, payload, declaration and asked-for status item of the schema is named', () => {
  const families = ['check-in', 'commands', 'profiles', 'declarations'] as const;
  const frames = ['TopLevel', 'CommonPayloadKeys', 'any'];
  const missing = families
    .flatMap((family) => listTypes(family))
    .filter(({ type }) => !frames.includes(type) && !tables.includes(`\`${type}\``))
    .map(({ type }) => type);
  assert.deepEqual(missing, []);
});

test('what has a guard is shown as not sent raw', () => {
  assert.match(tables, /\| `EraseDevice` \| works \| `full-wipe` \| no: full-wipe \|/);
  assert.match(tables, /\| `UserList` \| passed on \| +\| yes \|/);
});

test('what the server writes is read from its source, what it only reads is not', () => {
  const { commands, payloads, declarations } = readWrittenTypes(root);
  assert.ok(commands.includes('DeviceLock'));
  assert.ok(!commands.includes('UserList'));
  assert.ok(payloads.includes('com.apple.wifi.managed'));
  assert.ok(!payloads.includes('com.apple.declarations'));
  assert.ok(declarations.includes('com.apple.activation.simple'));
});

test('a type that is written and not told of, or told of and not written, is a fault', () => {
  assert.deepEqual(differences('payloads', ['a', 'b'], ['b']), [
    'a is missing among the payloads of tools/apple-support/remarks.ts',
  ]);
  assert.deepEqual(differences('payloads', ['a'], ['a', 'b', 'b']), [
    'b is among the payloads of tools/apple-support/remarks.ts, and nowhere else',
  ]);
});

test('a page that has lost the place for its tables is refused', () => {
  assert.throws(() => withTables('# Apple\n'), RangeError);
});
