import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { decodePacket, type RadiusPacket } from '@gatehouse/protocols/radius/index.ts';

/** The packet, or undefined for bytes that are none. */
export function headersOf(bytes: Uint8Array): RadiusPacket | undefined {
  try {
    return decodePacket(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
