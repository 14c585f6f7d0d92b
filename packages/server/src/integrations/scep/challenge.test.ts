import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { findDeviceId, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { withdrawChallenges } from '../../modules/certificates/index.ts';
import { superuserOf } from '../../modules/devices/test-fleet.ts';
import { after, before, describe, test } from 'node:test';
import { newRsaKey, openScepTestWorld, type ScepTestWorld } from './test-world.ts';

describe('a certificate for a challenge', () => {
  let world: ScepTestWorld;
  before(async () => {
    world = await openScepTestWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  test('SCEP-01 a challenge is used once; the same request again gets the same certificate', async () => {
    const { acme } = world;
    const { deviceId, challenge, key } = await world.ready();
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    const first = await world.send(acme, request);
    const again = await world.send(acme, { ...request, senderNonce: randomBytes(16) });
    assert.ok(first.status === 'success' && again.status === 'success');
    assert.deepEqual(again.certificates, first.certificates);
    const other = await world.request(acme, { key: newRsaKey(), commonName: deviceId, challenge });
    assert.equal(await world.refusal(acme, other), 'badRequest: challenge-used');
    const sameTransaction = { ...other, transactionId: request.transactionId };
    assert.equal(await world.refusal(acme, sameTransaction), 'badRequest: challenge-used');
    assert.equal(
      await world.refusal(acme, { ...request, transactionId: 'another' }),
      'badRequest: challenge-used',
    );
  });

  test('SCEP-01 of many requests at once with one challenge, one is served', async () => {
    const { acme } = world;
    const { deviceId, challenge } = await world.ready();
    const requests = await Promise.all(
      Array.from({ length: 4 }, () =>
        world.request(acme, { key: newRsaKey(), commonName: deviceId, challenge }),
      ),
    );
    const answers = await Promise.all(requests.map((request) => world.send(acme, request)));
    assert.equal(answers.filter(({ status }) => status === 'success').length, 1);
  });

  test('SCEP-01 a challenge of another tenant, of nobody, none at all, or one that is over, is refused alike', async () => {
    const { acme, globex } = world;
    const { deviceId, challenge, key } = await world.ready(globex);
    const ask = (text: string | undefined) =>
      world.request(acme, { key, commonName: deviceId, ...(text === undefined ? {} : { challenge: text }) });
    assert.equal(await world.refusal(acme, await ask(challenge)), 'badRequest: challenge-unknown');
    assert.equal(await world.refusal(acme, await ask(undefined)), 'badRequest: challenge-unknown');
    assert.equal(
      await world.refusal(acme, await ask(randomBytes(32).toString('hex'))),
      'badRequest: challenge-unknown',
    );
    for (const odd of ['', 'x'.repeat(255), challenge.toUpperCase(), `${challenge} `, `${challenge}0`])
      assert.equal(await world.refusal(acme, await ask(odd)), 'badRequest: challenge-unknown');
    // Every half of it right is not enough.
    const wrongEnd = challenge.slice(0, 63) + (challenge.endsWith('0') ? '1' : '0');
    const here = { key, commonName: deviceId };
    assert.equal(
      await world.refusal(globex, await world.request(globex, { ...here, challenge: wrongEnd })),
      'badRequest: challenge-unknown',
    );
    world.advance(16 * 60_000);
    assert.equal(
      await world.refusal(globex, await world.request(globex, { ...here, challenge })),
      'badRequest: challenge-expired',
    );
  });

  test('SCEP-01 a challenge is good for its device only, and not after it was withdrawn', async () => {
    const { acme } = world;
    const { deviceId, challenge, key } = await world.ready();
    const other = await world.addDevice(acme);
    const foreign = await world.request(acme, { key, commonName: other, challenge });
    assert.equal(await world.refusal(acme, foreign), 'badRequest: subject-of-another');
    assert.equal(world.refused.at(-1)?.target?.id, deviceId, 'the administrator sees whose challenge it was');
    await world.db.database.withTenant(acme.organizationId, (tx) => withdrawChallenges(tx, deviceId));
    const late = await world.request(acme, { key, commonName: deviceId, challenge });
    assert.equal(await world.refusal(acme, late), 'badRequest: challenge-unknown');
  });

  test('SCEP-01 a request that names nobody gets the name of the challenge', async () => {
    const { deviceId, challenge, key } = await world.ready();
    const answer = await world.send(world.acme, await world.request(world.acme, { key, challenge }));
    const certificate = parseCertificate(
      answer.status === 'success' ? (answer.certificates[0] ?? new Uint8Array()) : new Uint8Array(),
    );
    assert.equal(findDeviceId(certificate), deviceId);
  });

  test('SCEP-01 what is kept of a challenge does not tell it', async () => {
    const { challenge } = await world.ready();
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
      const { deviceId, challenge } = await world.ready();
      await admin.query(`update gh.devices set state = $2 where device_id = $1`, [deviceId, state]);
      const request = await world.request(acme, { key: newRsaKey(), commonName: deviceId, challenge });
      assert.equal(await world.refusal(acme, request), `badRequest: device-${state}`);
    }
  });

  test('a key that stands in another certificate is refused', async () => {
    const { acme } = world;
    const key = newRsaKey();
    await world.enrolled(acme, key);
    const { deviceId, challenge } = await world.ready();
    const request = await world.request(acme, { key, commonName: deviceId, challenge });
    assert.equal(await world.refusal(acme, request), 'badRequest: key-of-another-certificate');
  });
});
