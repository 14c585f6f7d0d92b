import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expressionOf, makeRow, operatorsOf, rowsOf } from './builder.ts';

test('rows and text are two views of one expression', () => {
  const expressions = [
    'storage.encrypted && !passcode.set',
    'device.platform == "ios" || device.ownership != "corporate"',
    'version(os.version) < version("17.4") && battery.level >= 20',
    'device.name.startsWith("iPad") && device.name.contains("say \\"hi\\"")',
    'age("contact.made") > duration("7d") && age("contact.made") < duration("30d")',
    '',
  ];
  for (const expression of expressions) {
    const rows = rowsOf(expression);
    assert.ok(rows, expression);
    assert.equal(expressionOf(rows), expression);
  }
});

test('what rows cannot show stays text', () => {
  for (const expression of [
    'a && (b || c)',
    'apps.installed.exists(x, x.id == "y")',
    'device.platform in ["ios"]',
    'not closed (',
    'a == b',
  ])
    assert.equal(rowsOf(expression), undefined, expression);
});

test('what can be said follows from the type', () => {
  assert.ok(operatorsOf('os.version', 'string').includes('<'));
  assert.ok(operatorsOf('storage.encrypted', 'bool').includes('isNot'));
  assert.deepEqual(makeRow('os.version', 'string', '<', '17'), {
    name: 'os.version',
    operator: '<',
    value: '17',
    kind: 'version',
  });
  assert.equal(makeRow('x', 'bool', 'is', 'left over').value, '');
});
