// FreeRADIUS, which is not ours, on both sides: as a server that asks about devices and reports sessions, configured as docs/freeradius/
// says, and as a network device that is told of changes; radclient between them.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createRadiusSender } from '@gatehouse/clients/radius/index.ts';
import { encodeAttribute, parseAttribute } from '@gatehouse/protocols/radius/index.ts';
import { startSimulatedNas } from '@gatehouse/simulators/nas/index.ts';
import { dashed, password, startTestGates, type TestGates, until } from '../test-gates.ts';
import { createNasClient, getNasClient } from './nas-clients.ts';
import { listSessions } from './sessions.ts';
import { changeNetworkAccess } from './settings.ts';
import {
  type AskingServer,
  eapTls,
  type FreeRadius,
  hasEapolTest,
  makeCertificates,
  radclient,
  secret,
  startAskingServer,
  startNasStandIn,
} from './test-freeradius.ts';

const canary = 'canary-3f9d0b1c7a';
const guid = '6f0c2c1e-6b3b-4a52-9f0e-0d6b7b7f1a01';

describe('FreeRADIUS', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-radius-'));
  const certificates = join(directory, 'certificates');
  const running: FreeRadius[] = [];
  let gates: TestGates;
  let server: AskingServer;
  let away = false;

  before(async () => {
    await makeCertificates(certificates, {
      gatehouse: { commonName: 'localhost', altName: 'DNS:localhost' },
      radius: { commonName: 'radius.example' },
      good: { commonName: guid },
    });
    const read = (name: string) => readFileSync(join(certificates, name));
    gates = await startTestGates({
      tls: { key: read('gatehouse.key'), cert: read('gatehouse.pem') },
      database: (database) =>
        new Proxy(database, {
          get(target, name: keyof typeof database) {
            const member = target[name];
            return (...args: never[]) =>
              away
                ? new Promise(() => undefined)
                : (member as (...all: never[]) => unknown).apply(target, args);
          },
        }),
    });
    server = await startAskingServer(join(directory, 'server'), {
      url: `https://localhost:${gates.port}/nac/v1/radius/acme`,
      certificates,
      user: 'radius@acme.example',
      password,
      passwordOfAda: canary,
    });
    running.push(server);
    await changeNetworkAccess(gates.access.routes, gates.actor, {
      quietSeconds: 0,
      rules: [
        {
          name: 'corporate',
          decisions: ['allow'],
          ownerships: ['corporate'],
          reply: {
            kind: 'accept',
            attributes: [
              { name: 'Tunnel-Type', value: 'VLAN' },
              { name: 'Tunnel-Medium-Type', value: 'IEEE-802' },
              { name: 'Tunnel-Private-Group-Id', value: '20' },
              { name: 'Cisco-AVPair', value: 'cts:security-group-tag=0010-00' },
              { name: 'Cisco-AVPair', value: 'ACS:CiscoSecure-Defined-ACL=corporate' },
            ],
          },
        },
        {
          name: 'quarantine',
          decisions: ['quarantine'],
          reply: { kind: 'accept', attributes: [{ name: 'Filter-Id', value: '%{exec:id} %{User-Name}' }] },
        },
        { name: 'shut', decisions: ['deny'], reply: { kind: 'reject', message: '%{exec:id} is shut out' } },
      ],
    });
  });
  after(async () => {
    for (const one of running) await one[Symbol.asyncDispose]();
    await gates[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true });
  });

  /** MAC authentication bypass. */
  const bypass = (mac: string) =>
    radclient(
      server.authPort,
      'auth',
      `User-Name=${mac},User-Password=${mac},Service-Type=Call-Check,Calling-Station-Id=${dashed(mac)},NAS-IP-Address=127.0.0.1,Message-Authenticator=0x00`,
    );
  const report = (status: string, mac: string, nas: string) =>
    radclient(
      server.acctPort,
      'acct',
      `User-Name=ada,Acct-Status-Type=${status},Acct-Session-Id=${mac},Calling-Station-Id=${dashed(mac)},NAS-IP-Address=${nas}`,
    );
  const sessions = async (deviceId: string) =>
    (await listSessions(gates.access.routes, gates.actor, { deviceId }, { limit: 10, after: undefined }))
      .items;

  test('by address: VLAN, group tag and list for a good device, refusal for a bad one and for a stranger', async () => {
    const good = await gates.addDevice();
    const accepted = await bypass(good.mac);
    assert.equal(accepted.received, 'Access-Accept', server.log().slice(-2_000));
    for (const line of [
      'Tunnel-Type:0 = VLAN',
      'Tunnel-Medium-Type:0 = IEEE-802',
      'Tunnel-Private-Group-Id:0 = "20"',
      'Cisco-AVPair = "cts:security-group-tag=0010-00"',
      'Cisco-AVPair = "ACS:CiscoSecure-Defined-ACL=corporate"',
    ])
      assert.ok(accepted.text.includes(line), `${line} in\n${accepted.text}`);
    const bad = await gates.addDevice({ access: 'deny' });
    assert.equal((await bypass(bad.mac)).received, 'Access-Reject');
    assert.equal((await bypass('02FFFFFFFFFF')).received, 'Access-Reject');
  });

  test('RAD-05 what looks like an expansion arrives as the text it is, in attributes and in refusals', async () => {
    const quarantined = await gates.addDevice({ access: 'quarantine' });
    const answer = await bypass(quarantined.mac);
    assert.equal(answer.received, 'Access-Accept');
    assert.ok(answer.text.includes('Filter-Id = "%{exec:id} %{User-Name}"'), answer.text);
    const bad = await gates.addDevice({ access: 'deny' });
    const refused = await bypass(bad.mac);
    assert.ok(refused.text.includes('Reply-Message = "%{exec:id} is shut out"'), refused.text);
  });

  test('RAD-04 the password that FreeRADIUS sends along with PAP is proved there and is nowhere here', async () => {
    const device = await gates.addDevice();
    const ask = (given: string) =>
      radclient(
        server.authPort,
        'auth',
        `User-Name=ada,User-Password=${given},Calling-Station-Id=${dashed(device.mac)},Message-Authenticator=0x00`,
      );
    assert.equal((await ask(canary)).received, 'Access-Accept');
    assert.equal((await ask('wrong')).received, 'Access-Reject');
    assert.ok(server.log().includes(canary), 'the test would notice it');
    assert.ok(!gates.logged.join('\n').includes(canary));
    const { rowCount } = await gates.admin.query(
      `select 1 from nac_admissions a where a::text like $1 union all select 1 from nac_sessions s where s::text like $1
       union all select 1 from audit_entries e where e::text like $1`,
      [`%${canary}%`],
    );
    assert.equal(rowCount, 0);
  });

  test('ISE-08 by certificate: a device is judged by the GUID in its certificate, whatever address it has', {
    skip: hasEapolTest ? false : 'eapol_test cannot be had here',
  }, async () => {
    const device = await gates.addDevice();
    await gates.admin.query(
      `update device_identifiers set value = $2 where device_id = $1 and kind = 'guid'`,
      [device.deviceId, guid],
    );
    const connect = () => eapTls(directory, server, { mac: '02:FF:FF:FF:FF:01', certificates, name: 'good' });
    assert.equal(await connect(), true, server.log().slice(-2_000));
    await gates.decide(device, 'deny');
    assert.equal(await connect(), false);
    await gates.decide(device, 'allow');
    assert.equal(await connect(), true);
  });

  test('accounting: a session is known from Start to Stop, and a change is told to the device that has it', async () => {
    const nas = await startNasStandIn(join(directory, 'nas'), '127.0.1.1', 'ack');
    running.push(nas);
    const { id } = await createNasClient(gates.access.routes, gates.actor, {
      name: 'stand-in',
      address: '127.0.1.1',
      port: nas.port,
      template: 'cisco-ios',
      secret,
    });
    const device = await gates.addDevice();
    await bypass(device.mac);
    assert.equal((await report('Start', device.mac, '127.0.1.1')).received, 'Accounting-Response');
    await until(async () => (await sessions(device.deviceId)).length === 1);
    await gates.decide(device, 'deny');
    await until(() => nas.log().includes('subscriber:command=reauthenticate'));
    await until(async () => (await sessions(device.deviceId))[0]?.waiting === false);
    const shown = await getNasClient(gates.access.routes, gates.actor, id);
    assert.equal(shown.problem, null);
    assert.ok(shown.answeredAt !== null, 'its ACK was right');
    assert.ok(nas.log().includes(`Calling-Station-Id = "${dashed(device.mac)}"`));
    await report('Stop', device.mac, '127.0.1.1');
    await until(async () => (await sessions(device.deviceId)).length === 0);
  });

  test('a NAK with Session-Context-Not-Found ends the session here', async () => {
    const nas = await startNasStandIn(join(directory, 'nas-gone'), '127.0.1.2', 'session-gone');
    running.push(nas);
    await createNasClient(gates.access.routes, gates.actor, {
      name: 'stand-in that has forgotten',
      address: '127.0.1.2',
      port: nas.port,
      template: 'hostapd',
      secret,
    });
    const device = await gates.addDevice();
    await report('Start', device.mac, '127.0.1.2');
    await gates.decide(device, 'deny');
    await until(() => nas.log().includes('Disconnect-NAK'));
    await until(async () => (await sessions(device.deviceId)).length === 0);
  });

  test('a request with a wrong secret is dropped by FreeRADIUS without an answer, with and without Message-Authenticator', async () => {
    const nas = await startNasStandIn(join(directory, 'nas-secret'), '127.0.1.3', 'ack');
    running.push(nas);
    const sender = createRadiusSender({ retryAfterMs: [100], lastWaitMs: 200 });
    const send = (key: string, messageAuthenticator: boolean) =>
      sender.send({
        name: 'CoA-Request',
        nas: { address: '127.0.1.3', port: nas.port, secret: Buffer.from(key), messageAuthenticator },
        attributes: [encodeAttribute(parseAttribute('Calling-Station-Id', '02-00-00-00-00-01'))],
      });
    for (const messageAuthenticator of [true, false]) {
      assert.deepEqual(await send(secret, messageAuthenticator), { outcome: 'accepted' });
      assert.deepEqual(await send('a secret of somebody else', messageAuthenticator), {
        outcome: 'no-answer',
        ignored: 0,
      });
    }
    sender.close();
  });

  test('radclient accepts the answers of our codec, and ours its requests; a wrong secret gets silence', async () => {
    const nas = await startSimulatedNas({ secret, window: 300 });
    const attributes =
      'Calling-Station-Id=02-00-00-00-00-01,Event-Timestamp=%l,Message-Authenticator=0x00'.replace(
        '%l',
        String(Math.floor(Date.now() / 1_000)),
      );
    assert.equal((await radclient(nas.port, 'coa', attributes)).received, 'CoA-ACK');
    assert.equal((await radclient(nas.port, 'disconnect', attributes)).received, 'Disconnect-ACK');
    nas.answerWith(() => ({ nak: 'Session-Context-Not-Found' }));
    const refused = await radclient(nas.port, 'coa', attributes);
    assert.equal(refused.received, 'CoA-NAK');
    assert.ok(refused.text.includes('Error-Cause = Session-Context-Not-Found'));
    assert.equal((await radclient(nas.port, 'coa', attributes, { key: 'wrong' })).received, undefined);
    await nas[Symbol.asyncDispose]();
  });

  test('RAD-07 while we cannot answer, FreeRADIUS refuses within two seconds; reports are acknowledged to the network device', async () => {
    const device = await gates.addDevice();
    assert.equal((await bypass(device.mac)).received, 'Access-Accept');
    away = true;
    try {
      const began = Date.now();
      assert.equal((await bypass(device.mac)).received, 'Access-Reject');
      assert.ok(Date.now() - began < 2_000);
      assert.equal((await report('Start', device.mac, '127.0.1.1')).received, 'Accounting-Response');
    } finally {
      away = false;
    }
    assert.equal((await bypass(device.mac)).received, 'Access-Accept');
  });
});
