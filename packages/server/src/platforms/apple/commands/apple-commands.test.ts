/** The table of commands, held against our catalogue and Apple's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandNames, isCommandName } from '@gatehouse/core/commands/catalogue.ts';
import { findCommand, listTypes } from '@gatehouse/protocols/apple-mdm/catalogue/index.ts';
import { PlistReal } from '@gatehouse/protocols/plist/index.ts';
import fc from 'fast-check';
import type { AppleTarget } from '../apple-target.ts';
import { appleCommand } from './apple-commands.ts';
import { dictionaryFromJson, jsonFromPlist, plistFromJson } from './json-plist.ts';
import { whyNot } from './needs.ts';
import { guarded } from './platform-command.ts';
import { newPassword, newPin } from './secrets.ts';
import { isUnsupported } from './translator.ts';

const target = (change: Partial<AppleTarget> = {}): AppleTarget => ({
  organizationId: 'o',
  deviceId: 'd',
  channel: '',
  os: 'iOS',
  osVersion: '18.1',
  product: 'iPhone17,1',
  supervised: true,
  sharedIpad: false,
  enrollmentKind: 'device',
  udid: 'U',
  declarativeSince: undefined,
  awaitingConfiguration: false,
  unlockToken: () => Promise.resolve(undefined),
  ...change,
});

test('what a command is made of are commands that Apple has, and every system gets an answer', () => {
  for (const name of commandNames) {
    const entry = appleCommand(name);
    if (isUnsupported(entry)) {
      assert.match(entry.unsupported, /\.$/, name);
      continue;
    }
    for (const os of ['iOS', 'macOS', 'tvOS', 'visionOS', 'watchOS'] as const) {
      const command = { name, params: {} } as never;
      for (const type of entry.uses?.(command, target({ os })) ?? []) assert.ok(findCommand(type), type);
    }
  }
});

test('whatever is not sent raw has a command of ours, or something in its place', () => {
  const types = new Set(listTypes('commands').map(({ type }) => type));
  for (const [type, instead] of Object.entries(guarded)) {
    assert.ok(types.has(type), type);
    if (!/[ ,]/.test(instead)) assert.ok(isCommandName(instead), instead);
  }
});

test('every command of Apple’s can be sent: by one of ours, or by its own name', () => {
  const raw = appleCommand('platform-command');
  assert.ok(!isUnsupported(raw));
  for (const { type } of listTypes('commands')) {
    const command = { name: 'platform-command', params: { requestType: type, payload: {} } } as never;
    const said = whyNot(raw, command, target());
    // Save for what is guarded, only the device or the payload can stand against it.
    if (said !== undefined && /not sent raw/.test(said)) assert.ok(Object.hasOwn(guarded, type), type);
    assert.doesNotMatch(said ?? '', /Apple has no command/, type);
  }
});

test('a lost phone must be supervised, recent and not a Mac', () => {
  const why = (change: Partial<AppleTarget>) => {
    const entry = appleCommand('enable-lost-mode');
    assert.ok(!isUnsupported(entry));
    return whyNot(entry, { name: 'enable-lost-mode', params: { message: 'x' } } as never, target(change));
  };
  assert.equal(why({}), undefined);
  assert.match(why({ supervised: false }) ?? '', /supervised/);
  assert.match(why({ osVersion: '9.0' }) ?? '', /needs iOS 9\.3/);
  assert.match(why({ os: 'macOS' }) ?? '', /not available on macOS/);
  assert.match(why({ enrollmentKind: 'user' }) ?? '', /user enrolment/);
  assert.match(why({ channel: 'anna' }) ?? '', /device, not a user/);
});

test('JSON becomes a property list and comes back', () => {
  const value = {
    text: 'x',
    data: { $data: 'AAEC' },
    at: { $date: '2026-11-21T00:00:00.000Z' },
    real: { $real: 1 },
    big: { $integer: '9007199254740993' },
    list: [1, true, { a: 2.5 }],
  };
  const made = dictionaryFromJson(value);
  assert.ok(made.data instanceof Uint8Array && made.at instanceof Date && made.real instanceof PlistReal);
  assert.equal(made.big, 9_007_199_254_740_993n);
  assert.deepEqual(JSON.parse(JSON.stringify(jsonFromPlist(made))), value);
  for (const bad of [null, { a: null }, { $data: '!' }, { $date: 'yesterday' }, { $real: 'x' }, { $what: 1 }])
    assert.throws(() => plistFromJson(bad), /property list cannot hold/);
  const hostile = dictionaryFromJson(
    JSON.parse('{"__proto__": {"polluted": true}}') as Record<string, unknown>,
  );
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal(Object.getPrototypeOf(hostile), null);
});

test('any JSON becomes a property list or is refused in words', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        jsonFromPlist(plistFromJson(value));
      } catch (error) {
        assert.match(String(error), /property list cannot hold/);
      }
    }),
  );
});

test('PINs and passwords are of the form that is typed, and no two are the same', () => {
  const passwords = Array.from({ length: 200 }, newPassword);
  assert.equal(new Set(passwords).size, 200);
  for (const password of passwords) assert.match(password, /^(?:[A-Za-z2-9]{6}-){3}[A-Za-z2-9]{6}$/);
  for (const pin of Array.from({ length: 200 }, newPin)) assert.match(pin, /^\d{6}$/);
});
