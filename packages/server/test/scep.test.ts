// SCEP over HTTP: the ways in which clients spell their requests, and what the surface answers before the protocol begins. What the
// protocol itself refuses stands beside integrations/scep.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { agentPaths } from '@gatehouse/contracts/agent.ts';
import { decodeScepAnswer, type ScepAnswer, scepLimits } from '@gatehouse/protocols/scep/index.ts';
import { encodePem, parseCertificate } from '@gatehouse/protocols/x509/index.ts';
import { firstRequest, type HttpAnswer, openScepWorld, rsaKeys, type ScepWorld } from './scep-world.ts';

describe('SCEP over HTTP', () => {
  let world: ScepWorld;
  const keys = rsaKeys(6);
  let server: Uint8Array;
  before(async () => {
    world = await openScepWorld('acme', 'globex');
    server = await world.caCertificate('acme');
  });
  after(() => world[Symbol.asyncDispose]());

  async function request(key = keys.shift() ?? rsaKeys(1)[0]) {
    if (!key) throw new Error('no key');
    const deviceId = await world.addDevice('acme');
    return firstRequest(server, key, deviceId, await world.challenge('acme', deviceId));
  }

  const answerOf = (http: HttpAnswer, sent: Awaited<ReturnType<typeof request>>): ScepAnswer => {
    assert.equal(http.status, 200);
    assert.equal(http.type, 'application/x-pki-message');
    return decodeScepAnswer(http.body, sent.request);
  };

  test('capabilities and the one certificate are told byte for byte as clients expect them', async () => {
    const capabilities = await world.get('/scep/acme?operation=GetCACaps&message=anything');
    assert.equal(capabilities.status, 200);
    assert.equal(capabilities.type, 'text/plain');
    assert.equal(
      capabilities.body.toString('latin1'),
      'POSTPKIOperation\nRenewal\nSHA-256\nSHA-384\nSHA-512\nAES\nSCEPStandard\n',
    );
    const certificate = await world.get('/scep/acme/pkiclient.exe?operation=GetCACert');
    assert.equal(certificate.type, 'application/x-x509-ca-cert');
    const { keyUsage, basicConstraints, publicKey } = parseCertificate(certificate.body);
    assert.deepEqual(keyUsage, ['digitalSignature', 'keyEncipherment', 'keyCertSign', 'cRLSign']);
    assert.equal(basicConstraints?.ca, true);
    assert.equal(publicKey.bits, 3072);
    assert.deepEqual(
      (await world.get('/scep/acme?operation=GetCACert')).body,
      certificate.body,
      'it stays the same',
    );
    assert.notDeepEqual((await world.get('/scep/globex?operation=GetCACert')).body, certificate.body);
  });

  test('a message is taken by POST under any type that clients give it, and by GET however it is escaped', async () => {
    for (const type of [
      'application/x-pki-message',
      'application/octet-stream',
      'application/x-www-form-urlencoded',
    ]) {
      const sent = await request();
      const answer = answerOf(await world.post('/scep/acme?operation=PKIOperation', sent.bytes, type), sent);
      assert.equal(answer.status, 'success', type);
    }
    const spellings: readonly ((base64: string) => string)[] = [
      encodeURIComponent,
      (base64) => base64,
      (base64) => base64.replaceAll('+', '%2B').replaceAll('/', '%2F'),
    ];
    for (const spell of spellings) {
      const sent = await request();
      const message = spell(Buffer.from(sent.bytes).toString('base64'));
      const path = `/scep/acme/pkiclient.exe?operation=PKIOperation&message=${message}`;
      assert.equal(answerOf(await world.get(path), sent).status, 'success');
    }
  });

  test('the certificate opens no door but its own: the agent’s address does not take it', async () => {
    const sent = await request();
    const answer = answerOf(await world.post('/scep/acme?operation=PKIOperation', sent.bytes), sent);
    assert.ok(answer.status === 'success');
    const identity = {
      cert: encodePem('CERTIFICATE', answer.certificates[0] ?? new Uint8Array()),
      key: sent.request.key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    };
    for (let round = 0; round < 2; round++)
      assert.equal((await world.device(agentPaths.checkIn, identity, '{}')).status, 401);
    // A refusal does not wait until it is written.
    const written = async () =>
      world.query<{ reason: string }>(
        `select content ->> 'reason' as reason from gh.audit_entries where content ->> 'action' = 'devices.authenticate'`,
      );
    for (const began = Date.now(); (await written()).length === 0; )
      assert.ok(Date.now() - began < 10_000, 'the refusal is not in the audit record');
    assert.equal((await written())[0]?.reason, 'issued-for-another-purpose');
  });

  test('a refusal is an answer like any other, with HTTP 200', async () => {
    const sent = firstRequest(server, rsaKeys(1)[0] as never, await world.addDevice('acme'), 'wrong');
    const answer = answerOf(await world.post('/scep/acme?operation=PKIOperation', sent.bytes), sent);
    assert.equal(answer.status === 'failure' && answer.failure, 'badRequest');
  });

  test('what cannot be answered in SCEP gets an HTTP status', async () => {
    const cases: readonly (readonly [Promise<HttpAnswer>, number])[] = [
      [world.get('/scep/nobody?operation=GetCACert'), 404],
      [world.get('/scep/acme'), 400],
      [world.get('/scep/acme?operation=GetNextCACert'), 400],
      [world.get('/scep/acme?operation=PKIOperation'), 400],
      [world.get('/scep/acme?operation=PKIOperation&message=%%%'), 400],
      [world.post('/scep/acme?operation=PKIOperation', Buffer.from('nonsense')), 400],
      [world.post('/scep/acme?operation=PKIOperation', Buffer.from('{}'), 'application/json'), 415],
      [world.post('/scep/acme?operation=PKIOperation', Buffer.alloc(scepLimits.bytes)), 400],
      [world.post('/scep/acme?operation=PKIOperation', Buffer.alloc(scepLimits.bytes + 1)), 413],
      [world.get('/scep/acme/other?operation=GetCACaps'), 404],
    ];
    for (const [answer, status] of cases) assert.equal((await answer).status, status);
  });

  test('whoever only fails is slowed down, and may still be told what the server can', async () => {
    let slowed: HttpAnswer | undefined;
    for (let attempt = 0; attempt < 40 && slowed === undefined; attempt++) {
      const answer = await world.post('/scep/acme?operation=PKIOperation', Buffer.from('nonsense'));
      if (answer.status === 429) slowed = answer;
    }
    assert.equal(slowed?.status, 429);
    assert.equal((await world.get('/scep/acme?operation=GetCACaps')).status, 200);
    world.server.advance(60_000 * 5);
    const sent = await request();
    const late = await world.post('/scep/acme?operation=PKIOperation', sent.bytes);
    assert.equal(answerOf(late, sent).status, 'success', 'five minutes later it is served again');
  });
});
