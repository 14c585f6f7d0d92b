import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { agentPaths } from '@gatehouse/contracts/agent.ts';
import {
  buildCertificateRequest,
  decodePem,
  deviceIdentityNames,
  encodePem,
  parseCertificate,
} from '@gatehouse/protocols/x509/index.ts';
import { newIssuing, newRoot, oddCertificate } from '@gatehouse/protocols/x509/test-authority.ts';
import { Agent } from 'undici';
import { queueCommand } from '../src/modules/commands/index.ts';
import { blockDevice, unblockDevice } from '../src/modules/devices/index.ts';
import { revokeDeviceCertificates } from '../src/modules/certificates/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { newDeviceKey } from '../src/modules/enrollment/test-device.ts';
import { type AgentWorld, type Computer, connectAs, openAgentWorld, post } from './agent-world.ts';

const day = 86_400_000;

const routes = [
  ['POST', agentPaths.checkIn, { counter: 1, bootId: 'b', sentAt: 1, scans: [] }],
  ['GET', agentPaths.commands, undefined],
  [
    'POST',
    agentPaths.commandResult.replace('{commandId}', '01890a5d-ac96-774b-bcce-b302099a8057'),
    { state: 'failed' },
  ],
  ['POST', agentPaths.certificate, { csr: 'AAAA' }],
  ['POST', agentPaths.unenroll, { cause: 'user' }],
] as const;

