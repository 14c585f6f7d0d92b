/**
 * The four messages of the enrolment handshake as JSON, byte strings in base64url without padding. One table per message drives
 * both directions. A field that is not in the table is refused: it would not be covered by the transcript.
 */
import { DecodeError } from '../decode-error.ts';
import { type JsonValue, readJson } from '../json/read-json.ts';

export const enrollmentLimits = {
  messageBytes: 256 * 1024,
  certificateBytes: 16 * 1024,
  certificates: 10,
  claimsBytes: 8 * 1024,
  textCharacters: 2048,
} as const;

/** M1, device to server, over TLS whose chain the device does not trust yet. */
export interface EnrollmentBegin {
  readonly version: 1;
  readonly locator: Uint8Array;
  readonly deviceNonce: Uint8Array;
}

/** M2, server to device: everything the device will trust from now on, under the server's proof. */
export interface EnrollmentOffer {
  readonly serverNonce: Uint8Array;
  readonly enrollmentId: string;
  /** DER of the organization's device root. */
  readonly deviceRoot: Uint8Array;
  /** DER of the certificates one of which must anchor every later TLS connection. */
  readonly tlsAnchors: readonly Uint8Array[];
  /** Kind of key to ask a certificate for: `ec-p256`. */
  readonly csrProfile: string;
  /** Base URL of the agent protocol behind mutual TLS. */
  readonly gateway: string;
  /** End of the code's life, milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly serverMac: Uint8Array;
}

/** M3, device to server, over TLS that verified against the offered anchors. */
export interface EnrollmentProof {
  readonly enrollmentId: string;
  /** DER of the certification request. */
  readonly csr: Uint8Array;
  /** See `encodeClaims`. Kept as bytes because the proof is over the bytes. */
  readonly claims: Uint8Array;
  readonly deviceMac: Uint8Array;
}

/** M4, server to device. */
export interface EnrollmentGrant {
  /** DER, leaf first, without the root. */
  readonly chain: readonly Uint8Array[];
  readonly deviceId: string;
  readonly grantMac: Uint8Array;
}

interface FieldKind<T> {
  encode(value: T): JsonValue;
  decode(value: JsonValue | undefined, path: string): T;
}

function wrong(path: string, message: string): DecodeError {
  return new DecodeError(message, { path });
}

const byteString = (minimum: number, maximum = minimum): FieldKind<Uint8Array> => ({
  encode: (value) => Buffer.from(value).toString('base64url'),
  decode: (value, path) => {
    if (typeof value !== 'string') throw wrong(path, 'a base64url string is expected');
    const bytes = Buffer.from(value, 'base64url');
    // Node skips what it cannot read, so only the way back shows that nothing was skipped.
    if (bytes.toString('base64url') !== value) throw wrong(path, 'not canonical base64url');
    if (bytes.length < minimum || bytes.length > maximum) {
      throw wrong(path, `${bytes.length} bytes where ${minimum} to ${maximum} are allowed`);
    }
    return new Uint8Array(bytes);
  },
});

const text: FieldKind<string> = {
  encode: (value) => value,
  decode: (value, path) => {
    if (typeof value !== 'string' || value === '') throw wrong(path, 'a text is expected');
    if (value.length > enrollmentLimits.textCharacters) throw wrong(path, 'text too long');
    // Half a surrogate pair has no UTF-8 of its own, so the transcript could not tell two such texts apart.
    if (!value.isWellFormed()) throw wrong(path, 'text is not well-formed Unicode');
    return value;
  },
};

const milliseconds: FieldKind<number> = {
  encode: (value) => value,
  decode: (value, path) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
      throw wrong(path, 'not a time');
    return value;
  },
};

const versionOne: FieldKind<1> = {
  encode: (value) => value,
  decode: (value, path) => {
    if (value !== 1)
      throw new DecodeError('unknown version of the handshake', { path, reason: 'unsupported-version' });
    return 1;
  },
};

const certificate = byteString(1, enrollmentLimits.certificateBytes);

const certificates: FieldKind<readonly Uint8Array[]> = {
  encode: (value) => value.map((member) => certificate.encode(member)),
  decode: (value, path) => {
    if (!Array.isArray(value) || value.length === 0) throw wrong(path, 'a list of certificates is expected');
    return value.map((member, index) => certificate.decode(member, `${path}[${index}]`));
  },
};

const mac = byteString(32);
const nonce = byteString(32);

type MessageTable<M> = { readonly [F in keyof M]-?: readonly [wireName: string, kind: FieldKind<M[F]>] };

const beginTable: MessageTable<EnrollmentBegin> = {
  version: ['v', versionOne],
  locator: ['loc', byteString(16)],
  deviceNonce: ['nd', nonce],
};

const offerTable: MessageTable<EnrollmentOffer> = {
  serverNonce: ['ns', nonce],
  enrollmentId: ['eid', text],
  deviceRoot: ['deviceRoot', certificate],
  tlsAnchors: ['tlsAnchors', certificates],
  csrProfile: ['csrProfile', text],
  gateway: ['gateway', text],
  expiresAt: ['exp', milliseconds],
  serverMac: ['macS', mac],
};

const proofTable: MessageTable<EnrollmentProof> = {
  enrollmentId: ['eid', text],
  csr: ['csr', certificate],
  claims: ['claims', byteString(0, enrollmentLimits.claimsBytes)],
  deviceMac: ['macD', mac],
};

const grantTable: MessageTable<EnrollmentGrant> = {
  chain: ['chain', certificates],
  deviceId: ['deviceId', text],
  grantMac: ['macC', mac],
};

function codec<M extends object>(table: MessageTable<M>) {
  // The table's type ties each field to its kind; walking it by name loses that tie, hence the loose view of the rows.
  const rows = Object.entries<readonly [string, FieldKind<unknown>]>({ ...table });
  return {
    encode(message: M): Uint8Array {
      const json: Record<string, JsonValue> = {};
      for (const [field, [wireName, kind]] of rows) json[wireName] = kind.encode(message[field as keyof M]);
      return new TextEncoder().encode(JSON.stringify(json));
    },
    decode(bytes: Uint8Array): M {
      const json = readJson(bytes, {
        maxBytes: enrollmentLimits.messageBytes,
        maxDepth: 2,
        maxArray: enrollmentLimits.certificates,
        maxString: Math.ceil((enrollmentLimits.certificateBytes * 4) / 3),
        maxProperties: 16,
      });
      if (json === null || typeof json !== 'object' || Array.isArray(json))
        throw wrong('$', 'an object is expected');
      const message: Record<string, unknown> = {};
      for (const [field, [wireName, kind]] of rows) {
        const value = Object.hasOwn(json, wireName) ? json[wireName] : undefined;
        message[field] = kind.decode(value, `$.${wireName}`);
      }
      const unknown = Object.keys(json).find((key) => !rows.some(([, [wireName]]) => wireName === key));
      if (unknown !== undefined) throw wrong('$', 'an unknown field is present');
      return message as M;
    },
  };
}

export const { encode: encodeBegin, decode: decodeBegin } = codec(beginTable);
export const { encode: encodeOffer, decode: decodeOffer } = codec(offerTable);
export const { encode: encodeProof, decode: decodeProof } = codec(proofTable);
export const { encode: encodeGrant, decode: decodeGrant } = codec(grantTable);
