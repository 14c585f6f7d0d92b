/** Certification requests: ENR-T06. */
import { parseCertificateRequest } from '../src/x509/certificate-request.ts';
import { findKeyWeakness } from '../src/x509/public-keys.ts';
import { inflateDer } from './certificate.ts';
import { derDictionary, readSeed } from './seeds.ts';
import type { FuzzTarget } from './target.ts';

export const certificateRequest: FuzzTarget = {
  name: 'certificate-request',
  seeds: ['request-p256.der', 'request-p384.der', 'request-rsa.der'].map(readSeed),
  dictionary: derDictionary,
  inflate: inflateDer,
  run(bytes) {
    const key = parseCertificateRequest(bytes);
    if (findKeyWeakness(key) !== undefined) throw new Error('a weak key was accepted');
  },
};