describe('who sends a request is known by certificate alone', () => {
  let world: AgentWorld;
  let acme: TestFleet;
  let ann: Computer;
  let bob: Computer;

  before(async () => {
    world = await openAgentWorld();
    acme = await world.newFleet('acme');
    [ann, bob] = [await newComputer(), await newComputer()];
  });
  after(() => world.close());

  async function newComputer(): Promise<Computer> {
    const computer = await world.enrol(await world.issueCode(acme), newDeviceKey());
    await computer.settle();
    return computer;
  }
  const anchors = () => world.tls.anchors.map((der) => encodePem('CERTIFICATE', der));
  const order = (computer: Computer, name = 'refresh-device') =>
    queueCommand(world.deps, world.principal(acme), { deviceId: computer.deviceId, name });
  const revoke = (computer: Computer) =>
    world.database.withTenant(acme.organizationId, (tx) =>
      revokeDeviceCertificates(tx, world.deps, {
        deviceId: computer.deviceId,
        reason: 'key-compromise',
        actor: world.principal(acme),
      }),
    );
  const state = () =>
    world.query(
      `select (select array_agg(d.state order by d.device_no) from devices d) as states,
         (select array_agg(k.report_counter order by k.device_id) from device_contacts k) as counters,
         (select count(*) from certificates) as certificates`,
    );

  test('DEV-01 right identifiers without a certificate are worth nothing', async () => {
    const before = await state();
    const agent = new Agent({ connect: { ca: anchors() } });
    for (const [method, path, body] of routes) {
      const headers = {
        'x-device-id': ann.deviceId,
        'x-udid': ann.deviceId,
        authorization: `Bearer ${ann.deviceId}`,
      };
      const answer = await post(agent, new URL(path, world.deviceUrl), method, body, { headers });
      assert.equal(answer.status, 401, path);
      assert.equal(answer.body.error.code, 'certificate-required');
    }
    await agent.close();
    assert.deepEqual(await state(), before);
  });

  test('DEV-05 wrong certificates are refused over TLS, before the body is read', async () => {
    const leaf = parseCertificate(
      decodePem('CERTIFICATE', ann.identity.chain[0] ?? '')[0] ?? new Uint8Array(),
    );
    const foreign = newIssuing(newRoot('Acme device root'), 'Acme issuing CA');
    const key = newDeviceKey();
    const twin = oddCertificate({
      issuer: foreign,
      commonName: ann.deviceId,
      key,
      notBefore: Date.now() - day,
      notAfter: Date.now() + day,
      extensions: {
        keyUsage: ['digitalSignature'],
        extendedKeyUsage: ['clientAuth'],
        subjectAlternativeNames: deviceIdentityNames(ann.deviceId).names,
        ...(leaf.authorityKeyIdentifier ? { authorityKeyIdentifier: leaf.authorityKeyIdentifier } : {}),
      },
    });
    const socket = connect({
      port: Number(world.deviceUrl.port),
      host: '127.0.0.1',
      servername: 'localhost',
      ca: anchors(),
      cert: encodePem('CERTIFICATE', twin),
      key: key.export({ format: 'pem', type: 'pkcs8' }),
    });
    await once(socket, 'secureConnect');
    // Announced, never sent: an answer can only come from whoever does not wait for it.
    socket.write(
      `POST ${agentPaths.checkIn} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n`,
    );
    const answer = await readAll(socket);
    assert.match(answer, /^HTTP\/1\.1 401 /);
    assert.match(answer, /certificate-refused/);
    assert.match(answer, /connection: close/i);
  });

  test('DEV-02 a device cannot answer another one’s command, and the attempt is on record', async () => {
    const command = await order(bob);
    assert.equal((await bob.send('GET', agentPaths.commands)).body.commands[0].id, command.id);
    const path = agentPaths.commandResult.replace('{commandId}', command.id);
    const swapped = await ann.send('POST', path, { state: 'acknowledged' });
    assert.equal(swapped.status, 404);
    assert.equal(swapped.body.error.code, 'unknown-command');
    const [row] = await world.query('select state from commands where command_id = $1', [command.id]);
    assert.deepEqual(row, { state: 'delivered' });
    await world.refusals.flush();
    const entries = await world.query(
      `select 1 from audit_entries where content->>'reason' = 'identity-mismatch' and content#>>'{actor,id}' = $1
       and content#>>'{target,id}' = $2`,
      [ann.deviceId, command.id],
    );
    assert.equal(entries.length, 1);
    assert.equal((await bob.send('POST', path, { state: 'acknowledged' })).body.state, 'acknowledged');
    // No field of a report can name a device: there is none.
    assert.equal((await ann.checkIn({ deviceId: bob.deviceId })).status, 400);
  });

  test('DEV-04 certificate headers from anybody but the proxy are refused, and are never an identity', async () => {
    const der = new X509Certificate(bob.identity.chain[0] ?? '').raw;
    const rfc9440 = `:${der.toString('base64')}:`;
    const nginx = encodeURIComponent(bob.identity.chain[0] ?? '');
    const forms: readonly Readonly<Record<string, string | string[]>>[] = [
      { 'Client-Cert': rfc9440 },
      { 'client-cert': rfc9440 },
      { 'Client-Cert': [rfc9440, rfc9440] },
      { 'Client-Cert': '' },
      { 'Client-Cert-Chain': rfc9440 },
      { Client_Cert: rfc9440 },
      { 'X-SSL-Client-Cert': nginx },
      { X_SSL_Client_Cert: nginx },
      { 'X-SSL-CLIENT-CERT': nginx, 'Client-Cert': rfc9440 },
      { 'SSL-Client-Cert': nginx },
      { 'X-Forwarded-Client-Cert': `Hash=00;Cert="${nginx}"` },
      { 'X-Forwarded-Tls-Client-Cert': der.toString('base64') },
      { 'X-ARR-ClientCert': der.toString('base64') },
      { 'X-Amzn-Mtls-Clientcert': nginx },
    ];
    const before = await state();
    const agent = new Agent({ connect: { ca: anchors() } });
    for (const headers of forms) {
      for (const sender of [agent, undefined]) {
        const options = { headers, ...(sender ? { agent: sender } : {}) };
        const answer = await ann.send('GET', agentPaths.commands, undefined, options);
        assert.equal(answer.status, 400, JSON.stringify(headers));
        assert.equal(answer.body.error.code, 'forged-certificate-header');
      }
    }
    await agent.close();
    assert.deepEqual(await state(), before);
    assert.ok(
      world.logged.filter((line) => line.includes('a certificate header was refused')).length >= forms.length,
    );
  });

  test('DEV-04 behind a proxy its one header is the identity, and every other form from it is refused', async () => {
    const der = new X509Certificate(ann.identity.chain[0] ?? '').raw;
    const values = {
      rfc9440: { name: 'client-cert', value: `:${der.toString('base64')}:` },
      nginx: { name: 'x-ssl-client-cert', value: encodeURIComponent(ann.identity.chain[0] ?? '') },
    };
    for (const header of ['rfc9440', 'nginx'] as const) {
      const [main = 0, device = 0] = await world.freePorts(2);
      const node = await world.openNode(
        { public: main, device },
        { header, trustedProxies: ['127.0.0.0/8'] },
      );
      const proxy = new Agent({ connect: { ca: anchors() } });
      const ask = async (headers: Record<string, string | string[]>) =>
        (
          await post(proxy, new URL(agentPaths.commands, `https://localhost:${device}`), 'GET', undefined, {
            headers,
          })
        ).status;
      const { name, value } = values[header];
      const other = values[header === 'nginx' ? 'rfc9440' : 'nginx'];
      assert.equal(await ask({ [name]: value }), 200);
      assert.equal(await ask({}), 401);
      assert.equal(await ask({ [name]: '' }), 401);
      assert.equal(await ask({ [name]: [value, value] }), 400);
      assert.equal(await ask({ [other.name]: other.value }), 400);
      assert.equal(await ask({ [name]: value, [name.replaceAll('-', '_')]: value }), 400);
      assert.equal(await ask({ [name]: value.slice(0, -9) }), 400);
      assert.equal(await ask({ [name]: 'x'.repeat(20) }), 400);
      await proxy.close();
      await node.close();
      // The same header to the same server from an address that is no proxy.
      const elsewhere = await world.openNode(
        { public: main, device },
        { header, trustedProxies: ['192.0.2.0/24'] },
      );
      const outsider = new Agent({ connect: { ca: anchors() } });
      const answer = await post(
        outsider,
        new URL(agentPaths.commands, `https://localhost:${device}`),
        'GET',
        undefined,
        {
          headers: { [name]: value },
        },
      );
      assert.equal(answer.status, 400);
      await outsider.close();
      await elsewhere.close();
    }
  });

  test('DEV-06 after revocation a kept connection, a resumed session, a held request and another node are refused within a second', async () => {
    const computer = await newComputer();
    const [main = 0, device = 0] = await world.freePorts(2);
    const otherNode = await world.openNode({ public: main, device });
    // Two nodes in one process take each other's news for their own echo; this hears them as another process does.
    const wire = await world.db.superuser();
    wire.on('notification', ({ payload = '' }) => {
      const [, topic, organizationId, id] = JSON.parse(payload) as [string, 'device-refused', string, string];
      otherNode.notifications.publish(topic, { organizationId, id });
    });
    await wire.query('listen gatehouse');
    // kept: a connection that has served before
    assert.equal((await computer.send('GET', agentPaths.commands)).status, 200);
    // resumed: a session ticket of before
    const session = await ticketOf(computer);
    // held: a request that waits, here and on the other node
    const start = Date.now();
    const waitPath = `${agentPaths.commands}?wait=50`;
    const held = computer.send('GET', waitPath);
    const there = connectAs(computer.identity, computer.trust, computer.key);
    const heldThere = post(there, new URL(waitPath, `https://localhost:${device}`), 'GET');
    await until(() => world.node.platform.deps.held.count + otherNode.platform.deps.held.count === 2);
    const since = Date.now();

    await revoke(computer);
    const answers = await Promise.all([held, heldThere]);
    assert.ok(Date.now() - since < 1_000, `${Date.now() - since} ms`);
    assert.ok(Date.now() - start < 20_000);
    for (const answer of answers) {
      assert.equal(answer.status, 401);
      assert.equal(answer.body.error.code, 'certificate-refused');
    }
    assert.equal((await computer.send('GET', agentPaths.commands)).status, 401);
    const resumed = await resume(computer, session);
    assert.ok(resumed.reused, 'the session was resumed');
    assert.match(resumed.answer, /^HTTP\/1\.1 401 /);
    const elsewhere = await post(there, new URL(agentPaths.commands, `https://localhost:${device}`), 'GET');
    assert.equal(elsewhere.status, 401);
    await there.destroy();
    await otherNode.close();
  });

  test('DEV-06 a resumed session of a valid certificate is served: the refusal above is the revocation’s', async () => {
    const session = await ticketOf(ann);
    const { reused, answer } = await resume(ann, session);
    assert.ok(reused);
    assert.match(answer, /^HTTP\/1\.1 200 /);
  });

  test('DEV-06 blocking closes what the device holds; after unblocking the same certificate works again', async () => {
    const computer = await newComputer();
    const held = computer.send('GET', `${agentPaths.commands}?wait=50`);
    await until(() => world.node.platform.deps.held.count === 1);
    await blockDevice(world.deps, world.principal(acme), computer.deviceId);
    const answer = await held;
    assert.equal(answer.status, 401);
    assert.equal(answer.body.error.code, 'device-blocked');
    assert.equal((await computer.checkIn()).body.error.code, 'device-blocked');
    await unblockDevice(world.deps, world.principal(acme), computer.deviceId);
    assert.equal((await computer.checkIn()).status, 200);
    await world.refusals.flush();
    const entries = await world.query(
      `select 1 from audit_entries where content->>'action' = 'devices.authenticate' and content#>>'{actor,id}' = $1`,
      [computer.deviceId],
    );
    assert.ok(entries.length >= 1);
  });

  test('renewal: the next certificate from day 60, the old one until the new one is used', async () => {
    const computer = await newComputer();
    const next = newDeviceKey();
    const renew = (key = next) =>
      computer.send('POST', agentPaths.certificate, {
        csr: Buffer.from(buildCertificateRequest(key)).toString('base64'),
      });
    const early = await renew();
    assert.equal(early.status, 409);
    assert.equal(early.body.error.code, 'renewal-too-early');
    try {
      world.setOffset(60 * day);
      const renewed = await renew();
      assert.equal(renewed.status, 200);
      assert.equal(renewed.body.chain.length, 2);
      const chain = (renewed.body.chain as string[]).map((der) =>
        encodePem('CERTIFICATE', Buffer.from(der, 'base64')),
      );
      assert.equal((await computer.send('GET', agentPaths.commands)).status, 200);
      const after = connectAs({ chain }, computer.trust, next);
      assert.equal(
        (await computer.send('GET', agentPaths.commands, undefined, { agent: after })).status,
        200,
      );
      assert.equal((await computer.send('GET', agentPaths.commands)).status, 401);
      assert.equal((await renew(newDeviceKey())).status, 401);
      const weak = await computer.send('POST', agentPaths.certificate, { csr: 'AAAA' }, { agent: after });
      assert.equal(weak.status, 409);
      world.setOffset(121 * day);
      const refused = await computer.send('POST', agentPaths.certificate, { csr: 'AAAA' }, { agent: after });
      assert.equal(refused.status, 422);
      assert.equal(refused.body.error.code, 'key-not-accepted');
      await after.destroy();
    } finally {
      world.setOffset(0);
    }
  });

  function socketOf(computer: Computer, session?: Buffer): TLSSocket {
    return connect({
      port: Number(world.deviceUrl.port),
      host: '127.0.0.1',
      servername: 'localhost',
      ca: [...computer.trust.tlsAnchors],
      cert: computer.identity.chain.join(''),
      key: computer.key.export({ format: 'pem', type: 'pkcs8' }),
      ...(session ? { session } : {}),
    });
  }

  const ask = `GET ${agentPaths.commands} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;

  async function ticketOf(computer: Computer): Promise<Buffer> {
    const socket = socketOf(computer);
    let session: Buffer | undefined;
    socket.on('session', (ticket: Buffer) => {
      session = ticket;
    });
    await once(socket, 'secureConnect');
    socket.write(ask);
    await readAll(socket);
    assert.ok(session);
    return session;
  }

  async function resume(computer: Computer, session: Buffer): Promise<{ reused: boolean; answer: string }> {
    const socket = socketOf(computer, session);
    await once(socket, 'secureConnect');
    const reused = socket.isSessionReused();
    socket.write(ask);
    return { reused, answer: await readAll(socket) };
  }
});

async function readAll(socket: TLSSocket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += (chunk as Buffer).toString();
  return text;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('what was waited for did not happen');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
