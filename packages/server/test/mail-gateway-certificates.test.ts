// Mail clients that prove who they are by a certificate of their enrolled device, with a mail server that takes the gateway's word for it and
// looks for the secret in every request.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  buildCertificate,
  deviceIdentityNames,
  encodePem,
  newSerial,
  parseCertificate,
  signerFor,
} from '@gatehouse/protocols/x509/index.ts';
import { type EnrollmentTicket, newComputer, SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { freePorts } from './free-ports.ts';
import { wbxml } from './hostile-mail-server.ts';
import {
  type ClientAnswer,
  type ClientRequest,
  type MailWorld,
  openMailWorld,
  withoutDatabase,
} from './mail-gateway-world.ts';
import { proxyAddress } from './security/running-proxy.ts';

const vouching = {
  userHeader: 'x-mail-user',
  secretHeader: 'x-gateway-secret',
  secret: `hush-${randomBytes(12).toString('hex')}`,
};

let world: MailWorld;
const agents: SimulatedAgent[] = [];

async function enrol(user: string, name: string): Promise<SimulatedAgent> {
  const agent = new SimulatedAgent({ computer: newComputer(name, { platform: 'linux' }), now: Date.now });
  agents.push(agent);
  const order = { user, platform: 'linux', ownership: 'corporate' };
  await agent.enroll((await world.operate('POST', '/enrollments', order)) as EnrollmentTicket);
  await agent.report();
  return agent;
}

function identityOf({ memory: { identity } }: SimulatedAgent) {
  assert.ok(identity);
  return { cert: identity.chain.join(''), key: identity.privateKey };
}

const deviceIdOf = ({ memory }: SimulatedAgent): string => memory.identity?.deviceId ?? '';

/** By certificate alone. */
const by = (agent: SimulatedAgent, request: ClientRequest = {}): ClientRequest => ({
  authorization: '',
  identity: identityOf(agent),
  ...request,
});

const asked = () => world.mail.requests.filter(({ method }) => method === 'POST');

async function until(what: string, holds: () => Promise<boolean> | boolean, ms = 8_000): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < ms) {
    if (await holds()) return performance.now() - began;
    await wait(20);
  }
  return assert.fail(what);
}

before(async () => {
  const [port = 0] = await freePorts(1);
  world = await openMailWorld(
    {
      GATEHOUSE_MAIL_GATEWAY_LISTEN: `127.0.0.1:${port}`,
      GATEHOUSE_MAIL_GATEWAY_CERTIFICATES: 'yes',
      GATEHOUSE_TRUSTED_PROXIES: proxyAddress,
      GATEHOUSE_CLIENT_CERTIFICATE_HEADER: 'nginx',
    },
    // Nobody but enrolled devices, so that mail proves the link.
    { strangers: 'block' },
    port,
  );
  await world.server.application.mail?.listen({ host: '127.0.0.1', port });
  await world.operate('POST', '/users', { email: 'ben@acme.example' });
  world.mail.passwords.set('ben@acme.example', 'bens');
  world.mail.takesWordOf = vouching;
  await world.operate('PATCH', `/mail-servers/${world.serverId}`, vouching);
});
after(async () => {
  await Promise.all(agents.map((agent) => agent.close()));
  await world[Symbol.asyncDispose]();
});

