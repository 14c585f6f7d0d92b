/** SCEP messages: what foreign clients really send, both directions of ours, and every spelling of a message in an address. */
import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { certificatesOnly, envelope, openEnvelope } from '../cms/index.ts';
import { DecodeError } from '../decode-error.ts';
import { buildCertificateRequest, readCertificateRequest } from '../x509/certificate-request.ts';
import { deviceId } from '../x509/test-authority.ts';
import { openssl } from '../x509/test-openssl.ts';
import {
  decodeCapabilities,
  decodeMessageParameter,
  decodeScepAnswer,
  decodeScepMessage,
  encodeCapabilities,
  encodeMessageParameter,
  encodeScepMessage,
  encodeScepRequest,
  type NewScepRequest,
  peekScepMessage,
  scepLimits,
  selfSignedCertificate,
  transactionIdOf,
} from './index.ts';
import { failures, messageTypes, type ScepFailure, type ScepRequestType } from './vocabulary.ts';

const seed = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../fuzz/seeds/${name}`, import.meta.url)));
const server = seed('scep-server.der');
const serverKey = createPrivateKey({
  key: Buffer.from(seed('scep-server-key.der')),
  format: 'der',
  type: 'pkcs8',
});
const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const subject = { commonName: deviceId };
const now = Date.UTC(2026, 0, 1);
const certificate = selfSignedCertificate(key, subject, Buffer.of(7), {
  notBefore: now,
  notAfter: now + 86_400_000,
});

function request(changes: Partial<NewScepRequest> = {}): NewScepRequest {
  return {
    type: 'PKCSReq',
    content: buildCertificateRequest(key, subject, 'secret'),
    server,
    certificate,
    key,
    transactionId: transactionIdOf(key),
    senderNonce: randomBytes(16),
    ...changes,
  };
}

for (const [client, digest, cipher] of [
  ['scepclient', 'sha1', 'des-cbc'],
  ['strongswan', 'sha256', 'aes-128-cbc'],
] as const) {
  test(`a request captured from ${client} is read: who asks, for whom, with what challenge`, () => {
    const message = decodeScepMessage(seed(`scep-${client}.der`), { allowSha1: true });
    assert.equal(message.type, 'PKCSReq');
    assert.equal(message.senderNonce.length, 16);
    assert.match(message.transactionId, /^[\w+/=]{20,}$/);
    assert.equal(message.signedBy.digest, digest);
    const opened = openEnvelope(message.envelope ?? new Uint8Array(), {
      certificate: server,
      key: serverKey,
      allowed: [cipher],
    });
    const { challengePassword, subject: name, key: asked } = readCertificateRequest(opened);
    assert.equal(challengePassword, 'secret');
    assert.equal(name.commonName, deviceId);
    assert.equal(asked.kind, 'rsa');
  });
}

test('every type of request comes back as it was sent', () => {
  const types = Object.keys(messageTypes).filter((type): type is ScepRequestType => type !== 'CertRep');
  for (const type of types) {
    const sent = request({ type, content: randomBytes(50) });
    const read = decodeScepMessage(encodeScepRequest(sent));
    assert.equal(read.type, type);
    assert.equal(read.transactionId, sent.transactionId);
    assert.deepEqual(Buffer.from(read.senderNonce), Buffer.from(sent.senderNonce));
    const opened = openEnvelope(read.envelope ?? new Uint8Array(), { certificate: server, key: serverKey });
    assert.deepEqual(Buffer.from(opened), Buffer.from(sent.content));
  }
});

const answerTo = (asked: NewScepRequest) =>
  ({
    type: 'CertRep',
    transactionId: asked.transactionId,
    senderNonce: randomBytes(16),
    recipientNonce: asked.senderNonce,
    certificate: server,
    key: serverKey,
  }) as const;

test('success, failure with its reason, and pending are told to the asker', () => {
  const asked = request();
  const bag = envelope({ content: certificatesOnly([certificate]), recipient: asked.certificate });
  const success = decodeScepAnswer(
    encodeScepMessage({ ...answerTo(asked), status: 'success', envelope: bag }),
    asked,
  );
  assert.equal(success.status, 'success');
  assert.deepEqual(success.status === 'success' && success.certificates.map((der) => Buffer.from(der)), [
    Buffer.from(certificate),
  ]);
  for (const failure of Object.keys(failures) as ScepFailure[]) {
    const bytes = encodeScepMessage({
      ...answerTo(asked),
      status: 'failure',
      failure,
      failureText: 'Schlüssel',
    });
    const answer = decodeScepAnswer(bytes, asked);
    assert.equal(answer.status === 'failure' && answer.failure, failure);
    assert.equal(answer.message.failureText, 'Schlüssel');
    assert.equal(answer.message.envelope, undefined, 'a failure brings no envelope (section 3.3.2.2)');
  }
  assert.equal(
    decodeScepAnswer(encodeScepMessage({ ...answerTo(asked), status: 'pending' }), asked).status,
    'pending',
  );
});

test('an answer to another request, from another server or to another nonce is none', () => {
  const asked = request();
  const fail = { ...answerTo(asked), status: 'failure', failure: 'badRequest' } as const;
  const others = [
    { ...fail, transactionId: 'another' },
    { ...fail, recipientNonce: randomBytes(16) },
    { ...fail, certificate, key },
  ];
  for (const other of others) {
    assert.throws(
      () => decodeScepAnswer(encodeScepMessage(other), asked),
      (error) => error instanceof DecodeError && error.reason === 'wrong-answer',
    );
  }
  assert.throws(() => decodeScepAnswer(encodeScepRequest(asked), asked), DecodeError);
});

test('OpenSSL agrees on what we sign, and prints the attributes', () => {
  const printed = openssl(
    { message: encodeScepRequest(request()) },
    'cms',
    '-cmsout',
    '-print',
    '-inform',
    'DER',
    '-in',
    'message',
  );
  const text = printed.toString();
  for (const [identifier, value] of [
    ['2.16.840.1.113733.1.9.2', 'PRINTABLESTRING:19'],
    ['2.16.840.1.113733.1.9.7', `PRINTABLESTRING:${transactionIdOf(key)}`],
  ] as const) {
    assert.ok(text.includes(identifier) && text.includes(value), identifier);
  }
});

test('who asks is known even of a message that proves nothing, so that a refusal reaches its asker', () => {
  const sent = request();
  const bytes = Buffer.from(encodeScepRequest(sent));
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  assert.throws(() => decodeScepMessage(bytes), DecodeError);
  assert.equal(peekScepMessage(bytes)?.transactionId, sent.transactionId);
  assert.equal(peekScepMessage(randomBytes(100)), undefined);
});

test('limits hold at their value and not above it', () => {
  const id = (length: number) => encodeScepRequest(request({ transactionId: 'x'.repeat(length) }));
  assert.doesNotThrow(() => decodeScepMessage(id(scepLimits.transactionIdCharacters)));
  assert.throws(() => decodeScepMessage(id(scepLimits.transactionIdCharacters + 1)), /longer than 255/);
  const nonce = (length: number) => encodeScepRequest(request({ senderNonce: randomBytes(length) }));
  assert.doesNotThrow(() => decodeScepMessage(nonce(scepLimits.nonceBytes)));
  assert.throws(() => decodeScepMessage(nonce(scepLimits.nonceBytes + 1)), /nonce too long/);
  const large = encodeScepRequest(request({ content: randomBytes(scepLimits.bytes) }));
  assert.throws(
    () => decodeScepMessage(large),
    (error) => error instanceof DecodeError && error.reason === 'too-large',
  );
});

test('a message in an address is read however its base64 is escaped', () => {
  const bytes = Buffer.from('fbefbefbff00fbefbe', 'hex');
  const text = bytes.toString('base64');
  assert.match(text, /[+/]/);
  const spellings = [
    encodeMessageParameter(bytes),
    text,
    text.replaceAll('+', ' '),
    text.replaceAll('+', '%2b').replaceAll('/', '%2f'),
    encodeURIComponent(encodeURIComponent(text)),
    `${text.slice(0, 4)}%0D%0A${text.slice(4)}`,
    text.replaceAll('+', '-').replaceAll('/', '_'),
  ];
  for (const spelling of spellings)
    assert.deepEqual(Buffer.from(decodeMessageParameter(spelling)), bytes, spelling);
  for (const padded of ['AA==', 'AA', 'AA%3D%3D'])
    assert.deepEqual([...decodeMessageParameter(padded)], [0], padded);
  for (const bad of ['', '%', '%zz', 'a=b', '<x>', 'é'])
    assert.throws(() => decodeMessageParameter(bad), DecodeError, bad);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (any) => {
      assert.deepEqual(Buffer.from(decodeMessageParameter(encodeMessageParameter(any))), Buffer.from(any));
    }),
  );
});

test('capabilities are a word a line; unknown ones and the case of letters do not matter', () => {
  assert.equal(Buffer.from(encodeCapabilities(['AES', 'SHA-256'])).toString(), 'AES\nSHA-256\n');
  const told = decodeCapabilities(Buffer.from('aes\r\nsha-256\r\nTimeTravel\n\nPOSTPKIOperation'));
  assert.deepEqual([...told].sort(), ['AES', 'POSTPKIOperation', 'SHA-256']);
});

test('a challenge password is read in the string types that clients use, once only', () => {
  for (const text of ['secret', 'päß', '']) {
    assert.equal(readCertificateRequest(buildCertificateRequest(key, {}, text)).challengePassword, text);
  }
  assert.equal(readCertificateRequest(buildCertificateRequest(key)).challengePassword, undefined);
  const config =
    '[req]\ndistinguished_name=n\nattributes=a\nprompt=no\n[n]\nCN=x\n[a]\nchallengePassword=from-openssl\n';
  const foreign = openssl(
    { 'k.pem': key.export({ format: 'pem', type: 'pkcs8' }).toString(), config },
    'req',
    '-new',
    '-key',
    'k.pem',
    '-config',
    'config',
    '-outform',
    'DER',
  );
  assert.equal(readCertificateRequest(foreign).challengePassword, 'from-openssl');
});
