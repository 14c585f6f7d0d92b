/** Every kind of alert, in each of its forms, reads well in every language. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { say } from '../../compliance/wording/message.ts';
import { languages } from '../../languages.ts';
import { alertFields, alertKinds, alertSeverities } from '../alert-kind.ts';
import { alertTitle, severityWord, wordAlert } from './word-alert.ts';

const broken = /undefined|null|NaN|\[object|[{}$]/;
const values = { text: 'full-wipe', number: 3, texts: ['activesync', 'imap'], messages: [say('let-pass')] };

/** One for each word where there is a choice. */
function examples(fields: Readonly<Record<string, string | readonly string[]>>): Record<string, unknown>[] {
  return Object.entries(fields).reduce<Record<string, unknown>[]>(
    (all, [name, field]) => {
      const choices = typeof field === 'string' ? [values[field as keyof typeof values]] : field;
      return all.flatMap((each) => choices.map((value) => ({ ...each, [name]: value })));
    },
    [{}],
  );
}

for (const kind of alertKinds) {
  test(`an alert of the kind ${kind} is told in every language, and in none like in another`, () => {
    for (const detail of examples(alertFields[kind])) {
      const told = languages.map((language) => wordAlert(kind, detail, language) ?? '');
      for (const text of told) {
        assert.match(text, /^.{20,}$/s, text);
        assert.doesNotMatch(text, broken);
      }
      assert.equal(new Set(told).size, languages.length, told[0]);
    }
    const titles = languages.map((language) => alertTitle(kind, language));
    assert.equal(new Set(titles).size, languages.length);
  });
}

test('what an alert quotes of ours is in the language too', () => {
  const detail = {
    command: 'full-wipe',
    why: 'This account gained power less than 24 hours ago and may not destroy data yet.',
  };
  assert.equal(
    wordAlert('action-refused', detail, 'de'),
    'Eine Regel verlangt „Vollständig löschen“; das ist nicht geschehen: Dieses Konto hat seine Rechte vor weniger als 24 Stunden erhalten und darf noch keine Daten löschen.',
  );
  const stuck = { playbook: 'stolen', deviceId: 'd', step: 'full-wipe', why: 'The device is gone.' };
  assert.match(wordAlert('playbook-stuck', stuck, 'de') ?? '', /„Gestohlen“.*„Vollständig löschen“/);
  for (const severity of alertSeverities)
    assert.notEqual(severityWord(severity, 'en'), severityWord(severity, 'de'));
});

test('an alert of an older version, which lacks what is needed, has only its own words', () => {
  assert.equal(wordAlert('watch-list', { direction: 'entered', devices: ['a'] }, 'de'), undefined);
  assert.equal(wordAlert('watch-list', { list: 'x', direction: 'sideways', count: 1 }, 'de'), undefined);
});
