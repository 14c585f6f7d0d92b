/** WBXML as trees, as streams in pieces, and as documents that break off. */
import { deepStrictEqual } from 'node:assert/strict';
import { emittedBodies } from '../src/activesync/emitted-bodies.ts';
import { DecodeError } from '../src/decode-error.ts';
import {
  decodeWbxml,
  decodeWbxmlBeginning,
  encodeWbxml,
  inspectedLimits,
  type WbxmlElement,
  WbxmlPeek,
} from '../src/wbxml/index.ts';
import { checkRoundTrip, type FuzzTarget } from './target.ts';

export const hexPieces = (...list: readonly string[]): Uint8Array[] =>
  list.map((hex) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex')));

export const wbxmlDictionary = hexPieces(
  '03016a00',
  '03006a00',
  '0000',
  '000e',
  '0012',
  '00ff',
  '01',
  '02 84 80 00',
  '03 41 00',
  '83 00',
  'c3 03 414243',
  'c3 8f ff ff ff 7f',
  '43',
  '04 00',
  'c5',
  '40',
  '80 80 80 80 80 00',
);

/** One level more of an element, which is closed again. */
export function inflateWbxml(bytes: Uint8Array, depth: number): Uint8Array {
  return Buffer.concat([
    bytes.subarray(0, 4),
    Buffer.alloc(depth, 0x45),
    bytes.subarray(4),
    Buffer.alloc(depth, 0x01),
  ]);
}

export const wbxml: FuzzTarget = {
  name: 'wbxml',
  seeds: [
    ...hexPieces('03 01 6a 04 61 62 00 ff 45 5c 4f 4b 83 00 c3 02 ff fe 02 74 01 00 11 45 06 01 01 01 01'),
    ...[...emittedBodies()].slice(0, 20).map(({ bytes }) => bytes),
  ],
  dictionary: wbxmlDictionary,
  inflate: inflateWbxml,
  run(bytes) {
    const peek = new WbxmlPeek({ limits: inspectedLimits });
    let refused: unknown;
    try {
      for (let at = 0; at < bytes.length; at += 3) peek.push(bytes.subarray(at, at + 3));
      if (bytes.length > 0) decodeWbxmlBeginning(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      refused = error;
    }
    const root: WbxmlElement = checkRoundTrip(bytes, decodeWbxml, encodeWbxml);
    if (refused !== undefined) throw new Error('the stream refused what the whole is read as');
    deepStrictEqual([peek.root, peek.isComplete], [root.tag, true]);
  },
};
