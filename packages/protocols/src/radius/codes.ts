/** Packet codes: RFC 2865 section 4, RFC 2866 section 4, RFC 5997 section 2, RFC 5176 section 2.3. */
export const packetCodes = {
  'Access-Request': 1,
  'Access-Accept': 2,
  'Access-Reject': 3,
  'Accounting-Request': 4,
  'Accounting-Response': 5,
  'Access-Challenge': 11,
  'Status-Server': 12,
  'Disconnect-Request': 40,
  'Disconnect-ACK': 41,
  'Disconnect-NAK': 42,
  'CoA-Request': 43,
  'CoA-ACK': 44,
  'CoA-NAK': 45,
} as const;
export type PacketName = keyof typeof packetCodes;

/** Requests whose authenticator is a signature; in all other requests it is a random number. */
export type SignedRequestName = 'Accounting-Request' | 'Disconnect-Request' | 'CoA-Request';

const names = new Map<number, PacketName>(
  Object.entries(packetCodes).map(([name, code]) => [code, name as PacketName]),
);

/** @returns undefined for a code that is not in the table. */
export function packetName(code: number): PacketName | undefined {
  return names.get(code);
}

/** What may answer which request; whatever else comes is no answer. */
export const answersTo: Readonly<Record<SignedRequestName, readonly PacketName[]>> = {
  'Accounting-Request': ['Accounting-Response'],
  'Disconnect-Request': ['Disconnect-ACK', 'Disconnect-NAK'],
  'CoA-Request': ['CoA-ACK', 'CoA-NAK'],
};
