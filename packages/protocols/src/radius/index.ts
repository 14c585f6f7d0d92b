/** RADIUS (RFC 2865, 2866, 5176): packets, attributes, and what proves where they come from. */
export { attributeNamed, type AttributeRow, attributeTable } from './attribute-table.ts';
export {
  type Attribute,
  attributeText,
  encodeAttribute,
  nameAttributes,
  parseAttribute,
} from './attributes.ts';
export { type Signing, signRequest, signResponse, verifyRequest, verifyResponse } from './authenticators.ts';
export { answersTo, packetCodes, packetName, type PacketName, type SignedRequestName } from './codes.ts';
export { type ErrorCauseMeaning, type ErrorCauseName, errorCauses, readErrorCause } from './error-causes.ts';
export { decodePacket, encodePacket, radiusLimits, type RadiusPacket, type RawAttribute } from './packet.ts';
export {
  decodeRestRequest,
  encodeRestReply,
  encodeRestRequest,
  restLimits,
  type RestAttribute,
  type RestReply,
  type RestRequest,
} from './rest.ts';
