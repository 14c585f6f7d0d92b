import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import fc from 'fast-check';
import { settledDeclarations } from './declaration-status.ts';
import { declarationsToken } from './declarations-token.ts';
import { factsOf } from './status-facts.ts';
import { type JsonObject, mergeStatus, readStatusReport, statusItem } from './status-report.ts';

const report = (value: unknown) => readStatusReport(Buffer.from(JSON.stringify(value)));
const merged = (...reports: unknown[]): JsonObject =>
  reports.reduce<JsonObject>((status, next) => mergeStatus(status, report(next)), {});

const apps = (...list: object[]) => ({ StatusItems: { app: { managed: { list } } } });

describe('status reports (section 9.7)', () => {
  test('what is not in a report stays; what has a name is merged by it, and goes when the device says so', () => {
    const status = merged(
      { StatusItems: { device: { 'operating-system': { version: '18.1', family: 'iOS' } } } },
      { StatusItems: { device: { 'operating-system': { version: '18.2' } } } },
      apps({ identifier: 'a', state: 'managed' }, { identifier: 'b', state: 'managed' }),
      apps({ identifier: 'a', _removed: true }, { identifier: 'c', state: 'installing' }),
    );
    assert.equal(statusItem(status, 'device.operating-system.version'), '18.2');
    assert.equal(statusItem(status, 'device.operating-system.family'), 'iOS');
    const list = statusItem(status, 'app.managed.list') as { identifier: string }[];
    assert.deepEqual(
      list.map(({ identifier }) => identifier),
      ['b', 'c'],
    );
  });

  test('a full report takes the place of everything before', () => {
    const status = merged(
      { StatusItems: { passcode: { 'is-present': true } } },
      { FullReport: true, StatusItems: { device: { model: { family: 'iPhone' } } } },
    );
    assert.deepEqual(status, { device: { model: { family: 'iPhone' } } });
  });

  test('declarations are settled by identifier and token; reasons are shown as they are', () => {
    const status = merged({
      StatusItems: {
        management: {
          declarations: {
            configurations: [
              { identifier: 'a', 'server-token': '1', valid: 'valid', active: true, reasons: [] },
              {
                identifier: 'b',
                'server-token': '2',
                valid: 'invalid',
                active: false,
                reasons: [
                  { code: 'Error.ConfigurationIsInvalid', description: 'No.' },
                  { code: 'Error.Brand.New' },
                ],
              },
              {
                identifier: 'c',
                'server-token': '3',
                valid: 'valid',
                active: false,
                reasons: [{ code: 'Info.NotReferencedByActivation' }],
              },
              { identifier: 'd', 'server-token': '4', valid: 'unknown', active: false },
              'nonsense',
            ],
            management: [{ identifier: 'm', 'server-token': '5', valid: 'valid', active: false }],
          },
        },
      },
    });
    assert.deepEqual(
      settledDeclarations(status).map(({ identifier, token, state, reason }) => [
        identifier,
        token,
        state,
        reason,
      ]),
      [
        ['a', '1', 'installed', null],
        ['b', '2', 'failed', 'Error.ConfigurationIsInvalid: No.; Error.Brand.New'],
        ['c', '3', 'pending', 'Info.NotReferencedByActivation'],
        ['d', '4', 'pending', null],
        ['m', '5', 'installed', null],
      ],
    );
  });

  test('items become facts, and those of the wrong type none', () => {
    const status = merged({
      StatusItems: {
        device: {
          'operating-system': { version: '18.2', family: 7 },
          identifier: { 'serial-number': 'C02X' },
        },
        passcode: { 'is-present': true, 'is-compliant': 'very' },
        softwareupdate: { 'pending-version': { 'os-version': '18.3' }, 'install-state': 'downloading' },
      },
    });
    assert.deepEqual(factsOf(status), {
      'device-information': {
        'device.serial-number': 'C02X',
        'os.version': '18.2',
        'os.update-state': 'downloading',
        'os.update-version': '18.3',
      },
      security: { 'passcode.set': true },
    });
  });

  test('hostile reports are refused whole, and none reaches a prototype', () => {
    const deep = `${'['.repeat(100)}${']'.repeat(100)}`;
    for (const text of [
      '',
      'x',
      '[]',
      '{"StatusItems":[]}',
      `{"StatusItems":{"a":${deep}}}`,
      '{"StatusItems":{"__proto__":{"polluted":1}}}',
    ])
      assert.throws(() => readStatusReport(Buffer.from(text)), DecodeError, text);
    assert.throws(() => readStatusReport(Buffer.alloc(3 * 1024 * 1024, 0x20)), DecodeError);
    assert.equal(({} as { polluted?: number }).polluted, undefined);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            const status = mergeStatus({}, readStatusReport(bytes));
            settledDeclarations(status);
            factsOf(status);
          } catch (error) {
            assert.ok(error instanceof DecodeError);
          }
        },
      ),
    );
  });
});

describe('the token of a set (section 9.3)', () => {
  const declaration = fc.record({
    kind: fc.constantFrom(
      'activation' as const,
      'asset' as const,
      'configuration' as const,
      'management' as const,
    ),
    identifier: fc.string({ minLength: 1, maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
    token: fc.string({ minLength: 1, maxLength: 8 }).map((text) => text.replaceAll('\0', '')),
  });

  test('does not depend on the order, and is another for another set', () => {
    fc.assert(
      fc.property(
        fc.array(declaration, { maxLength: 6 }),
        fc.array(declaration, { maxLength: 6 }),
        (a, b) => {
          assert.equal(declarationsToken(a), declarationsToken(a.toReversed()));
          const texts = [a, b].map((set) =>
            JSON.stringify(
              set
                .map(({ kind, identifier, token }) => [kind, identifier, token])
                .sort((x, y) => (JSON.stringify(x) < JSON.stringify(y) ? -1 : 1)),
            ),
          );
          assert.equal(declarationsToken(a) === declarationsToken(b), texts[0] === texts[1]);
        },
      ),
    );
  });

  test('golden: the empty set, and one of two', () => {
    assert.equal(declarationsToken([]), '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
    const set = [
      { kind: 'configuration', identifier: 'b', token: '2' },
      { kind: 'activation', identifier: 'a', token: '1' },
    ] as const;
    assert.match(declarationsToken(set), /^[\w-]{43}$/);
  });
});
