// An authenticator in a test: makes passkeys and answers challenges (WebAuthn level 3 sections 6.1 and 6.5), honestly or not.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { NewPasskey, PasskeyAnswer, PasskeyOffer } from '@gatehouse/contracts/admin/passkeys.ts';
import { isoCBOR } from '@simplewebauthn/server/helpers';

export interface Ceremony {
  readonly origin: string;
  readonly siteId: string;
  readonly challenge: string;
  readonly type: 'webauthn.create' | 'webauthn.get';
  readonly crossOrigin: boolean;
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly counter: number;
}

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const base64url = (data: Uint8Array) => Buffer.from(data).toString('base64url');

export class TestAuthenticator {
  readonly id: Buffer = randomBytes(32);
  readonly #key: KeyObject;
  readonly #publicKey: Buffer;
  readonly #origin: string;
  userHandle = '';
  counter = 0;

  constructor(origin: string) {
    this.#origin = origin;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.#key = privateKey;
    // COSE_Key (RFC 9052 section 7): EC2, ES256, P-256.
    this.#publicKey = Buffer.from(
      isoCBOR.encode(
        new Map<number, number | Uint8Array>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
          [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
        ]),
      ),
    );
  }

  make(
    offer: Pick<PasskeyOffer, 'challenge' | 'user'>,
    lie: Partial<Ceremony> = {},
  ): Omit<NewPasskey, 'name'> {
    const ceremony = this.#ceremony({ challenge: offer.challenge, type: 'webauthn.create', ...lie });
    this.userHandle = offer.user.id;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.id, this.#publicKey]);
    const attestation = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(authenticatorData(ceremony, credential))],
      ]) as Parameters<typeof isoCBOR.encode>[0],
    );
    return {
      credential: base64url(this.id),
      clientData: base64url(clientData(ceremony)),
      attestation: base64url(attestation),
      transports: ['internal'],
    };
  }

  answer(challenge: string, lie: Partial<Ceremony> = {}): PasskeyAnswer {
    this.counter += 1;
    const ceremony = this.#ceremony({ challenge, type: 'webauthn.get', counter: this.counter, ...lie });
    const [client, data] = [clientData(ceremony), authenticatorData(ceremony)];
    return {
      credential: base64url(this.id),
      clientData: base64url(client),
      authenticatorData: base64url(data),
      signature: base64url(sign('sha256', Buffer.concat([data, sha256(client)]), this.#key)),
      userHandle: this.userHandle,
    };
  }

  #ceremony(given: Partial<Ceremony>): Ceremony {
    return {
      origin: this.#origin,
      siteId: new URL(this.#origin).hostname,
      challenge: '',
      type: 'webauthn.get',
      crossOrigin: false,
      userPresent: true,
      userVerified: true,
      counter: 0,
      ...given,
    };
  }
}

function clientData({ type, challenge, origin, crossOrigin }: Ceremony): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin }));
}

function authenticatorData(ceremony: Ceremony, credential?: Buffer): Buffer {
  const { siteId, userPresent, userVerified, counter } = ceremony;
  const counted = Buffer.alloc(4);
  counted.writeUInt32BE(counter);
  const flags = (userPresent ? 1 : 0) | (userVerified ? 4 : 0) | (credential === undefined ? 0 : 0x40);
  return Buffer.concat([sha256(siteId), Buffer.from([flags]), counted, credential ?? Buffer.alloc(0)]);
}
