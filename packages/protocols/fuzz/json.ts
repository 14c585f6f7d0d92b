/** The bounded JSON reader: HTTP-06. */
import { deepStrictEqual } from 'node:assert/strict';
import { type JsonValue, readJson } from '../src/json/read-json.ts';
import { type FuzzTarget, inflateText, texts } from './target.ts';

const limits = { maxBytes: 100_000, maxDepth: 16, maxArray: 1000, maxString: 4096 };

export const json: FuzzTarget = {
  name: 'json',
  seeds: texts('{"a":[1,2.5e3,true,null,"x\\u00e9\\n"],"b":{"c":{}}}', '[[],[[]],{"k":"v"}]', '"text"', '0'),
  dictionary: texts(
    '"__proto__":',
    '"constructor":{"prototype":1}',
    '\\u005f',
    '\\ud800',
    '\\"',
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '1e999',
    '-0',
    'null',
    '\ufeff',
  ),
  inflate: inflateText('[', ']'),
  run(bytes) {
    const value = readJson(bytes, limits);
    deepStrictEqual(value, JSON.parse(Buffer.from(bytes).toString('utf8')), 'two readers disagree');
    requireNoPrototypeKey(value);
    if (({} as Record<string, unknown>).polluted !== undefined) throw new Error('a prototype was touched');
  },
};

function requireNoPrototypeKey(value: JsonValue): void {
  if (value === null || typeof value !== 'object') return;
  if (Object.hasOwn(value, '__proto__')) throw new Error('a key __proto__ came through');
  for (const member of Object.values(value)) requireNoPrototypeKey(member);
}