describe('a certificate of an enrolled device', () => {
  let ann: SimulatedAgent;
  let ben: SimulatedAgent;
  const deviceId = 'CERTIFIED0001';
  let key: number;

  before(async () => {
    [ann, ben] = [await enrol('ann@acme.example', 'anns'), await enrol('ben@acme.example', 'bens')];
    key = await world.provision(by(ann, { deviceId }));
  });

  test('EAS-06 needs no password: the mail server is told who it is by the gateway, and the device is linked by it', async () => {
    world.mail.requests.length = 0;
    const answer = await world.send(by(ann, { deviceId, policyKey: key }));
    assert.deepEqual([answer.status, answer.body.toString()], [200, 'mail']);
    const [request] = asked();
    assert.equal(request?.headers['x-mail-user'], 'ann@acme.example');
    assert.equal(request.headers['x-gateway-secret'], vouching.secret);
    assert.equal(request.headers['authorization'], undefined);
    const [shown] = (await world.devices()).filter(({ mailId }) => mailId === deviceId);
    assert.deepEqual(
      [(shown?.['device'] as { id: string } | null)?.id ?? shown?.['deviceId'], shown?.['linkEvidence']],
      [deviceIdOf(ann), ['certificate']],
    );
    // Without it the same device is asked for its password.
    assert.equal((await world.send({ deviceId, authorization: '', policyKey: key })).status, 401);
  });

  test('OPTIONS, which names nobody, is answered by certificate alone', async () => {
    const options = await world.send(by(ann, { method: 'OPTIONS' }));
    assert.equal(options.status, 200);
    assert.match(String(options.headers['ms-asprotocolversions']), /14\.1/);
  });

  test('whatever the client writes into these headers is not what the mail server reads', async () => {
    world.mail.requests.length = 0;
    const headers = { 'x-mail-user': 'ben@acme.example', 'x-gateway-secret': 'guess' };
    const answer = await world.send(by(ann, { deviceId, policyKey: key, headers }));
    assert.equal(answer.body.toString(), 'mail');
    assert.equal(asked()[0]?.headers['x-mail-user'], 'ann@acme.example');
    // Nor without a certificate.
    world.mail.requests.length = 0;
    await world.send({ deviceId, policyKey: key, headers });
    for (const { headers: heard } of world.mail.requests) assert.equal(heard['x-mail-user'], undefined);
    assert.equal((await world.send({ deviceId, authorization: '', policyKey: key, headers })).status, 401);
  });

  test('EAS-T02 of another person than the one who is named it opens nothing', async () => {
    world.mail.requests.length = 0;
    for (const request of [
      by(ben, { deviceId, policyKey: key }),
      by(ben, { deviceId, policyKey: key, user: 'ACME\\ann' }),
      // With the right password of the other, too.
      { deviceId, policyKey: key, identity: identityOf(ben) },
      { deviceId, policyKey: key, identity: identityOf(ben), login: 'nobody@acme.example', password: 'x' },
    ])
      assert.equal((await world.send(request)).status, 403);
    assert.deepEqual(world.mail.requests, []);
    // As himself he gets his own, under the names that he is known by.
    const own = { deviceId: 'CERTIFIED0002', login: 'ben@acme.example', user: 'ben' };
    const own_key = await world.provision(by(ben, own));
    assert.equal((await world.send(by(ben, { ...own, policyKey: own_key }))).body.toString(), 'mail');
    assert.equal(asked().at(-1)?.headers['x-mail-user'], 'ben@acme.example');
    assert.match(asked().at(-1)?.target ?? '', /User=ben%40acme\.example/);
  });

  test('EAS-T02 with the id of an enrolled device that is another it opens nothing', async () => {
    const other = await enrol('ann@acme.example', 'anns-other');
    world.mail.requests.length = 0;
    const answer = await world.send(by(other, { deviceId, policyKey: key }));
    assert.equal(answer.status, 403);
    // Nor with an id that the management of somebody else's device reports.
    const claimed = 'REPORTED00001';
    const admin = await world.server.db.superuser();
    await admin.query(
      `insert into device_identifiers (organization_id, kind, value, device_id)
       select organization_id, 'mail-id', $2, device_id from devices where device_id = $1`,
      [deviceIdOf(ann), claimed],
    );
    const borrowed = { deviceId: claimed, login: 'ben@acme.example' };
    await assert.rejects(world.provision(by(ben, borrowed)), /403/);
    assert.deepEqual(asked(), []);
    assert.notEqual(await world.provision(by(ann, { deviceId: claimed })), 0);
  });

  test('with a password beside it, it is the password that the mail server sees', async () => {
    world.mail.requests.length = 0;
    const answer = await world.send({ deviceId, policyKey: key, identity: identityOf(ann) });
    assert.equal(answer.body.toString(), 'mail');
    assert.match(asked()[0]?.headers['authorization'] ?? '', /^Basic /);
    assert.equal(asked()[0]?.headers['x-gateway-secret'], undefined);
    const wrong = { deviceId, policyKey: key, identity: identityOf(ann), password: 'wrong' };
    assert.equal((await world.send(wrong)).status, 401);
  });

  test('DEV-04 a header counts when it is the proxy’s, and is an attempt at forgery from anybody else', async () => {
    const header = {
      'x-ssl-client-cert': encodeURIComponent(
        identityOf(ann).cert.split(/(?<=-----END CERTIFICATE-----\n)/)[0] ?? '',
      ),
    };
    const forwarded = { authorization: '', deviceId, policyKey: key, headers: header };
    assert.equal((await world.send({ ...forwarded, from: proxyAddress })).body.toString(), 'mail');
    world.mail.requests.length = 0;
    assert.equal((await world.send(forwarded)).status, 400);
    assert.equal((await world.send({ ...forwarded, identity: identityOf(ben) })).status, 400);
    const twin = { ...forwarded, from: proxyAddress, headers: { 'client-cert': ':AAAA:' } };
    assert.equal((await world.send(twin)).status, 400);
    assert.equal((await world.send({ ...twin, headers: { 'x-ssl-client-cert': 'junk' } })).status, 400);
    assert.deepEqual(world.mail.requests, []);
  });

  test('DEV-03 DEV-05 of another organization, of another authority, or made by its holder, it is refused, with a good password too', async () => {
    await world.server.addOrganization('other');
    const stranger = await world.server.enrol('other');
    await stranger.report();
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const [, issuing = ''] = identityOf(ann).cert.split(/(?<=-----END CERTIFICATE-----\n)/);
    // It says that our authority has issued it, and somebody else has signed it.
    const made = buildCertificate({
      profile: 'device-identity',
      ...deviceIdentityNames(deviceIdOf(ann)),
      issuer: parseCertificate(new X509Certificate(issuing).raw),
      signer: signerFor(privateKey),
      serial: newSerial(randomBytes),
      notBefore: Date.now() - 60_000,
      notAfter: Date.now() + 3_600_000,
      subjectPublicKey: publicKey.export({ format: 'der', type: 'spki' }),
    });
    const own = {
      cert: encodePem('CERTIFICATE', made),
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    };
    world.mail.requests.length = 0;
    for (const identity of [identityOf(stranger), own]) {
      assert.equal((await world.send({ authorization: '', identity, deviceId, policyKey: key })).status, 403);
      assert.equal((await world.send({ identity, deviceId, policyKey: key })).status, 403);
    }
    assert.deepEqual(world.mail.requests, []);
    // The server’s own is none of a device.
    const { identity } = world.server;
    assert.equal((await world.send({ authorization: '', identity, deviceId, policyKey: key })).status, 403);
    await stranger.close();
  });

  test('a mail server that does not take the gateway’s word: refused, no password is asked for, and it is said why', async () => {
    world.mail.takesWordOf = { ...vouching, secret: 'another' };
    const answer = await world.send(by(ann, { deviceId, policyKey: key }));
    assert.equal(answer.status, 403);
    assert.equal((await world.send(by(ann, { method: 'OPTIONS' }))).status, 200, 'as it said last');
    world.mail.takesWordOf = vouching;
    assert.equal((await world.send(by(ann, { deviceId, policyKey: key }))).status, 200);
    await until('it is said why', async () =>
      JSON.stringify(await world.operate('GET', '/mail-gateway/traffic')).includes('gateway’s word'),
    );
  });

  test('the secret is in no answer, no record and no log', async () => {
    const shown = await world.operate('GET', `/mail-servers/${world.serverId}`);
    assert.equal((shown as { hasSecret: boolean }).hasSecret, true);
    const admin = await world.server.db.superuser();
    const { rows } = await admin.query(
      `select (select json_agg(a)::text from audit_entries a) || (select json_agg(e)::text from events e)
         || (select json_agg(m)::text from mail_servers m) || coalesce((select json_agg(x)::text from mail_errors x), '') as everything`,
    );
    assert.ok(rows[0].everything.length > 1_000);
    for (const text of [JSON.stringify(shown), rows[0].everything, world.server.logged.join('\n')])
      assert.ok(!text.includes(vouching.secret));
  });

  test('DEV-06 a certificate that is revoked, and a device that is barred or blocked, lose their mail within a second, also what they hold', async () => {
    world.mail.respond = (request, socket) => {
      if (request.command !== 'Ping') socket.write(wbxml('mail'));
    };
    const holding = by(ann, { deviceId, policyKey: key, command: 'Ping' });
    world.mail.requests.length = 0;
    const held: Promise<ClientAnswer> = world.send(holding);
    await until('it is held', () => asked().some(({ command }) => command === 'Ping'));
    const { items } = (await world.operate('GET', `/certificates?deviceId=${deviceIdOf(ann)}`)) as {
      items: { serial: string }[];
    };
    const began = performance.now();
    for (const { serial } of items)
      await world.operate('POST', `/certificates/${serial}/revoke`, { reason: 'key-compromise' });
    assert.equal((await held).status, 403);
    assert.ok(performance.now() - began < 1_000);
    world.mail.requests.length = 0;
    assert.equal((await world.send(by(ann, { deviceId, policyKey: key }))).status, 403);
    assert.deepEqual(asked(), []);
    const admin = await world.server.db.superuser();
    await until('it is on record', async () => {
      const { rows } = await admin.query(
        `select 1 from audit_entries where content ->> 'action' = 'devices.authenticate' and content ->> 'via' = 'mail'`,
      );
      return rows.length > 0;
    });

    const own = { deviceId: 'CERTIFIED0002', login: 'ben@acme.example' };
    const benKey = await world.provision(by(ben, own));
    assert.equal((await world.send(by(ben, { ...own, policyKey: benKey }))).body.toString(), 'mail');
    for (const [shut, open] of [
      ['bar', 'unbar'],
      ['block', 'unblock'],
    ]) {
      await world.operate('POST', `/devices/${deviceIdOf(ben)}/${shut}`, { reason: 'lost' });
      assert.equal((await world.send(by(ben, { ...own, policyKey: benKey }))).status, 403, shut);
      // The device is what is shut out, so its password does not help either.
      const typed = await world.send({ ...own, password: 'bens', policyKey: benKey });
      assert.notEqual(typed.body.toString(), 'mail', shut);
      await world.operate('POST', `/devices/${deviceIdOf(ben)}/${open}`, {});
      await until(
        'in again',
        async () => (await world.send(by(ben, { ...own, policyKey: benKey }))).body.toString() === 'mail',
      );
    }
  });

  test('EAS-T03 while the database is away a certificate opens what a grant does, and nothing else', async () => {
    const own = { deviceId: 'CERTIFIED0005' };
    const eve = await enrol('ann@acme.example', 'anns-fifth');
    const eveKey = await world.provision(by(eve, own));
    assert.equal((await world.send(by(eve, { ...own, policyKey: eveKey }))).body.toString(), 'mail');
    await withoutDatabase(world, async () => {
      await wait(1_100);
      assert.equal((await world.send(by(eve, { ...own, policyKey: eveKey }))).body.toString(), 'mail');
      assert.equal((await world.send(by(eve, { deviceId: 'CERTIFIED0006', policyKey: 1 }))).status, 503);
      world.server.advance(6 * 60_000);
      assert.equal((await world.send(by(eve, { ...own, policyKey: eveKey }))).status, 503);
    });
    await until(
      'all is well',
      async () => (await world.send(by(eve, { ...own, policyKey: eveKey }))).body.toString() === 'mail',
      15_000,
    );
  });

  test('where the mail server takes nobody’s word, a certificate does not spare the password', async () => {
    const cas = await enrol('ann@acme.example', 'anns-third');
    const own = { deviceId: 'CERTIFIED0003' };
    const third = await world.provision(by(cas, own));
    await world.operate('PATCH', `/mail-servers/${world.serverId}`, {
      userHeader: null,
      secretHeader: null,
      secret: null,
    });
    await until(
      'it holds',
      async () => (await world.send(by(cas, { ...own, policyKey: third }))).status === 401,
    );
    const both = { ...own, policyKey: third, identity: identityOf(cas) };
    assert.equal((await world.send(both)).body.toString(), 'mail');
  });

  test('DEV-05 one that has expired is refused', async () => {
    const own = { deviceId: 'CERTIFIED0004' };
    const dan = await enrol('ann@acme.example', 'anns-fourth');
    await world.provision({ ...own, identity: identityOf(dan) });
    world.server.advance(2 * 366 * 86_400_000);
    assert.equal((await world.send({ ...own, identity: identityOf(dan) })).status, 403);
    assert.notEqual((await world.send(own)).status, 403, 'the password is as good as before');
  });
});
