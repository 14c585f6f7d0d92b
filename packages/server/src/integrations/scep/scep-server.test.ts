import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parseEnvelope, signAttached } from '@gatehouse/protocols/cms/index.ts';
import {
  decodeScepAnswer,
  encodeScepRequest,
  issuerAndSerial,
  issuerAndSubject,
} from '@gatehouse/protocols/scep/index.ts';
import {
  findDeviceId,
  isCrlSignedBy,
  parseCertificate,
  parseCrl,
  verifyPath,
} from '@gatehouse/protocols/x509/index.ts';
import {
  authenticateCertificate,
  CertificateRefused,
  createAuthorityDirectory,
  createCertificateVerifier,
  createRevocationLists,
  createStandings,
  openScepAuthorities,
  revokeDeviceCertificates,
  scepAuthority,
} from '../../modules/certificates/index.ts';
import { superuserOf } from '../../modules/devices/test-fleet.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { after, before, describe, test } from 'node:test';
import { newRsaKey, outcomeOf, openScepTestWorld, type ScepTestWorld } from './test-world.ts';

const day = 86_400_000;

describe('a device asks for its certificate', () => {
  let world: ScepTestWorld;
  before(async () => {
    world = await openScepTestWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  test('the certificate says what the enrolment says, and opens the door', async () => {
    const { acme, deps } = world;
    const { deviceId, challenge, key } = await world.ready();
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    const answer = await world.send(acme, request);
    assert.equal(answer.status, 'success');
    const [der = new Uint8Array(), ...more] = answer.status === 'success' ? answer.certificates : [];
    assert.equal(more.length, 0, 'the certificate alone');
    const certificate = parseCertificate(der);
    assert.equal(findDeviceId(certificate), deviceId);
    assert.equal(certificate.subject.text, `CN=${deviceId},O=acme`);
    assert.deepEqual(certificate.keyUsage, ['digitalSignature', 'keyEncipherment']);
    assert.deepEqual(certificate.extendedKeyUsage, ['clientAuth']);
    assert.equal(Math.round((certificate.notAfter - world.now()) / day), 730);
    const ca = parseCertificate(request.server);
    const verdict = verifyPath({
      leaf: certificate,
      intermediates: [],
      roots: [ca],
      now: world.now(),
      usage: 'clientAuth',
    });
    assert.ok(verdict.ok);

    const standings = createStandings(deps.database as never);
    const door = { ...deps, standings, notifications: { publish: () => undefined } };
    const found = await authenticateCertificate(door as never, der);
    assert.equal(found.deviceId, deviceId);
    assert.equal(found.organizationId, acme.organizationId);
    assert.equal(found.purpose, 'mdm');
    assert.ok(
      world.emitted.some(({ name, subjectId }) => name === 'certificate.issued' && subjectId === deviceId),
    );
    const admin = await superuserOf(world.db);
    const { rows } = await admin.query(
      `select content from gh.audit_entries where content -> 'target' ->> 'id' = $1 and content ->> 'action' = 'certificates.issue'`,
      [certificate.serial],
    );
    assert.equal(rows[0]?.content.show.deviceId, deviceId);
    assert.equal(rows[0]?.content.show.by, 'challenge');
  });

  test('a certificate is known to the server that issued it as it will be to any other, and no byte beside it', async () => {
    const { acme, deps } = world;
    const issued = await world.enrolled(acme, newRsaKey());
    const unaware = createCertificateVerifier({
      directory: createAuthorityDirectory({ database: deps.database as never, clock: deps.clock }),
      clock: deps.clock,
    });
    const elsewhere = await unaware.verify(issued.certificate, 'mdm');
    const here = await deps.verifier.verify(Uint8Array.from(issued.certificate), 'mdm');
    assert.deepEqual(here, elsewhere);
    assert.equal(here.deviceId, issued.deviceId);
    const altered = Uint8Array.from(issued.certificate);
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    await assert.rejects(deps.verifier.verify(altered, 'mdm'), { why: 'bad-signature' });
    await assert.rejects(deps.verifier.verify(issued.certificate, 'agent'), {
      why: 'issued-for-another-purpose',
    });
  });

  test('SCEP-03 who signs a first request must hold the key that is to be certified', async () => {
    const { acme } = world;
    const { deviceId, challenge, key } = await world.ready();
    const foreign = await world.request(acme, { key: newRsaKey() });
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    const stolen = { ...request, certificate: foreign.certificate, key: foreign.key };
    assert.equal(await world.refusal(acme, stolen), 'badMessageCheck: envelope-not-opened');
    assert.equal(
      (await world.send(acme, request)).status,
      'success',
      'and the challenge was not spent by it',
    );
  });

  test('SCEP-03 a renewal is granted to the live certificate of the same device, and to no other', async () => {
    const { acme, globex, db } = world;
    const key = newRsaKey();
    const { deviceId, certificate } = await world.enrolled(acme, key);
    const next = newRsaKey();
    const renewal = (changes: object, commonName = deviceId, newKey = next) =>
      world.request(acme, {
        key: newKey,
        commonName,
        changes: { type: 'RenewalReq', certificate, key, ...changes },
      });
    const other = await world.addDevice(acme);
    assert.equal(await world.refusal(acme, await renewal({}, other)), 'badRequest: subject-of-another');
    const ownSigned = (await world.request(acme, { key: newRsaKey() })).certificate;
    assert.equal(
      await world.refusal(acme, await renewal({ certificate: ownSigned, key: newRsaKey() })),
      'badMessageCheck: bad-signature',
      'a certificate whose key it does not hold',
    );
    const self = newRsaKey();
    const selfMade = (await world.request(acme, { key: self })).certificate;
    assert.match(
      await world.refusal(acme, await renewal({ certificate: selfMade, key: self })),
      /^badRequest: /,
    );

    const elsewhere = await world.request(globex, {
      key: newRsaKey(),
      changes: { type: 'RenewalReq', certificate, key },
    });
    assert.equal(await world.refusal(globex, elsewhere), 'badRequest: certificate-of-another-organization');

    const request = await renewal({});
    const answer = await world.send(acme, request);
    assert.ok(answer.status === 'success', world.refused.at(-1)?.reason);
    assert.equal(findDeviceId(parseCertificate(answer.certificates[0] ?? new Uint8Array())), deviceId);
    const again = await world.send(acme, request);
    assert.deepEqual(
      again.status === 'success' && again.certificates,
      answer.certificates,
      'a lost answer is repeated',
    );
    assert.match(
      await world.refusal(acme, await renewal({}, deviceId, key)),
      /^badRequest: key-of-another-certificate/,
      'the key must be new',
    );

    await db.database.withTenant(acme.organizationId, (tx) =>
      revokeDeviceCertificates(
        tx,
        { notifications: { publish: () => undefined } as never, clock: world.deps.clock },
        { deviceId, reason: 'key-compromise', actor: systemActor('test', acme.organizationId) },
      ),
    );
    const late = await renewal({}, deviceId, newRsaKey());
    assert.match(await world.refusal(acme, late), /^badRequest: (certificate-revoked|too-many-renewals)/);
  });

  test('a renewal may certify an elliptic key, and an old authority’s device renews under the new one', async () => {
    const { acme } = world;
    const key = newRsaKey();
    const { deviceId, certificate } = await world.enrolled(acme, key);
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const request = await world.request(acme, {
      key: next,
      commonName: deviceId,
      changes: { type: 'RenewalReq', certificate, key },
    });
    const answer = await world.send(acme, request);
    assert.ok(answer.status === 'success', world.refused.at(-1)?.reason);
    const renewed = parseCertificate(answer.certificates[0] ?? new Uint8Array());
    assert.equal(renewed.publicKey.curve, 'P-256');
    assert.deepEqual(renewed.keyUsage, ['digitalSignature']);
  });

  test('RSA keys below 2048 bits and requests under other algorithms are refused', async () => {
    const { acme } = world;
    const { deviceId, challenge } = await world.ready();
    for (const [key, why] of [
      [newRsaKey(1024), 'weak-key'],
      [newRsaKey(1536), 'weak-key'],
    ] as const) {
      const request = await world.request(acme, { key, commonName: deviceId, challenge });
      assert.equal(await world.refusal(acme, request), `badAlg: ${why}`);
    }
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const request = await world.request(acme, { key: elliptic, commonName: deviceId, challenge });
    const message = encodeScepRequest(request);
    const reply = await world.scep.operate({
      organizationId: acme.organizationId,
      message,
      requestId: 'test',
    });
    assert.equal(outcomeOf(decodeScepAnswer(reply?.body ?? new Uint8Array(), request)), 'badAlg');
  });

  test('SCEP-04 DES, MD5 and SHA-1 are refused as badAlg; 3DES and DES pass only if the organization says so', async () => {
    const { acme, scep } = world;
    const { deviceId, challenge, key } = await world.ready();
    const plain = await world.request(acme, { key, commonName: deviceId, challenge });
    assert.equal(await world.refusal(acme, { ...plain, cipher: 'des-cbc' }), 'badAlg: cipher-des-cbc');
    assert.equal(
      await world.refusal(acme, { ...plain, cipher: 'des-ede3-cbc' }),
      'badAlg: cipher-des-ede3-cbc',
    );
    assert.equal(await world.refusal(acme, { ...plain, digest: 'md5' }), 'badAlg: weak-algorithm');
    const live = newRsaKey();
    const { certificate } = await world.enrolled(acme, live);
    const renewal = await world.request(acme, {
      key: newRsaKey(),
      changes: { type: 'RenewalReq', certificate, key: live, digest: 'sha1' },
    });
    assert.equal(await world.refusal(acme, renewal), 'badAlg: weak-algorithm');
    const words = async () =>
      Buffer.from(await scep.capabilities(acme.organizationId))
        .toString()
        .trim()
        .split('\n');
    assert.deepEqual(await words(), [
      'POSTPKIOperation',
      'Renewal',
      'SHA-256',
      'SHA-384',
      'SHA-512',
      'AES',
      'SCEPStandard',
    ]);
    world.oldCiphers = '3des';
    try {
      assert.ok((await words()).includes('DES3'));
      assert.equal(await world.refusal(acme, { ...plain, cipher: 'des-cbc' }), 'badAlg: cipher-des-cbc');
      assert.equal((await world.send(acme, { ...plain, cipher: 'des-ede3-cbc' })).status, 'success');
      world.oldCiphers = 'des';
      const old = await world.ready();
      const request = await world.request(acme, {
        key: old.key,
        commonName: old.deviceId,
        challenge: old.challenge,
      });
      assert.equal(
        (await world.send(acme, { ...request, cipher: 'des-cbc', digest: 'sha1' })).status,
        'success',
      );
    } finally {
      world.oldCiphers = 'none';
    }
  });

  test('the answer is encrypted and signed with the algorithms of the request', async () => {
    const { acme, scep } = world;
    for (const [cipher, digest] of [
      ['aes-128-cbc', 'sha256'],
      ['aes-256-cbc', 'sha512'],
    ] as const) {
      const { deviceId, challenge } = await world.ready();
      const request = await world.request(acme, {
        key: newRsaKey(),
        commonName: deviceId,
        challenge,
        changes: { cipher, digest },
      });
      const message = encodeScepRequest(request);
      const reply = await scep.operate({ organizationId: acme.organizationId, message, requestId: 'test' });
      const answer = decodeScepAnswer(reply?.body ?? new Uint8Array(), request);
      assert.equal(answer.message.signedBy.digest, digest);
      assert.equal(parseEnvelope(answer.message.envelope ?? new Uint8Array()).cipher, cipher);
    }
  });

  test('SCEP-05 a poll is answered to the key that asked first, and to nobody else', async () => {
    const { acme } = world;
    const { deviceId, challenge, key } = await world.ready();
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    const content = issuerAndSubject(
      parseCertificate(request.server).subject.der,
      parseCertificate(request.certificate).subject.der,
    );
    const poll = { ...request, type: 'CertPoll', content } as const;
    assert.equal(await world.refusal(acme, poll), 'badCertId: poll-for-nothing', 'nothing was asked for yet');
    const first = await world.send(acme, request);
    const found = await world.send(acme, poll);
    assert.ok(first.status === 'success' && found.status === 'success');
    assert.deepEqual(found.certificates, first.certificates);
    const foreign = await world.request(acme, {
      key: newRsaKey(),
      changes: { type: 'CertPoll', content, transactionId: request.transactionId },
    });
    assert.equal(await world.refusal(acme, foreign), 'badCertId: poll-for-nothing');
  });

  test('what is not served says so: GetCert, GetCRL, and an answer sent as a request', async () => {
    const { acme } = world;
    const base = await world.request(acme, { key: newRsaKey() });
    const content = issuerAndSerial(parseCertificate(base.server).subject.der, Buffer.of(1));
    assert.equal(
      await world.refusal(acme, { ...base, type: 'GetCert', content }),
      'badRequest: GetCert-not-served',
    );
    assert.equal(
      await world.refusal(acme, { ...base, type: 'GetCRL', content }),
      'badRequest: GetCRL-not-served',
    );
  });

  test('SCEP-06 what is no SCEP message at all is not answered, however it is built', async () => {
    const { acme, scep } = world;
    const base = await world.request(acme, { key: newRsaKey() });
    const plain = signAttached({ content: Buffer.from('x'), certificate: base.certificate, key: base.key });
    const nested = Buffer.concat([Buffer.from('3080'.repeat(30_000), 'hex'), Buffer.alloc(4)]);
    for (const message of [
      new Uint8Array(),
      randomBytes(2_000),
      plain,
      nested,
      Buffer.from('30848000000002', 'hex'),
    ]) {
      const began = performance.now();
      assert.equal(
        await scep.operate({ organizationId: acme.organizationId, message, requestId: 'test' }),
        undefined,
      );
      assert.ok(performance.now() - began < 200);
    }
  });

  test('a signature that does not hold is badMessageCheck', async () => {
    const { acme, scep } = world;
    const { deviceId, challenge, key } = await world.ready();
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    const message = Buffer.from(encodeScepRequest(request));
    message[message.length - 5] = (message.at(-5) ?? 0) ^ 1;
    const reply = await scep.operate({ organizationId: acme.organizationId, message, requestId: 'test' });
    assert.equal(outcomeOf(decodeScepAnswer(reply?.body ?? new Uint8Array(), request)), 'badMessageCheck');
  });

  test('CRT-05 a revoked certificate of it is on the list of the authority that signed it', async () => {
    const { acme, deps, db } = world;
    const { deviceId, certificate } = await world.enrolled(acme, newRsaKey());
    const actor = systemActor('test', acme.organizationId);
    const notices = { notifications: { publish: () => undefined } as never, clock: deps.clock };
    await db.database.withTenant(acme.organizationId, (tx) =>
      revokeDeviceCertificates(tx, notices, { deviceId, reason: 'key-compromise', actor }),
    );
    const directory = createAuthorityDirectory({ database: db.database, clock: { now: Date.now } });
    const { authorityId, certificate: authority } = await scepAuthority(deps, acme.organizationId);
    const lists = createRevocationLists({ ...deps, database: db.database, directory });
    const crl = parseCrl((await lists.find(authorityId)) ?? new Uint8Array());
    assert.ok(isCrlSignedBy(crl, authority));
    assert.ok(crl.revoked.some(({ serial }) => serial === parseCertificate(certificate).serial));
  });

  test('many first questions at once make one authority; tenants have their own; its key is sealed', async () => {
    const { globex, acme, deps, db } = world;
    const found = await Promise.all(
      Array.from({ length: 5 }, () => scepAuthority(deps, globex.organizationId)),
    );
    assert.equal(new Set(found.map(({ authorityId }) => authorityId)).size, 1);
    assert.notEqual(found[0]?.authorityId, (await scepAuthority(deps, acme.organizationId)).authorityId);
    const [opened] = await openScepAuthorities(deps, globex.organizationId);
    const pkcs8 = opened?.key.export({ format: 'der', type: 'pkcs8' }) ?? Buffer.alloc(0);
    const admin = await superuserOf(db);
    const { rows } = await admin.query(
      `select private_key from gh.certificate_authorities where kind = 'scep'`,
    );
    for (const row of rows) assert.ok(!(row.private_key as Buffer).includes(pkcs8.subarray(40, 80)));
  });

  test('half way through its life the next authority takes over; requests to the old one are still read, its devices still known', async () => {
    const { acme, deps } = world;
    const old = await world.enrolled(acme, newRsaKey());
    const oldServer = await world.scep.caCertificate(acme.organizationId);
    world.advance(915 * day);
    const newServer = await world.scep.caCertificate(acme.organizationId);
    assert.notDeepEqual(newServer, oldServer);
    const { deviceId, challenge } = await world.ready();
    const request = await world.request(acme, {
      key: newRsaKey(),
      commonName: deviceId,
      challenge,
      changes: { server: oldServer },
    });
    const answer = await world.send(acme, request);
    assert.ok(answer.status === 'success', 'the answer is signed by whom the request was for');
    const issued = parseCertificate(answer.certificates[0] ?? new Uint8Array());
    const verdict = verifyPath({
      leaf: issued,
      intermediates: [],
      roots: [parseCertificate(newServer)],
      now: world.now(),
      usage: 'clientAuth',
    });
    assert.ok(verdict.ok, 'and the certificate by the new one');
    assert.equal((await deps.verifier.verify(issued.der)).deviceId, deviceId);
    await assert.rejects(
      deps.verifier.verify(old.certificate),
      (error) => error instanceof CertificateRefused && error.why === 'expired',
    );
  });
});
