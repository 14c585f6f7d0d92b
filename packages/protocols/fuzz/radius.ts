/** RADIUS packets, with their attributes by name and back: RAD-01. */
import { deepStrictEqual } from 'node:assert/strict';
import {
  attributeText,
  decodePacket,
  encodeAttribute,
  encodePacket,
  nameAttributes,
  verifyRequest,
} from '../src/radius/index.ts';
import { goldenPackets } from '../src/radius/testdata/packets.ts';
import { checkRoundTrip, type FuzzTarget } from './target.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
const noSecret = new Uint8Array(16);

export const radius: FuzzTarget = {
  name: 'radius',
  seeds: goldenPackets.map(({ hex }) => bytes(hex)),
  dictionary: [
    '1a0c000000090106',
    '5012',
    '0002',
    '06060000',
    '4006',
    '5103',
    '65060000',
    '1fff',
    '2b00',
  ].map(bytes),
  run(input) {
    const packet = checkRoundTrip(input, decodePacket, encodePacket);
    const attributes = nameAttributes(packet.attributes);
    for (const attribute of attributes) attributeText(attribute);
    deepStrictEqual(
      nameAttributes(attributes.map(encodeAttribute)),
      attributes,
      'names and numbers disagree',
    );
    if (verifyRequest(input, noSecret)) throw new Error('a forged request was accepted');
  },
};
