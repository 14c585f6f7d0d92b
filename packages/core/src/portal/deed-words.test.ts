import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandNames } from '../commands/catalogue.ts';
import { languages } from '../languages.ts';
import { commandDeed, deedIn } from './deed-words.ts';

test('every command has a sentence in every language, and what has none is told as a change', () => {
  for (const language of languages) {
    for (const name of commandNames)
      assert.equal(deedIn(language, `devices.${name}`).text, commandDeed(name, language));
    assert.ok(deedIn(language, 'devices.something-new').text.length > 5);
    assert.equal(deedIn(language, 'constructor').kind, 'change');
  }
});

test('a look says at what, and a look at the place is one of its own kind', () => {
  assert.deepEqual(deedIn('en', 'devices.read-private-facts', { facts: ['device.phone-number'] }), {
    kind: 'look',
    text: 'looked at: Telephone number',
  });
  assert.equal(deedIn('de', 'devices.read-private-facts', { facts: ['location'] }).kind, 'location');
  assert.equal(deedIn('en', 'devices.locate-device').kind, 'location');
  assert.match(deedIn('en', 'devices.read-private-facts', { facts: 7 }).text, /looked at/);
});
