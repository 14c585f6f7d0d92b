import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inLanguage } from './sentence.ts';

const told: readonly (readonly [english: string, german: string])[] = [
  ['There is no such device.', 'Dieses Gerät gibt es nicht.'],
  ['A token may live 30 days at most', 'Ein Zugriffstoken gilt höchstens 30 Tage'],
  [
    '"Reset to factory state" is for corporate devices; this one is personal.',
    '„Vollständig löschen“ ist für Firmengeräte vorgesehen; dieses ist ein Privatgerät.',
  ],
  [
    'Destroying data takes two people in this organization. Another administrator is asked to approve it.',
    'Zum Löschen von Daten braucht es in dieser Organisation zwei Personen. Eine zweite Person wird um Freigabe gebeten.',
  ],
  [
    'Of the network device: no packet can be sent to it.',
    'Zum Netzwerkgerät: es lässt sich kein Paket dorthin senden.',
  ],
  [
    'The parameters are wrong: bundleId is missing; "x" is not a parameter.',
    'Die Parameter sind falsch: bundleId fehlt; "x" ist kein Parameter.',
  ],
  ['The mail server cannot be reached.', 'Der Mailserver ist nicht erreichbar.'],
];

for (const [english, german] of told) {
  test(`in German: ${english}`, () => {
    assert.equal(inLanguage(english, 'de'), german);
    assert.equal(inLanguage(english, 'en'), english);
  });
}

test('TPL-02 what is no sentence of ours stays as it is, however long and strange', () => {
  for (const text of [
    '',
    'Kein Satz von uns',
    '{1}',
    '$&',
    '“'.repeat(5_000),
    'There is no such '.repeat(200),
    `It needs ${'a b '.repeat(900)}`,
  ])
    assert.equal(inLanguage(text, 'de').length >= 0, true);
  assert.equal(inLanguage('A column "$&" of somebody', 'de'), 'A column "$&" of somebody');
  assert.equal(inLanguage('There is no column "$& {2}".', 'de'), 'Eine Spalte „$& {2}“ gibt es nicht.');
});
