/** RADIUS packets, with their attributes by name and back: RAD-01; and what rlm_rest posts: RAD-04. */
import { deepStrictEqual } from 'node:assert/strict';
import {
  attributeText,
  decodePacket,
  decodeRestRequest,
  encodeAttribute,
  encodePacket,
  encodeRestRequest,
  nameAttributes,
  verifyRequest,
} from '../src/radius/index.ts';
import { goldenPackets } from '../src/radius/testdata/packets.ts';
import { checkRoundTrip, type FuzzTarget, inflateText, texts } from './target.ts';

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

export const radiusRest: FuzzTarget = {
  name: 'radius-rest',
  seeds: [
    encodeRestRequest({ 'User-Name': ['ada'], 'Cisco-AVPair': ['a=1', 'b=2'], 'NAS-Port': [7] }),
    ...texts('{"Calling-Station-Id":{"type":"string","value":["AA-BB-CC-DD-EE-FF"]}}', '{}'),
  ],
  dictionary: texts('"User-Password":', '"__proto__":', '"value":[', '{"value":', '%{exec:id}', 'null'),
  inflate: inflateText('{"x":', '}'),
  run(input) {
    const request = decodeRestRequest(input);
    deepStrictEqual(decodeRestRequest(encodeRestRequest(Object.fromEntries(request))), request);
  },
};
