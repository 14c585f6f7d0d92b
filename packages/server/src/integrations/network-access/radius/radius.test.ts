import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { isDomainError } from '@gatehouse/core/errors.ts';
import { type NasOptions, type SimulatedNas, startSimulatedNas } from '@gatehouse/simulators/nas/index.ts';
import { dashed, startTestGates, type TestDevice, type TestGates, until } from '../test-gates.ts';
import { createNasClient, getNasClient, updateNasClient } from './nas-clients.ts';
import { listSessions, summarizeNetworkAccess } from './sessions.ts';
import { changeNetworkAccess } from './settings.ts';
import { tryNas } from './try-nas.ts';

const secret = 'quaver-plinth-ocelot-tumbril-0042';
const page = { limit: 50, after: undefined };

describe('RADIUS servers and network devices', () => {
  let gates: TestGates;
  let nextHost = 10;
  const switches: SimulatedNas[] = [];
  before(async () => {
    gates = await startTestGates();
  });
  afterEach(async () => {
    await changeNetworkAccess(gates.access.routes, gates.actor, { rules: [], quietSeconds: 0 });
  });
  after(async () => {
    for (const one of switches) await one[Symbol.asyncDispose]();
    await gates[Symbol.asyncDispose]();
  });

  /** A switch with an address of its own, and its row. */
  async function addSwitch(options: Partial<NasOptions> & { template?: string } = {}) {
    const host = `127.0.0.${(nextHost += 1)}`;
    const { template = 'cisco-ios', ...more } = options;
    const nas = await startSimulatedNas({ secret, host, ...more });
    switches.push(nas);
    const row = await createNasClient(gates.access.routes, gates.actor, {
      name: host,
      address: host,
      port: nas.port,
      template,
      secret,
    });
    return { ...nas, requests: nas.requests, dropped: nas.dropped, host, id: row.id };
  }

  const start = (host: string, device: Pick<TestDevice, 'mac'>, status = 'Start', key = device.mac) => ({
    'Acct-Status-Type': [status],
    'Acct-Session-Id': [key],
    'NAS-IP-Address': [host],
    'Calling-Station-Id': [dashed(device.mac)],
    'User-Name': ['ada'],
    'Cisco-AVPair': [`audit-session-id=0A0000${device.mac}`, 'method=mab'],
  });
  const sessions = (filter: { deviceId?: string; nasId?: string } = {}) =>
    listSessions(gates.access.routes, gates.actor, filter, page).then(({ items }) => items);

  test('GAP-01 a changed decision is told to the network device that has the session, within a second', async () => {
    const nas = await addSwitch();
    const device = await gates.addDevice();
    assert.equal((await gates.post('accounting', start(nas.host, device))).status, 204);
    const began = Date.now();
    await gates.decide(device, 'deny');
    await until(() => nas.requests.length > 0);
    assert.ok(Date.now() - began < 1_000, `${Date.now() - began} ms`);
    const [request] = nas.requests;
    assert.equal(request?.name, 'CoA-Request');
    assert.deepEqual(request?.all('Calling-Station-Id'), [dashed(device.mac)]);
    assert.deepEqual(request?.all('Cisco-AVPair'), [
      `audit-session-id=0A0000${device.mac}`,
      'subscriber:command=reauthenticate',
      'subscriber:reauthenticate-type=last',
    ]);
    await until(async () => !(await sessions({ deviceId: device.deviceId }))[0]?.waiting);
    assert.equal(nas.requests.length, 1);
    const [session] = await sessions({ deviceId: device.deviceId });
    assert.deepEqual(session?.devices, [{ id: device.deviceId, name: '', access: 'deny' }]);
    const counted = await summarizeNetworkAccess(gates.access.routes, gates.actor);
    assert.ok(counted.sessions >= 1 && counted.networkDevices >= 1);
    assert.deepEqual(
      [counted.sessionsWaiting, counted.networkDevicesInTrouble, counted.iseServers],
      [0, 0, 0],
    );
    assert.equal((await getNasClient(gates.access.routes, gates.actor, nas.id)).problem, null);
  });

  test('what the switch asks after it was told is answered from the new decision: the state is committed first', async () => {
    const answers: Promise<number>[] = [];
    const device = await gates.addDevice();
    // Otherwise the second change would be held back, as that of a device that flaps.
    await changeNetworkAccess(gates.access.routes, gates.actor, { rules: [], quietSeconds: 1 });
    const nas = await addSwitch({
      answer: (request) => {
        const attributes = { 'Calling-Station-Id': request.all('Calling-Station-Id') };
        answers.push(gates.post('authorize', attributes).then(({ status }) => status));
        return 'ack';
      },
    });
    assert.equal((await gates.post('authorize', { 'Calling-Station-Id': [dashed(device.mac)] })).status, 204);
    await gates.post('accounting', start(nas.host, device));
    await gates.decide(device, 'deny');
    await until(() => answers.length === 1);
    // Its question is answered from the first decision, not from one that overtakes it.
    await answers[0];
    await gates.decide(device, 'allow');
    await until(() => answers.length === 2);
    assert.deepEqual(await Promise.all(answers), [401, 204]);
  });

  test('a change between the answer and the first report of the session is told when the session is known', async () => {
    const nas = await addSwitch();
    const device = await gates.addDevice();
    await gates.post('authorize', { 'Calling-Station-Id': [dashed(device.mac)] });
    await gates.decide(device, 'quarantine');
    // Whoever was to be told has been looked for, and there was nobody.
    await until(
      async () => (await gates.admin.query(`select 1 from jobs where state <> 'dead'`)).rowCount === 0,
    );
    await gates.post('accounting', start(nas.host, device));
    await until(() => nas.requests.length === 1);
    // It came back and was answered anew: nothing is left to tell, also when the session is reported again.
    await gates.post('authorize', { 'Calling-Station-Id': [dashed(device.mac)] });
    await gates.post('accounting', start(nas.host, device, 'Interim-Update'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(nas.requests.length, 1);
  });

  test('RAD-06 10,000 flips of one device: few packets, and the last state is told', async () => {
    const nas = await addSwitch();
    const device = await gates.addDevice();
    await changeNetworkAccess(gates.access.routes, gates.actor, { rules: [], quietSeconds: 1 });
    await gates.post('accounting', start(nas.host, device));
    const began = Date.now();
    const flip = (index: number) => ({
      name: 'device.posture-changed',
      subjectId: device.deviceId,
      payload: {
        before: { network: index % 2 === 0 ? 'allow' : 'deny', registered: true },
        after: { network: index % 2 === 0 ? 'deny' : 'allow', registered: true },
      },
    });
    for (let round = 0; round < 100; round += 1) {
      await gates.db.database.withTenant(gates.organizationId, (tx) =>
        gates.events.emitAll(
          tx,
          Array.from({ length: 100 }, (_, index) => flip(index)),
        ),
      );
    }
    await gates.decide(device, 'deny');
    const ended = Date.now();
    // The last change is told after it happened.
    await until(() => (nas.requests.at(-1)?.at ?? 0) >= ended);
    await until(async () => !(await sessions({ deviceId: device.deviceId }))[0]?.waiting);
    const seconds = Math.ceil((Date.now() - began) / 1_000);
    assert.ok(nas.requests.length <= seconds + 2, `${nas.requests.length} packets in ${seconds} s`);
  });

  test('RAD-03 accounting of a network device that is not the organization’s is dropped, and nothing is sent there', async () => {
    const foreign = await startSimulatedNas({ secret, host: '127.0.0.200' });
    switches.push(foreign);
    const device = await gates.addDevice();
    assert.equal((await gates.post('accounting', start('127.0.0.200', device))).status, 204);
    assert.deepEqual(await sessions({ deviceId: device.deviceId }), []);
    const globex = await gates.addOrganization('globex');
    await createNasClient(gates.access.routes, globex, {
      name: 'theirs',
      address: '127.0.0.200',
      port: foreign.port,
      template: 'generic',
      secret,
    });
    await gates.post('accounting', start('127.0.0.200', device));
    assert.deepEqual(
      await sessions({ deviceId: device.deviceId }),
      [],
      'another tenant’s device is foreign too',
    );
    await gates.decide(device, 'deny');
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(foreign.requests, []);
    assert.equal(gates.logged.filter((line) => line.includes('127.0.0.200')).length, 1, 'said once');
  });

  test('ISE-08 a session with a certificate belongs to its device, whoever claims the address', async () => {
    const nas = await addSwitch();
    const owner = await gates.addDevice();
    const claimant = await gates.addDevice({ mac: owner.mac, access: 'deny' });
    const withCertificate = { 'TLS-Client-Cert-Common-Name': [owner.deviceId.toUpperCase()] };
    const mac = { 'Calling-Station-Id': [dashed(owner.mac)] };
    assert.equal((await gates.post('post-auth', { ...mac, ...withCertificate })).status, 204);
    assert.equal((await gates.post('authorize', mac)).status, 401, 'DEV-11: by address the worse one counts');
    await gates.post('post-auth', { ...mac, ...withCertificate });
    await gates.post('accounting', { ...start(nas.host, owner), ...withCertificate });
    await gates.decide(claimant, 'quarantine');
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(nas.requests.length, 0);
    await gates.decide(owner, 'deny');
    await until(() => nas.requests.length === 1);
  });

  test('a session ends by Stop, by the restart of its network device, by a NAK 503, and by silence of two interim periods', async () => {
    const nas = await addSwitch({ answer: () => ({ nak: 'Session-Context-Not-Found' }) });
    const devices = await Promise.all([
      gates.addDevice(),
      gates.addDevice(),
      gates.addDevice(),
      gates.addDevice(),
    ]);
    const [stopped, gone, silent, restarted] = devices as [TestDevice, TestDevice, TestDevice, TestDevice];
    const has = async (device: TestDevice) => (await sessions({ deviceId: device.deviceId })).length === 1;
    for (const device of devices) await gates.post('accounting', start(nas.host, device));
    assert.ok(await has(stopped));
    await gates.post('accounting', start(nas.host, stopped, 'Stop'));
    assert.ok(!(await has(stopped)));
    await gates.decide(gone, 'deny');
    await until(async () => !(await has(gone)));
    await gates.admin.query(
      `update nac_sessions set expires_at = now() - interval '1 second' where mac = $1`,
      [silent.mac],
    );
    assert.ok(!(await has(silent)));
    await until(async () => {
      const { rowCount } = await gates.admin.query('select 1 from nac_sessions where mac = $1', [silent.mac]);
      return rowCount === 0;
    });
    assert.ok(await has(restarted));
    await gates.post('accounting', { 'Acct-Status-Type': ['Accounting-On'], 'NAS-IP-Address': [nas.host] });
    assert.ok(!(await has(restarted)));
    // Of a session that nobody has seen, only the end: nothing to do, and no error.
    assert.equal(
      (await gates.post('accounting', start(nas.host, stopped, 'Stop', 'unheard of'))).status,
      204,
    );
  });

  test('a NAK for the settings is shown and not repeated; a right answer takes it back', async () => {
    const nas = await addSwitch({ answer: () => ({ nak: 'Missing-Attribute' }) });
    const device = await gates.addDevice();
    await gates.post('accounting', start(nas.host, device));
    await gates.decide(device, 'deny');
    const shown = () => getNasClient(gates.access.routes, gates.actor, nas.id);
    await until(async () => (await shown()).problem !== null);
    assert.match((await shown()).problem ?? '', /Missing-Attribute/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(nas.requests.length, 1);
    const told = await gates.admin.query(
      `select 1 from events where name = 'network-access.nas-problem' and subject_id = $1`,
      [nas.id],
    );
    assert.equal(told.rowCount, 1);
    nas.answerWith(() => 'ack');
    await gates.decide(device, 'allow');
    await until(async () => (await shown()).problem === null);
  });

  test('a network device with another secret is told of by trying: no answer, and what to look at', async () => {
    const nas = await addSwitch({ answer: () => ({ nak: 'Session-Context-Not-Found' }) });
    assert.equal((await tryNas(gates.access.routes, gates.actor, nas.id)).works, true);
    assert.match(nas.requests[0]?.all('Acct-Session-Id')[0] ?? '', /^gatehouse-test-/);
    await updateNasClient(gates.access.routes, gates.actor, nas.id, {
      secret: 'another secret altogether'.replaceAll(' ', '-'),
    });
    const tried = await tryNas(gates.access.routes, gates.actor, nas.id);
    assert.equal(tried.works, false);
    assert.match(tried.text, /secret/);
    assert.ok(nas.dropped.every((reason) => reason === 'a wrong authenticator'));
    nas.answerWith(() => ({ nak: 'Administratively-Prohibited' }));
    await updateNasClient(gates.access.routes, gates.actor, nas.id, { secret });
    assert.match(
      (await tryNas(gates.access.routes, gates.actor, nas.id)).text,
      /refuses: Administratively-Prohibited/,
    );
  });

  test('RAD-02 a secret of 32 characters is made and shown once; a short one is warned of', async () => {
    const input = { name: 'made', address: '127.0.0.250', template: 'hostapd' };
    const made = await createNasClient(gates.access.routes, gates.actor, input);
    assert.match(made.secret ?? '', /^[A-Za-z2-9]{32}$/);
    assert.deepEqual(made.warnings, []);
    assert.ok(!('secret' in (await getNasClient(gates.access.routes, gates.actor, made.id))));
    const weak = await updateNasClient(gates.access.routes, gates.actor, made.id, { secret: 'testing123' });
    assert.deepEqual(weak.warnings, ['weak-secret']);
    assert.ok(!('secret' in weak));
    const off = await updateNasClient(gates.access.routes, gates.actor, made.id, {
      newSecret: true,
      messageAuthenticator: false,
    });
    assert.equal(off.secret?.length, 32);
    assert.deepEqual(off.warnings, ['no-message-authenticator']);
    await assert.rejects(createNasClient(gates.access.routes, gates.actor, input), (error) =>
      isDomainError(error, 'conflict'),
    );
    for (const address of [
      '10.0.0.1',
      '0.0.0.0',
      '169.254.169.254',
      'fe80::1',
      '255.255.255.255',
      'switch.example',
    ])
      await assert.rejects(
        createNasClient(gates.access.routes, gates.actor, { ...input, address }),
        (error) => isDomainError(error, 'invalid-input'),
        `${address} was not listed by the operator`,
      );
  });

  test('replies: attributes of the rule that fits, refusal with a message, and strangers left to the RADIUS server', async () => {
    await changeNetworkAccess(gates.access.routes, gates.actor, {
      quietSeconds: 0,
      rules: [
        {
          name: 'quarantine',
          decisions: ['quarantine'],
          reply: {
            kind: 'accept',
            attributes: [
              { name: 'Tunnel-Private-Group-Id', value: '99' },
              { name: 'Cisco-AVPair', value: 'url-redirect-acl=REDIRECT' },
              { name: 'Cisco-AVPair', value: 'url-redirect=https://mdm.example/enroll/acme' },
            ],
          },
        },
        {
          name: 'private',
          decisions: ['allow'],
          ownerships: ['personal'],
          reply: { kind: 'accept', attributes: [{ name: 'Filter-Id', value: 'internet-only' }] },
        },
        {
          name: 'shut',
          decisions: ['deny'],
          reply: { kind: 'reject', message: 'See https://mdm.example/help' },
        },
      ],
    });
    const ask = async (device: Parameters<TestGates['addDevice']>[0]) => {
      const { mac } = await gates.addDevice(device);
      return gates.post('authorize', { 'Calling-Station-Id': [mac.toLowerCase()] });
    };
    const quarantined = await ask({ access: 'quarantine' });
    assert.equal(quarantined.status, 200);
    assert.deepEqual(quarantined.body?.['reply:Cisco-AVPair']?.value, [
      'url-redirect-acl=REDIRECT',
      'url-redirect=https://mdm.example/enroll/acme',
    ]);
    assert.deepEqual((await ask({ ownership: 'personal' })).body?.['reply:Filter-Id']?.value, [
      'internet-only',
    ]);
    assert.deepEqual(await ask({}), { status: 204, body: undefined });
    const shut = await ask({ access: 'deny' });
    assert.equal(shut.status, 401);
    assert.deepEqual(shut.body?.['reply:Reply-Message']?.value, ['See https://mdm.example/help']);
    assert.deepEqual(await ask({ registered: false }), { status: 404, body: undefined });
    assert.equal((await gates.post('authorize', { 'Calling-Station-Id': ['no address'] })).status, 404);
  });

  test('NAC-38 another owner, another group: where a rule looks at them, the session is authorized anew', async () => {
    const nas = await addSwitch();
    const device = await gates.addDevice();
    const groupId = '33333333-3333-4333-8333-333333333333';
    await gates.post('authorize', { 'Calling-Station-Id': [dashed(device.mac)] });
    await gates.post('accounting', start(nas.host, device));
    const change = (name: string, payload: object) =>
      gates.db.database.withTenant(gates.organizationId, (tx) =>
        gates.events.emit(tx, { name, subjectId: device.deviceId, payload: { ...payload } }),
      );
    await change('device.changed', { changed: ['ownership'] });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(nas.requests.length, 0, 'no rule looks at it');
    const accept = { kind: 'accept' as const, attributes: [{ name: 'Filter-Id', value: 'x' }] };
    await changeNetworkAccess(gates.access.routes, gates.actor, {
      rules: [
        { name: 'members', groupIds: [groupId], reply: accept },
        { name: 'private', ownerships: ['personal'], reply: accept },
      ],
    });
    await change('device.changed', { changed: ['name'] });
    await change('device.changed', { changed: ['ownership'] });
    await until(() => nas.requests.length === 1);
    const ask = async () =>
      (await gates.post('authorize', { 'Calling-Station-Id': [dashed(device.mac)] })).status;
    assert.equal(await ask(), 204);
    await gates.admin.query(
      `insert into groups (organization_id, group_id, name) values ($1, $2, 'members')`,
      [gates.organizationId, groupId],
    );
    await gates.admin.query(
      `insert into group_devices (organization_id, group_id, device_id, since) values ($1, $2, $3, now())`,
      [gates.organizationId, groupId, device.deviceId],
    );
    await change('device.groups-changed', {});
    await until(() => nas.requests.length === 2);
    assert.equal(await ask(), 200, 'a smart group counts as the user’s groups do');
  });
});
