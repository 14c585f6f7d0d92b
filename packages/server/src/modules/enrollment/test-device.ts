// For tests: a device with a key and a code, doing its side of the handshake over whatever carries the messages.
import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import {
  acceptOffer,
  decodeGrant,
  decodeOffer,
  deriveEnrollmentKeys,
  encodeBegin,
  encodeClaims,
  encodeProof,
  type EnrollmentBegin,
  type EnrollmentGrant,
  type EnrollmentKeys,
  type EnrollmentOffer,
  type EnrollmentProof,
  isGrantGenuine,
  makeProof,
  parseEnrollmentCode,
  parseEnrollmentUrl,
} from '@gatehouse/protocols/agent-enrollment/index.ts';
import { buildCertificateRequest } from '@gatehouse/protocols/x509/index.ts';

export interface Carrier {
  begin(message: Uint8Array): Promise<Uint8Array>;
  complete(message: Uint8Array): Promise<Uint8Array>;
}

export function newDeviceKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

export class TestDevice {
  readonly keys: EnrollmentKeys;
  readonly carrier: Carrier;
  readonly key: KeyObject;
  readonly claims: Readonly<Record<string, string>>;

  constructor(
    carrier: Carrier,
    code: { readonly url: string; readonly oneTimePassword: string },
    options: { key?: KeyObject; claims?: Readonly<Record<string, string>> } = {},
  ) {
    this.carrier = carrier;
    this.keys = deriveEnrollmentKeys(parseEnrollmentCode(code.oneTimePassword), parseEnrollmentUrl(code.url));
    this.key = options.key ?? newDeviceKey();
    this.claims = options.claims ?? { 'device.host-name': 'ann-laptop' };
  }

  /** M1 and M2. Throws when the offer is not proved. */
  async begin(): Promise<{ offer: EnrollmentOffer; transcript: Uint8Array }> {
    const begin: EnrollmentBegin = { version: 1, locator: this.keys.locator, deviceNonce: randomBytes(32) };
    const offer = decodeOffer(await this.carrier.begin(encodeBegin(begin)));
    const accepted = acceptOffer(this.keys, begin, offer);
    if (!accepted) throw new Error('the server does not know the code');
    return { offer, transcript: accepted.transcript };
  }

  prove(
    { offer, transcript }: { offer: EnrollmentOffer; transcript: Uint8Array },
    csr: Uint8Array = buildCertificateRequest(this.key),
  ): EnrollmentProof {
    return makeProof(this.keys.deviceKey, transcript, {
      enrollmentId: offer.enrollmentId,
      csr,
      claims: encodeClaims(this.claims),
    });
  }

  /** M3 and M4. Throws when the grant is not proved. */
  async complete(transcript: Uint8Array, proof: EnrollmentProof): Promise<EnrollmentGrant> {
    const grant = decodeGrant(await this.carrier.complete(encodeProof(proof)));
    if (!isGrantGenuine(this.keys.serverKey, transcript, proof, grant))
      throw new Error('the grant is not proved');
    return grant;
  }

  async enrol(): Promise<EnrollmentGrant & { readonly offer: EnrollmentOffer }> {
    const begun = await this.begin();
    const grant = await this.complete(begun.transcript, this.prove(begun));
    return { ...grant, offer: begun.offer };
  }
}
