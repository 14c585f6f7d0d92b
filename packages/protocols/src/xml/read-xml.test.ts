import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../decode-error.ts';
import { readXml, type XmlLimits } from './read-xml.ts';
import {
  descendantsOf,
  element,
  elementsOf,
  findChild,
  textOf,
  withAttributes,
  type XmlElement,
} from './tree.ts';
import { writeXml } from './write-xml.ts';

const limits: XmlLimits = { maxBytes: 10_000, maxDepth: 5, maxElements: 20, maxAttributes: 3, maxText: 100 };

function read(text: string, change: Partial<XmlLimits> = {}) {
  return readXml(Buffer.from(text), { ...limits, ...change });
}

function reasonOf(text: string | Uint8Array, change: Partial<XmlLimits> = {}): string {
  try {
    readXml(Buffer.from(text), { ...limits, ...change });
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error));
    return error.reason;
  }
  return 'accepted';
}

test('APL-05, ISE-05: document types, entities and processing instructions are refused and nothing is fetched', async () => {
  let connections = 0;
  const listener = createServer((_, response) => response.end()).on('connection', () => connections++);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const laughs = Array.from({ length: 10 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join(
    '',
  );
  const hostile = [
    `<!DOCTYPE a [<!ENTITY l0 "ha">${laughs}]><a>&l10;</a>`,
    `<!DOCTYPE a SYSTEM "http://127.0.0.1:${port}/x.dtd"><a/>`,
    `<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:${port}/x">]><a>&x;</a>`,
    `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`,
    `<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:${port}/p"> %p;]><a/>`,
    '<!DOCTYPE a><a/>',
    '<!doctype a><a/>',
    '<?xml-stylesheet href="http://127.0.0.1/x.xsl"?><a/>',
    '<a><?php echo 1 ?></a>',
    '<a>&x;</a>',
    '<a>&nbsp;</a>',
    '<a>&toString;</a>',
    '<a>&__proto__;</a>',
    '<?xml version="1.0" encoding="UTF-7"?><a/>',
    '<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
  ];
  for (const text of hostile) {
    const reason = reasonOf(text);
    assert.ok(reason === 'forbidden-construct' || reason === 'malformed', `${text}: ${reason}`);
  }
  listener.close();
  assert.equal(connections, 0);
});

suite('each limit holds at the limit and not one beyond', () => {
  const nested = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;
  const cases: readonly [string, string, string, string][] = [
    ['bytes', `<a>${' '.repeat(93)}</a>`, `<a>${' '.repeat(94)}</a>`, 'too-large'],
    ['depth', nested(5), nested(6), 'too-deep'],
    ['elements', `<a>${'<b/>'.repeat(19)}</a>`, `<a>${'<b/>'.repeat(20)}</a>`, 'too-large'],
    ['attributes', '<a b="" c="" d=""/>', '<a b="" c="" d="" e=""/>', 'too-large'],
    ['text', `<a>${'x'.repeat(100)}</a>`, `<a>${'x'.repeat(101)}</a>`, 'too-large'],
    ['CDATA', `<a><![CDATA[${'x'.repeat(100)}]]></a>`, `<a><![CDATA[${'x'.repeat(101)}]]></a>`, 'too-large'],
    ['attribute value', `<a b="${'x'.repeat(100)}"/>`, `<a b="${'x'.repeat(101)}"/>`, 'too-large'],
  ];
  for (const [name, within, beyond, reason] of cases) {
    test(`ISE-05 ${name}`, () => {
      const change = name === 'bytes' ? { maxBytes: 100 } : {};
      assert.equal(reasonOf(within, change), 'accepted');
      assert.equal(reasonOf(beyond, change), reason);
    });
  }
});

test('a document that is not well-formed or not UTF-8 is refused', () => {
  const bad = [
    '',
    ' ',
    'x',
    '<a>',
    '<a></b>',
    '<a/><b/>',
    '<a b=1/>',
    '<a b="1" b="2"/>',
    '<a>]]></a>',
    '<p:a/>',
    '<a>\u0001</a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
  ];
  for (const text of bad) assert.equal(reasonOf(text), 'malformed', JSON.stringify(text));
  assert.equal(reasonOf(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e)), 'malformed');
  assert.equal(reasonOf(Buffer.from('<a/>', 'utf16le')), 'malformed');
});

test('an error says where: the path of open elements and the position', () => {
  assert.throws(
    () => read('<a><b><c>&x;</c></b></a>'),
    (error) => error instanceof DecodeError && error.path === '/a/b/c' && error.offset === 12,
  );
});

test('names are local, declarations of namespaces are not attributes, CDATA and references are text', () => {
  const root = read(
    '\ufeff<?xml version="1.0" encoding="utf-8"?><!-- c --><n:a xmlns:n="urn:x" n:k="1&amp;2">x<![CDATA[<y>]]>&#x7a;<b/></n:a>',
  );
  assert.equal(root.name, 'a');
  assert.deepEqual([...root.attributes], [['n:k', '1&2']]);
  assert.equal(textOf(root), 'x<y>z');
  assert.deepEqual(
    elementsOf(root).map((child) => child.name),
    ['b'],
  );
});

test('elements and attributes named like parts of a prototype are only names (HTTP-06)', () => {
  const root = read('<constructor __proto__="x"><__proto__>1</__proto__></constructor>');
  assert.equal(root.attributes.get('__proto__'), 'x');
  assert.equal(findChild(root, '__proto__')?.name, '__proto__');
  assert.equal(({} as Record<string, unknown>).x, undefined);
});

test('descendants come in document order', () => {
  assert.deepEqual(
    [...descendantsOf(read('<a><b><c/></b><d/></a>'))].map((node) => node.name),
    ['b', 'c', 'd'],
  );
});

const wide: XmlLimits = { maxBytes: 1e6, maxDepth: 50, maxElements: 1e4, maxAttributes: 50, maxText: 1e5 };
const name = fc.stringMatching(/^[a-z_][A-Za-z0-9_.-]{0,8}$/).filter((text) => !/^xml/i.test(text));
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });

/** The Char production of XML 1.0, section 2.2, over one code point; half a surrogate pair is none. */
function isXmlCharacter(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return (
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    code >= 0x10000
  );
}

test('ISE-04 any text in element or attribute is read back equal, forbidden characters replaced', () => {
  fc.assert(
    fc.property(text, name, (value, tag) => {
      const tree = readXml(writeXml(withAttributes(element(tag, value), { k: value })), wide);
      const expected = Array.from(value, (character) =>
        isXmlCharacter(character) ? character : '\ufffd',
      ).join('');
      assert.equal(tree.children.filter((child) => typeof child === 'string').join(''), expected);
      assert.equal(tree.attributes.get('k'), expected);
    }),
    { numRuns: 500 },
  );
});

test('a tree survives writing and reading', () => {
  const tree = fc.letrec<{ node: XmlElement }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      name.map((tag) => element(tag)),
      fc
        .tuple(name, fc.array(tie('node'), { maxLength: 3 }))
        .map(([tag, children]) => element(tag, ...children)),
    ),
  }));
  fc.assert(fc.property(tree.node, (root) => assert.deepEqual(readXml(writeXml(root), wide), root)));
});

test('a name that is not plain is a programming error', () => {
  for (const bad of ['', '1a', 'a b', 'a>', 'a"', 'a:b:c'])
    assert.throws(() => writeXml(element(bad)), TypeError);
});
