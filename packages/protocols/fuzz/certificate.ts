/** X.509 certificates, and the path check behind them: no changed certificate may ever pass. */
import { sequence } from '../src/der/write-der.ts';
import { findDeviceId } from '../src/x509/device-identity.ts';
import { parseCertificate } from '../src/x509/parse-certificate.ts';
import { verifyPath } from '../src/x509/verify-path.ts';
import { derDictionary, readSeed } from './seeds.ts';
import type { FuzzTarget } from './target.ts';

const root = parseCertificate(readSeed('device-root.der'));
const issuing = parseCertificate(readSeed('issuing-ca.der'));
const genuine = readSeed('device-identity.der');
/** Odd, but really issued by the root for devices. */
const genuineRsa = readSeed('rsa.der');

export const certificate: FuzzTarget = {
  name: 'certificate',
  seeds: [
    genuine,
    genuine,
    issuing.der,
    root.der,
    ...['server-trust-root.der', 'server-tls.der', 'p192.der'].map(readSeed),
    genuineRsa,
  ],
  dictionary: derDictionary,
  inflate: inflateDer,
  run(bytes) {
    const parsed = parseCertificate(bytes);
    findDeviceId(parsed);
    for (const usage of ['clientAuth', 'serverAuth'] as const) {
      const now = parsed.notBefore;
      const verdict = verifyPath({
        leaf: parsed,
        intermediates: [issuing, parsed],
        roots: [root],
        now,
        usage,
      });
      if (verdict.ok && !isOneOf(bytes, genuine, genuineRsa)) {
        throw new Error('a changed certificate was accepted');
      }
    }
    const asIssuer = verifyPath({
      leaf: parseCertificate(genuine),
      intermediates: [parsed],
      roots: [root],
      now: issuing.notBefore,
      usage: 'clientAuth',
    });
    if (asIssuer.ok && !isOneOf(bytes, issuing.der)) throw new Error('a changed issuer was accepted');
  },
};

function isOneOf(bytes: Uint8Array, ...accepted: readonly Uint8Array[]): boolean {
  return accepted.some((other) => Buffer.compare(bytes, other) === 0);
}

/** Each level is a proper SEQUENCE around the one below, as far as the size stays reasonable. */
export function inflateDer(bytes: Uint8Array, depth: number): Uint8Array {
  let wrapped = bytes;
  for (let level = 0; level < Math.min(depth, 200) && wrapped.length < 60_000; level++)
    wrapped = sequence(wrapped);
  return wrapped;
}
