/** Property lists in both forms: APL-04, APL-05. What the reader takes is well-formed XML to the general reader too. */
import { readPlist, writePlist } from '../src/plist/index.ts';
import { readXml } from '../src/xml/read-xml.ts';
import { checkRoundTrip, type FuzzTarget, inflateText, texts } from './target.ts';

const limits = { maxBytes: 64 * 1024, maxDepth: 16, maxNodes: 2000, maxData: 16 * 1024, maxKey: 256 };
const wide = { maxBytes: 1e6, maxDepth: 18, maxElements: 1e5, maxAttributes: 4, maxText: 1e6 };

const sample = {
  MessageType: 'TokenUpdate',
  Token: Buffer.from('token'),
  numbers: [1, -2, 300, 70_000, 2n ** 63n, 1.5],
  AwaitingConfiguration: false,
  at: new Date('2026-11-21T22:00:00Z'),
  text: 'ä€',
  nested: { a: { b: [[], {}] } },
};

export const plistXml: FuzzTarget = {
  name: 'plist-xml',
  seeds: [
    writePlist(sample),
    ...texts(
      '<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist><string>a<![CDATA[<]]>&#x41;<!-- c -->&amp;</string></plist>',
      '<plist version="1.0"><integer>0x1f</integer></plist>',
    ),
  ],
  dictionary: texts(
    '<dict>',
    '</dict>',
    '<key>',
    '</key>',
    '<array/>',
    '<true/>',
    '<data>',
    '</data>',
    '<date>',
    '<real>nan</real>',
    '<integer>',
    '<key>__proto__</key>',
    '<!DOCTYPE plist [',
    '<!ENTITY x "y">',
    '&x;',
    '&#0;',
    '&lt;',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?x?>',
    '\r\n',
    '\u0000',
    '\ufeff',
    '</',
    '/>',
    ' ',
  ),
  inflate: inflateText('<array>', '</array>'),
  run(bytes) {
    if (Buffer.from(bytes.subarray(0, 6)).toString('latin1') === 'bplist') return;
    checkRoundTrip(bytes, (input) => readPlist(input, { ...limits, maxBytes: 1e6 }), writePlist);
    const doctype = /<!DOCTYPE[^>]*>/;
    readXml(Buffer.from(Buffer.from(bytes).toString('utf8').replace(doctype, '')), wide);
  },
};

export const plistBinary: FuzzTarget = {
  name: 'plist-binary',
  seeds: [writePlist(sample, 'binary'), writePlist(['a', ['b', 'b', { c: 'c' }]], 'binary')],
  dictionary: [
    [0xd1, 0, 0],
    [0xa1, 0],
    [0x5f, 0x13, 0x7f],
    [0x8f],
    [0x14],
    [0x33],
    [0xff, 0xff, 0xff, 0xff],
    [0, 0, 0, 0],
  ].map((bytes) => Uint8Array.from(bytes)),
  run(bytes) {
    if (Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== 'bplist') return;
    const again = { ...limits, maxBytes: 1e7, maxData: 1e6 };
    checkRoundTrip(
      bytes,
      (input) => readPlist(input, again),
      (value) => writePlist(value, 'binary'),
    );
  },
};
