/** RADIUS packets (RFC 2865 section 3): a header of 20 bytes and attributes, each type, length, value. */
import { DecodeError } from '../decode-error.ts';

export const radiusLimits = { packetBytes: 4_096, attributes: 200, valueBytes: 253 } as const;

/** An attribute as it travels. Type 26 holds a vendor's number and the vendor's own attributes. */
export interface RawAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface RadiusPacket {
  readonly code: number;
  readonly identifier: number;
  /** 16 bytes. */
  readonly authenticator: Uint8Array;
  readonly attributes: readonly RawAttribute[];
}

export const headerBytes = 20;

/**
 * Bytes behind the packet's own length are padding and not looked at.
 * @throws DecodeError
 */
export function decodePacket(bytes: Uint8Array): RadiusPacket {
  const length = packetLength(bytes);
  const attributes: RawAttribute[] = [];
  for (let offset = headerBytes; offset < length; ) {
    if (attributes.length >= radiusLimits.attributes) {
      throw new DecodeError(`more than ${radiusLimits.attributes} attributes`, {
        offset,
        reason: 'too-large',
      });
    }
    const type = bytes[offset] ?? 0;
    const size = bytes[offset + 1] ?? 0;
    if (offset + 2 > length || size < 2 || offset + size > length) {
      throw new DecodeError('an attribute does not fit', {
        offset,
        path: `attributes[${attributes.length}]`,
      });
    }
    attributes.push({ type, value: Uint8Array.from(bytes.subarray(offset + 2, offset + size)) });
    offset += size;
  }
  return {
    code: bytes[0] ?? 0,
    identifier: bytes[1] ?? 0,
    authenticator: Uint8Array.from(bytes.subarray(4, headerBytes)),
    attributes,
  };
}

/** The length that the packet itself states. @throws DecodeError when it cannot be. */
export function packetLength(bytes: Uint8Array): number {
  if (bytes.length < headerBytes) {
    throw new DecodeError('shorter than the header of a packet', { offset: bytes.length, path: 'length' });
  }
  const length = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  if (length < headerBytes || length > radiusLimits.packetBytes) {
    throw new DecodeError(`a packet has ${headerBytes} to ${radiusLimits.packetBytes} bytes, not ${length}`, {
      offset: 2,
      path: 'length',
    });
  }
  if (length > bytes.length) {
    throw new DecodeError(`the packet says ${length} bytes, ${bytes.length} are there`, {
      offset: 2,
      path: 'length',
    });
  }
  return length;
}

/** @throws RangeError when it does not fit into a packet. */
export function encodePacket(packet: RadiusPacket): Buffer {
  const length = packet.attributes.reduce((sum, { value }) => sum + 2 + value.length, headerBytes);
  if (length > radiusLimits.packetBytes)
    throw new RangeError(`a packet has at most ${radiusLimits.packetBytes} bytes`);
  const bytes = Buffer.alloc(length);
  bytes.writeUInt8(packet.code, 0);
  bytes.writeUInt8(packet.identifier, 1);
  bytes.writeUInt16BE(length, 2);
  bytes.set(packet.authenticator.subarray(0, 16), 4);
  let offset = headerBytes;
  for (const { type, value } of packet.attributes) {
    if (value.length > radiusLimits.valueBytes)
      throw new RangeError(`an attribute has at most ${radiusLimits.valueBytes} bytes`);
    bytes.writeUInt8(type, offset);
    bytes.writeUInt8(value.length + 2, offset + 1);
    bytes.set(value, offset + 2);
    offset += value.length + 2;
  }
  return bytes;
}
