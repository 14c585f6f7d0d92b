import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { NewPolicy } from '@gatehouse/contracts/admin/policies.ts';
import { NewSchedule } from '@gatehouse/contracts/admin/schedules.ts';
import { parseSettings } from '@gatehouse/core/settings/parse.ts';
import { emailOf, employees, hostNameOf, policies, schedule } from './company.ts';

test('the company has 25 computers, each with a name of its own', () => {
  const names = employees.flatMap((employee) =>
    employee.computers.map((_, index) => hostNameOf(employee, index)),
  );
  assert.equal(names.length, 25);
  assert.equal(new Set(names).size, 25);
  assert.equal(new Set(employees.map(emailOf)).size, employees.length);
});

test('phones, tablets and Macs under their systems’ own management are among its devices, personal ones too', () => {
  const pockets = employees.flatMap(({ pockets = [] }) => pockets);
  assert.equal(pockets.length, 12);
  assert.deepEqual([...new Set(pockets.map(({ family }) => family))].toSorted(), ['ipad', 'iphone', 'mac']);
  assert.ok(pockets.some(({ ownership }) => ownership === 'personal'));
});

test('its policies and its schedule are such as the API takes', () => {
  for (const { name, description, settings } of policies) {
    assert.ok(Value.Check(NewPolicy, { name, description, settings }), name);
    assert.deepEqual(parseSettings(settings), settings);
  }
  assert.ok(Value.Check(NewSchedule, schedule));
});
