// The four messages of the agent's enrolment handshake, with the certificates and requests inside them.
import {
  decodeBegin,
  decodeClaims,
  decodeGrant,
  decodeOffer,
  decodeProof,
  enrollmentLimits,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import { readJson } from '@gatehouse/protocols/json/read-json.ts';
import { presentCertificate, presentRequest } from './certificate-formats.ts';
import type { DecodedFormat } from './decoded-format.ts';
import { isoTime, type Presentable, presentable } from './presentable.ts';

/** By the member that only this message has. */
const messages: readonly (readonly [member: string, what: string, (bytes: Uint8Array) => Presentable])[] = [
  ['nd', 'M1 begin, device to server', (bytes) => presentable(decodeBegin(bytes))],
  ['macS', 'M2 offer, server to device', offer],
  ['macD', 'M3 proof, device to server', proof],
  ['macC', 'M4 grant, server to device', grant],
];

function offer(bytes: Uint8Array): Presentable {
  const { deviceRoot, tlsAnchors, expiresAt, ...rest } = decodeOffer(bytes);
  return {
    ...(presentable(rest) as object),
    expiresAt: isoTime(expiresAt),
    deviceRoot: presentCertificate(deviceRoot),
    tlsAnchors: tlsAnchors.map(presentCertificate),
  };
}

function proof(bytes: Uint8Array): Presentable {
  const { csr, claims, ...rest } = decodeProof(bytes);
  return {
    ...(presentable(rest) as object),
    csr: presentRequest(csr),
    claims: presentable({ ...decodeClaims(claims) }),
  };
}

function grant(bytes: Uint8Array): Presentable {
  const { chain, ...rest } = decodeGrant(bytes);
  return { ...(presentable(rest) as object), chain: chain.map(presentCertificate) };
}

function decode(bytes: Uint8Array): Presentable {
  const json = readJson(bytes, {
    maxBytes: enrollmentLimits.messageBytes,
    maxDepth: 2,
    maxArray: enrollmentLimits.certificates,
    maxString: enrollmentLimits.messageBytes,
    maxProperties: 16,
  });
  const found =
    json !== null && typeof json === 'object' && !Array.isArray(json)
      ? messages.find(([member]) => Object.hasOwn(json, member))
      : undefined;
  if (!found) {
    const members = messages.map(([member]) => member).join(', ');
    throw new DecodeError(`not a message of the handshake: none of ${members} is there`, { path: '$' });
  }
  const [, what, read] = found;
  return { message: what, ...(read(bytes) as object) };
}

export const enrollmentFormat: DecodedFormat = {
  name: 'enrollment',
  what: 'a message of the agent’s enrolment handshake',
  decode,
};
