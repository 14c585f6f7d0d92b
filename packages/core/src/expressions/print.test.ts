import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { printExpression, quoteText } from './print.ts';
import { type Node, parseSyntax } from './syntax.ts';

/** Without the places, which brackets move. */
const shape = (node: Node): unknown =>
  JSON.parse(JSON.stringify(node, (key, value) => (key === 'at' ? undefined : value)));

test('what is printed reads as the same tree', () => {
  const sources = [
    '(a || b) && !(c && d)',
    'a && (b || (c && d)) || e',
    '(a && b) && c',
    '-(1 + 2) * 3 - (4 - 5)',
    'a == (b < 3)',
    '(a ? b : c) ? d : (e ? f : g)',
    'apps.installed.exists(a, a.id == "x" && a.version != "1")',
    '!(version(os.version) < version("17.4"))',
    'x in ["a", "b\\n"] || size(y) > 2.0',
    '(a + b).size() > 1',
    '"\\"quoted\\" \\\\ \\u202e" == name',
  ];
  for (const source of sources) {
    const tree = parseSyntax(source);
    const printed = printExpression(tree);
    assert.deepEqual(shape(parseSyntax(printed)), shape(tree), `${source} -> ${printed}`);
  }
});

test('any text can be quoted', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      assert.deepEqual(shape(parseSyntax(quoteText(text))), { kind: 'string', value: text });
    }),
  );
});
