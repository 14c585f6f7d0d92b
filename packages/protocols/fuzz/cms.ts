/** Signed and enveloped messages, and the BER that some of them are written in: APL-01, SCEP-06. */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { envelope, openEnvelope, parseSignedData, verifyAttached, verifyDetached } from '../src/cms/index.ts';
import { derFromBer } from '../src/der/from-ber.ts';
import { decodeScepMessage, encodeScepMessage, peekScepMessage } from '../src/scep/index.ts';
import { decodeMessageParameter } from '../src/scep/message-parameter.ts';
import { readCertificateRequest } from '../src/x509/certificate-request.ts';
import { inflateDer } from './certificate.ts';
import { derDictionary, readSeed } from './seeds.ts';
import { type FuzzTarget, texts } from './target.ts';

const der = { dictionary: derDictionary, inflate: inflateDer };
const body = readSeed('cms-body.xml');
const server = readSeed('scep-server.der');
const key = createPrivateKey({
  key: Buffer.from(readSeed('scep-server-key.der')),
  format: 'der',
  type: 'pkcs8',
});
const signed = ['cms-attached.der', 'cms-attached-ber.der'].map(readSeed);
const messages = ['request', 'success', 'failure', 'scepclient', 'strongswan'].map((name) =>
  readSeed(`scep-${name}.der`),
);

export const ber: FuzzTarget = {
  name: 'ber',
  seeds: [...signed, readSeed('cms-envelope-ber.der')],
  ...der,
  run(bytes) {
    const converted = derFromBer(bytes, 'value', 64 * 1024);
    assert.equal(derFromBer(converted, 'value', 64 * 1024), converted, 'what was converted needs it again');
  },
};

export const cmsParts: FuzzTarget = {
  name: 'cms-parts',
  seeds: [...signed, readSeed('cms-detached.der'), readSeed('cms-certificates.der')],
  ...der,
  run: (bytes) => void parseSignedData(bytes),
};

export const cmsAttached: FuzzTarget = {
  name: 'cms-attached',
  seeds: signed,
  ...der,
  run(bytes) {
    // Whatever still verifies says what was signed.
    assert.deepEqual(Buffer.from(verifyAttached(bytes).content), Buffer.from(body));
  },
};

export const cmsDetached: FuzzTarget = {
  name: 'cms-detached',
  seeds: [readSeed('cms-detached.der')],
  ...der,
  run: (bytes) => void verifyDetached(bytes, body),
};

export const cmsEnvelope: FuzzTarget = {
  name: 'cms-envelope',
  seeds: [readSeed('cms-envelope.der'), readSeed('cms-envelope-ber.der')],
  ...der,
  run(bytes) {
    const opener = { certificate: server, key };
    const content = openEnvelope(bytes, opener);
    assert.deepEqual(openEnvelope(envelope({ content, recipient: server }), opener), content);
  },
};

export const scepMessage: FuzzTarget = {
  name: 'scep-message',
  seeds: messages,
  ...der,
  run(bytes) {
    const { signedBy: _, ...message } = decodeScepMessage(bytes, { allowSha1: true });
    assert.equal(peekScepMessage(bytes)?.transactionId, message.transactionId);
    // Signed anew by our own key, it says the same.
    const again = decodeScepMessage(encodeScepMessage({ ...message, certificate: server, key }));
    const { signedBy: __, ...rest } = again;
    assert.deepEqual(JSON.stringify(rest), JSON.stringify(message));
  },
};

export const scepParameter: FuzzTarget = {
  name: 'scep-message-parameter',
  seeds: texts('MIIBCg==', 'MII%2BCg%3D%3D', 'MII+Cg==', 'MII%0ACg%3D%3D', 'MII%252BCg=='),
  dictionary: texts('%', '%25', '+', '/', '=', '%3D', ' ', '%0D%0A'),
  run: (bytes) => void decodeMessageParameter(Buffer.from(bytes).toString('latin1')),
};

export const challengeRequest: FuzzTarget = {
  name: 'certificate-request-fields',
  seeds: [readSeed('request-challenge.der'), readSeed('request-p256.der')],
  ...der,
  run: (bytes) => void readCertificateRequest(bytes),
};
