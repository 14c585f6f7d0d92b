/** Certificate revocation lists. */
import { buildCrl } from '../src/x509/build-crl.ts';
import { parseCertificate } from '../src/x509/parse-certificate.ts';
import { crlLimits, parseCrl } from '../src/x509/parse-crl.ts';
import { inflateDer } from './certificate.ts';
import { derDictionary, readSeed } from './seeds.ts';
import type { FuzzTarget } from './target.ts';

const issuer = parseCertificate(readSeed('issuing-ca.der'));
// The decoder looks at the form of a signature only, so a constant keeps the seeds the same in every run.
const signer = { algorithm: 'ecdsa-sha256', sign: () => new Uint8Array(70) } as const;
const at = Date.UTC(2026, 0, 1);
const list = (revoked: Parameters<typeof buildCrl>[0]['revoked']) =>
  buildCrl({ issuer, signer, number: 7, thisUpdate: at, nextUpdate: at + 86_400_000, revoked });

export const crl: FuzzTarget = {
  name: 'crl',
  seeds: [
    list([]),
    list([
      { serial: '0a', revokedAt: at },
      { serial: 'ff01', revokedAt: at, reason: 'key-compromise' },
    ]),
  ],
  dictionary: derDictionary,
  inflate: inflateDer,
  run(bytes) {
    if (parseCrl(bytes).revoked.length > crlLimits.entries) throw new Error('too many entries were accepted');
  },
};
