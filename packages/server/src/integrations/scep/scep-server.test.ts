import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { envelope, parseEnvelope, signAttached } from '@gatehouse/protocols/cms/index.ts';
import {
  decodeScepAnswer,
  encodeScepMessage,
  encodeScepRequest,
  issuerAndSerial,
  issuerAndSubject,
  type ScepAnswer,
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
  createRevocationLists,
  createStandings,
  openScepAuthorities,
  revokeDeviceCertificates,
  scepAuthority,
  withdrawChallenges,
} from '../../modules/certificates/index.ts';
import { superuserOf } from '../../modules/devices/test-fleet.ts';
import { systemActor } from '@gatehouse/core/actor.ts';
import { createFairQueue } from './fair-queue.ts';
import { openScepTestWorld, type ScepTestWorld } from './test-world.ts';

const day = 86_400_000;
const rsa = (modulusLength = 2048) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const keys = Array.from({ length: 6 }, () => rsa());
let used = 0;
/** A key stands in one certificate only. */
const freshKey = (): KeyObject => {
  used += 1;
  return keys[used - 1] ?? rsa();
};

const outcome = (answer: ScepAnswer): string =>
  answer.status === 'failure' ? `${answer.failure}` : answer.status;

describe('a device asks for its certificate', () => {
  let world: ScepTestWorld;
  before(async () => {
    world = await openScepTestWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  /** What became of a request, in the word of the wire and of the audit record. */
  async function refusal(fleet: ScepTestWorld['acme'], request: Parameters<ScepTestWorld['send']>[1]) {
    const answer = await world.send(fleet, request);
    return `${outcome(answer)}: ${world.refused.at(-1)?.reason}`;
  }

  async function ready(fleet = world.acme) {
    const deviceId = await world.addDevice(fleet);
    return { deviceId, challenge: await world.challenge(fleet, deviceId), key: freshKey() };
  }

  test('the certificate says what the enrolment says, and opens the door', async () => {
    const { acme, deps } = world;
    const { deviceId, challenge, key } = await ready();
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

  test('SCEP-01 a challenge is used once; the same request again gets the same certificate', async () => {
    const { acme } = world;
    const { deviceId, challenge, key } = await ready();
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    const first = await world.send(acme, request);
    const again = await world.send(acme, { ...request, senderNonce: randomBytes(16) });
    assert.ok(first.status === 'success' && again.status === 'success');
    assert.deepEqual(again.certificates, first.certificates);
    const other = await world.request(acme, { key: rsa(), commonName: deviceId, challenge });
    assert.equal(await refusal(acme, other), 'badRequest: challenge-used');
    const sameTransaction = { ...other, transactionId: request.transactionId };
    assert.equal(await refusal(acme, sameTransaction), 'badRequest: challenge-used');
    assert.equal(await refusal(acme, { ...request, transactionId: 'another' }), 'badRequest: challenge-used');
  });

  test('SCEP-01 of many requests at once with one challenge, one is served', async () => {
    const { acme } = world;
    const { deviceId, challenge } = await ready();
    const requests = await Promise.all(
      Array.from({ length: 4 }, () => world.request(acme, { key: rsa(), commonName: deviceId, challenge })),
    );
    const answers = await Promise.all(requests.map((request) => world.send(acme, request)));
    assert.equal(answers.filter(({ status }) => status === 'success').length, 1);
  });

  test('SCEP-01 a challenge of another tenant, of nobody, none at all, or one that is over, is refused alike', async () => {
    const { acme, globex } = world;
    const { deviceId, challenge, key } = await ready(globex);
    const ask = (text: string | undefined) =>
      world.request(acme, { key, commonName: deviceId, ...(text === undefined ? {} : { challenge: text }) });
    assert.equal(await refusal(acme, await ask(challenge)), 'badRequest: challenge-unknown');
    assert.equal(await refusal(acme, await ask(undefined)), 'badRequest: challenge-unknown');
    assert.equal(
      await refusal(acme, await ask(randomBytes(32).toString('hex'))),
      'badRequest: challenge-unknown',
    );
    for (const odd of ['', 'x'.repeat(255), challenge.toUpperCase(), `${challenge} `, `${challenge}0`])
      assert.equal(await refusal(acme, await ask(odd)), 'badRequest: challenge-unknown');
    // Every half of it right is not enough.
    const wrongEnd = challenge.slice(0, 63) + (challenge.endsWith('0') ? '1' : '0');
    const here = { key, commonName: deviceId };
    assert.equal(
      await refusal(globex, await world.request(globex, { ...here, challenge: wrongEnd })),
      'badRequest: challenge-unknown',
    );
    world.advance(16 * 60_000);
    assert.equal(
      await refusal(globex, await world.request(globex, { ...here, challenge })),
      'badRequest: challenge-expired',
    );
  });

  test('SCEP-01 a challenge is good for its device only, and not after it was withdrawn', async () => {
    const { acme } = world;
    const { deviceId, challenge, key } = await ready();
    const other = await world.addDevice(acme);
    const foreign = await world.request(acme, { key, commonName: other, challenge });
    assert.equal(await refusal(acme, foreign), 'badRequest: subject-of-another');
    assert.equal(world.refused.at(-1)?.target?.id, deviceId, 'the administrator sees whose challenge it was');
    await world.db.database.withTenant(acme.organizationId, (tx) => withdrawChallenges(tx, deviceId));
    const late = await world.request(acme, { key, commonName: deviceId, challenge });
    assert.equal(await refusal(acme, late), 'badRequest: challenge-unknown');
  });

  test('SCEP-01 a request that names nobody gets the name of the challenge', async () => {
    const { deviceId, challenge, key } = await ready();
    const answer = await world.send(world.acme, await world.request(world.acme, { key, challenge }));
    const certificate = parseCertificate(
      answer.status === 'success' ? (answer.certificates[0] ?? new Uint8Array()) : new Uint8Array(),
    );
    assert.equal(findDeviceId(certificate), deviceId);
  });

  test('SCEP-01 what is kept of a challenge does not tell it', async () => {
    const { challenge } = await ready();
    assert.equal(challenge.length, 64);
    const admin = await superuserOf(world.db);
    const { rows } = await admin.query(`select row_to_json(c)::text as text from gh.scep_challenges c`);
    const secret = challenge.slice(32);
    assert.ok(rows.length > 0);
    for (const { text } of rows) assert.ok(!text.includes(secret));
    const kept = createHash('sha256').update(Buffer.from(secret, 'hex')).digest('hex');
    assert.ok(
      rows.some(({ text }) => text.includes(kept)),
      'a hash of 128 random bits is kept',
    );
  });

  test('a device that is blocked or no longer managed gets no certificate', async () => {
    const { acme } = world;
    const admin = await superuserOf(world.db);
    for (const state of ['blocked', 'unmanaged', 'wiping']) {
      const { deviceId, challenge } = await ready();
      await admin.query(`update gh.devices set state = $2 where device_id = $1`, [deviceId, state]);
      const request = await world.request(acme, { key: rsa(), commonName: deviceId, challenge });
      assert.equal(await refusal(acme, request), `badRequest: device-${state}`);
    }
  });

  test('a key that stands in another certificate is refused', async () => {
    const { acme } = world;
    const key = freshKey();
    await world.enrolled(acme, key);
    const { deviceId, challenge } = await ready();
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    assert.equal(await refusal(acme, request), 'badRequest: key-of-another-certificate');
  });

  test('SCEP-02 a thousand altered envelopes get the same answer, whatever went wrong inside', {
    timeout: 120_000,
  }, async () => {
    const { acme, scep } = world;
    const { deviceId, challenge, key } = await ready();
    const attacker = rsa();
    const victim = await world.request(acme, { key, commonName: deviceId, challenge });
    const closed = Buffer.from(
      envelope({ content: victim.content, recipient: victim.server, cipher: 'aes-128-cbc' }),
    );
    const { recipients, encrypted } = parseEnvelope(closed);
    const wrapped = closed.indexOf(Buffer.from(recipients[0]?.wrappedKey ?? []));
    const content = closed.indexOf(Buffer.from(encrypted));
    const own = await world.request(acme, { key: attacker });
    const form = {
      type: 'PKCSReq',
      transactionId: 'oracle',
      senderNonce: Buffer.alloc(16),
      certificate: own.certificate,
      key: attacker,
    } as const;
    const seen = new Set<string>();
    const times: Record<'key' | 'padding' | 'content', number[]> = { key: [], padding: [], content: [] };
    const asked = { ...own, transactionId: 'oracle', senderNonce: form.senderNonce };
    for (let round = 0; round < 1_000; round++) {
      const altered = Buffer.from(closed);
      const kind = (['key', 'padding', 'content'] as const)[round % 3] ?? 'key';
      const places = {
        key: [wrapped, 255],
        padding: [altered.length - 32, 16],
        content: [content, encrypted.length - 48],
      } as const;
      const [start, length] = places[kind];
      const at = start + (randomBytes(2).readUInt16BE() % length);
      altered[at] = (altered[at] ?? 0) ^ (1 + ((randomBytes(1)[0] ?? 0) % 255));
      const message = encodeScepMessage({ ...form, envelope: altered });
      const began = process.hrtime.bigint();
      const reply = await scep.operate({ organizationId: acme.organizationId, message, requestId: 'oracle' });
      times[kind].push(Number(process.hrtime.bigint() - began) / 1e6);
      const answer = decodeScepAnswer(reply?.body ?? new Uint8Array(), asked);
      const { signedBy, senderNonce, ...rest } = answer.message;
      seen.add(
        JSON.stringify([answer.status, rest, senderNonce.length, signedBy.fingerprint, reply?.body.length]),
      );
    }
    assert.equal(seen.size, 1, [...seen].join('\n'));
    assert.match([...seen][0] ?? '', /badMessageCheck/);
    // The unaltered envelope in the attacker's message is no different from an altered one.
    const replayed = encodeScepMessage({ ...form, envelope: closed });
    const reply = await scep.operate({
      organizationId: acme.organizationId,
      message: replayed,
      requestId: 'oracle',
    });
    assert.equal(outcome(decodeScepAnswer(reply?.body ?? new Uint8Array(), asked)), 'badMessageCheck');
    // No kind of failure is answered sooner by more than what chance makes of it.
    const median = (list: number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
    const spread = (list: number[]) => {
      const sorted = list.toSorted((a, b) => a - b);
      return (sorted[Math.floor(sorted.length * 0.9)] ?? 0) - (sorted[Math.floor(sorted.length * 0.1)] ?? 0);
    };
    const medians = Object.values(times).map(median);
    const difference = Math.max(...medians) - Math.min(...medians);
    assert.ok(
      difference < Math.max(...Object.values(times).map(spread)),
      `medians ${medians.map((value) => value.toFixed(3)).join(' ')}`,
    );
    // The challenge is still good for whom it was made.
    assert.equal((await world.send(acme, victim)).status, 'success');
  });

  test('SCEP-03 who signs a first request must hold the key that is to be certified', async () => {
    const { acme } = world;
    const { deviceId, challenge, key } = await ready();
    const foreign = await world.request(acme, { key: rsa() });
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    const stolen = { ...request, certificate: foreign.certificate, key: foreign.key };
    assert.equal(await refusal(acme, stolen), 'badMessageCheck: envelope-not-opened');
    assert.equal(
      (await world.send(acme, request)).status,
      'success',
      'and the challenge was not spent by it',
    );
  });

  test('SCEP-03 a renewal is granted to the live certificate of the same device, and to no other', async () => {
    const { acme, globex, db } = world;
    const key = freshKey();
    const { deviceId, certificate } = await world.enrolled(acme, key);
    const next = rsa();
    const renewal = (changes: object, commonName = deviceId, newKey = next) =>
      world.request(acme, {
        key: newKey,
        commonName,
        changes: { type: 'RenewalReq', certificate, key, ...changes },
      });
    const other = await world.addDevice(acme);
    assert.equal(await refusal(acme, await renewal({}, other)), 'badRequest: subject-of-another');
    const ownSigned = (await world.request(acme, { key: rsa() })).certificate;
    assert.equal(
      await refusal(acme, await renewal({ certificate: ownSigned, key: rsa() })),
      'badMessageCheck: bad-signature',
      'a certificate whose key it does not hold',
    );
    const self = rsa();
    const selfMade = (await world.request(acme, { key: self })).certificate;
    assert.match(await refusal(acme, await renewal({ certificate: selfMade, key: self })), /^badRequest: /);

    const elsewhere = await world.request(globex, {
      key: rsa(),
      changes: { type: 'RenewalReq', certificate, key },
    });
    assert.equal(await refusal(globex, elsewhere), 'badRequest: certificate-of-another-organization');

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
      await refusal(acme, await renewal({}, deviceId, key)),
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
    const late = await renewal({}, deviceId, rsa());
    assert.match(await refusal(acme, late), /^badRequest: (certificate-revoked|too-many-renewals)/);
  });

  test('a renewal may certify an elliptic key, and an old authority’s device renews under the new one', async () => {
    const { acme } = world;
    const key = rsa();
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
    const { deviceId, challenge } = await ready();
    for (const [key, why] of [
      [rsa(1024), 'weak-key'],
      [rsa(1536), 'weak-key'],
    ] as const) {
      const request = await world.request(acme, { key, commonName: deviceId, challenge });
      assert.equal(await refusal(acme, request), `badAlg: ${why}`);
    }
    const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const request = await world.request(acme, { key: elliptic, commonName: deviceId, challenge });
    const message = encodeScepRequest(request);
    const reply = await world.scep.operate({
      organizationId: acme.organizationId,
      message,
      requestId: 'test',
    });
    assert.equal(outcome(decodeScepAnswer(reply?.body ?? new Uint8Array(), request)), 'badAlg');
  });

  test('SCEP-04 DES, MD5 and SHA-1 are refused as badAlg; 3DES and DES pass only if the organization says so', async () => {
    const { acme, scep } = world;
    const { deviceId, challenge, key } = await ready();
    const plain = await world.request(acme, { key, commonName: deviceId, challenge });
    assert.equal(await refusal(acme, { ...plain, cipher: 'des-cbc' }), 'badAlg: cipher-des-cbc');
    assert.equal(await refusal(acme, { ...plain, cipher: 'des-ede3-cbc' }), 'badAlg: cipher-des-ede3-cbc');
    assert.equal(await refusal(acme, { ...plain, digest: 'md5' }), 'badAlg: weak-algorithm');
    const live = rsa();
    const { certificate } = await world.enrolled(acme, live);
    const renewal = await world.request(acme, {
      key: rsa(),
      changes: { type: 'RenewalReq', certificate, key: live, digest: 'sha1' },
    });
    assert.equal(await refusal(acme, renewal), 'badAlg: weak-algorithm');
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
      assert.equal(await refusal(acme, { ...plain, cipher: 'des-cbc' }), 'badAlg: cipher-des-cbc');
      assert.equal((await world.send(acme, { ...plain, cipher: 'des-ede3-cbc' })).status, 'success');
      world.oldCiphers = 'des';
      const old = await ready();
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
      const { deviceId, challenge } = await ready();
      const request = await world.request(acme, {
        key: rsa(),
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
    const { deviceId, challenge, key } = await ready();
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    const content = issuerAndSubject(
      parseCertificate(request.server).subject.der,
      parseCertificate(request.certificate).subject.der,
    );
    const poll = { ...request, type: 'CertPoll', content } as const;
    assert.equal(await refusal(acme, poll), 'badCertId: poll-for-nothing', 'nothing was asked for yet');
    const first = await world.send(acme, request);
    const found = await world.send(acme, poll);
    assert.ok(first.status === 'success' && found.status === 'success');
    assert.deepEqual(found.certificates, first.certificates);
    const foreign = await world.request(acme, {
      key: rsa(),
      changes: { type: 'CertPoll', content, transactionId: request.transactionId },
    });
    assert.equal(await refusal(acme, foreign), 'badCertId: poll-for-nothing');
  });

  test('what is not served says so: GetCert, GetCRL, and an answer sent as a request', async () => {
    const { acme } = world;
    const base = await world.request(acme, { key: freshKey() });
    const content = issuerAndSerial(parseCertificate(base.server).subject.der, Buffer.of(1));
    assert.equal(
      await refusal(acme, { ...base, type: 'GetCert', content }),
      'badRequest: GetCert-not-served',
    );
    assert.equal(await refusal(acme, { ...base, type: 'GetCRL', content }), 'badRequest: GetCRL-not-served');
  });

  test('SCEP-06 what is no SCEP message at all is not answered, however it is built', async () => {
    const { acme, scep } = world;
    const base = await world.request(acme, { key: freshKey() });
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
    const { deviceId, challenge, key } = await ready();
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    const message = Buffer.from(encodeScepRequest(request));
    message[message.length - 5] = (message.at(-5) ?? 0) ^ 1;
    const reply = await scep.operate({ organizationId: acme.organizationId, message, requestId: 'test' });
    assert.equal(outcome(decodeScepAnswer(reply?.body ?? new Uint8Array(), request)), 'badMessageCheck');
  });

  test('CRT-05 a revoked certificate of it is on the list of the authority that signed it', async () => {
    const { acme, deps, db } = world;
    const { deviceId, certificate } = await world.enrolled(acme, rsa());
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
    const old = await world.enrolled(acme, rsa());
    const oldServer = await world.scep.caCertificate(acme.organizationId);
    world.advance(915 * day);
    const newServer = await world.scep.caCertificate(acme.organizationId);
    assert.notDeepEqual(newServer, oldServer);
    const { deviceId, challenge } = await ready();
    const request = await world.request(acme, {
      key: rsa(),
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

test('in a queue for strangers each source waits behind its own, and what is too much is turned away', async () => {
  const queue = createFairQueue({ atOnce: 1, perSource: 3, total: 5 });
  const order: string[] = [];
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const work = (name: string, source: string) =>
    queue.run(source, async () => void (await gate, order.push(name)));
  const flood = ['a1', 'a2', 'a3', 'a4'].map((name) => work(name, 'a'));
  await assert.rejects(work('a5', 'a'), /Too many/);
  const friend = work('b1', 'b');
  const other = work('c1', 'c');
  await assert.rejects(work('d1', 'd'), /Too many/, 'all together have a limit too');
  open();
  await Promise.all([...flood, friend, other]);
  assert.deepEqual(order, ['a1', 'a2', 'b1', 'c1', 'a3', 'a4']);
  await work('later', 'a');
  assert.equal(order.at(-1), 'later');
});
