/** The bounded XML reader and the writer: what was read is written and reads the same again. */
import { readXml } from '../src/xml/read-xml.ts';
import type { XmlElement } from '../src/xml/tree.ts';
import { writeXml } from '../src/xml/write-xml.ts';
import { deepStrictEqual } from 'node:assert/strict';
import { type FuzzTarget, inflateText, texts } from './target.ts';

const limits = { maxBytes: 64 * 1024, maxDepth: 16, maxElements: 1000, maxAttributes: 16, maxText: 4096 };

export const xmlDictionary = texts(
  '<!DOCTYPE a [<!ENTITY x "y">]>',
  '<!ENTITY',
  '&x;',
  '&amp;',
  '&#0;',
  '&#x10ffff;',
  '&#xd800;',
  '&lt;',
  '<![CDATA[',
  ']]>',

  '<!--',
  '-->',
  '--',
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<?x?>',
  'xmlns="u"',
  'xmlns:p="u"',
  '<p:a>',
  '__proto__',
  '<a>',
  '</a>',
  '<a/>',
  '<',
  '>',
  '/',
  '="',
  '\u0000',
  '\ufeff',
  '\r\n',
  '\ufffe',
  '\u0085',
  '\u2028',
);

export const xml: FuzzTarget = {
  name: 'xml',
  seeds: texts(
    '<?xml version="1.0" encoding="UTF-8"?>\n<a xmlns:p="urn:x" p:k="1&amp;2"><b>text &lt; &#65;</b><p:c/><![CDATA[<x>]]></a>',
    '<a><!-- c --><b k="v" l="w">é💣</b>\r\n</a>',
  ),
  dictionary: xmlDictionary,
  inflate: inflateText('<a>', '</a>'),
  run(bytes) {
    const tree = readXml(bytes, limits);
    if (!isWritable(tree)) return;
    const again = readXml(writeXml(tree), {
      ...limits,
      maxBytes: limits.maxBytes * 8,
      maxText: limits.maxText * 20,
    });
    deepStrictEqual(joinTexts(again), joinTexts(tree), 'writer and reader disagree');
  },
};

/** We write only plain names, and prefixes only as declared by ourselves, which is never. */
function isWritable(node: XmlElement): boolean {
  const names = [node.name, ...node.attributes.keys()];
  if (!names.every((name) => /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name))) return false;
  return node.children.every((child) => typeof child === 'string' || isWritable(child));
}

/** Where CDATA met text the reader gives two pieces, the writer makes them one. */
function joinTexts(node: XmlElement): XmlElement {
  const children: (XmlElement | string)[] = [];
  for (const child of node.children) {
    const last = children.at(-1);
    if (typeof child !== 'string') children.push(joinTexts(child));
    else if (typeof last === 'string') children[children.length - 1] = last + child;
    else if (child !== '') children.push(child);
  }
  return { ...node, children };
}
