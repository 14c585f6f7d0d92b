/** Random policies for property tests, made from the catalogue so that a new setting is tested without being asked. */
import fc from 'fast-check';
import {
  type SettingShape,
  type Settings,
  type SettingValue,
  settingDefinition,
  settingNames,
} from './catalogue.ts';
import { type AssignedPolicy, targetKinds } from './resolve.ts';

function valueOf(shape: SettingShape): fc.Arbitrary<SettingValue> {
  switch (shape.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: shape.minimum, max: shape.maximum });
    case 'version':
      return fc.array(fc.nat(30), { minLength: 1, maxLength: 3 }).map((numbers) => numbers.join('.'));
    case 'text':
      return fc.constantFrom('Ann', 'Bob', 'help@acme.example');
    default:
      return shape satisfies never;
  }
}

export const settingsArbitrary: fc.Arbitrary<Settings> = fc.record(
  Object.fromEntries(settingNames.map((name) => [name, valueOf(settingDefinition(name).shape)])),
  { requiredKeys: [] },
);

const word = fc.constantFrom('a', 'b', 'c', 'd');

export const policyArbitrary: fc.Arbitrary<AssignedPolicy> = fc.record({
  policyId: word,
  name: word,
  version: fc.integer({ min: 1, max: 3 }),
  settings: settingsArbitrary,
  path: fc.record({ targetKind: fc.constantFrom(...targetKinds), targetId: word, targetName: word }),
  priority: fc.integer({ min: -1, max: 1 }),
});
