import {
  attributeText,
  decodePacket,
  nameAttributes,
  packetName,
} from '@gatehouse/protocols/radius/index.ts';
import type { DecodedFormat } from './decoded-format.ts';

/** Of passwords it shows only how long they are. */
export const radiusFormat: DecodedFormat = {
  name: 'radius',
  what: 'a RADIUS packet',
  decode(bytes) {
    const { code, identifier, authenticator, attributes } = decodePacket(bytes);
    return {
      packet: packetName(code) ?? `code ${code}`,
      identifier,
      authenticator: Buffer.from(authenticator).toString('hex'),
      attributes: nameAttributes(attributes).map((attribute) => ({
        name: attribute.name,
        ...(attribute.tag === undefined ? {} : { tag: attribute.tag }),
        value: attributeText(attribute),
      })),
    };
  },
};
