import assert from 'node:assert/strict';
import { createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { appleMediaTypes, decodeCheckInAnswer } from '@gatehouse/protocols/apple-mdm/index.ts';
import { signAttached, signDetached } from '@gatehouse/protocols/cms/index.ts';
import { writePlist } from '@gatehouse/protocols/plist/index.ts';
import {
  buildCertificate,
  deviceIdentityNames,
  encodePem,
  newSerial,
  parseCertificate,
  signerFor,
} from '@gatehouse/protocols/x509/index.ts';
import { Agent, request } from 'undici';
import { createHttpServer } from '../src/kernel/http/server.ts';
import { registerAppleSurface } from '../src/surfaces/apple.ts';
import { queueCommand } from '../src/modules/commands/index.ts';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import {
  type AppleDevice,
  type AppleWorld,
  commandIn,
  newKey,
  openAppleWorld,
  type Reply,
  type SendOptions,
} from './apple-world.ts';

/** Each answer is one of these: a device takes 401 as the end of its management. */
const refused = new Set([400, 403, 404, 413, 415, 429]);

describe('bad input from Apple devices and from those who pretend to be one', () => {
  let world: AppleWorld;
  let acme: TestFleet;
  let globex: TestFleet;
  let phone: AppleDevice;
  before(async () => {
    world = await openAppleWorld();
    acme = await world.newFleet('acme');
    globex = await world.newFleet('globex');
    phone = await world.newDevice(acme);
    await phone.enrol();
  });
  after(() => world.close());

  /** Whatever was tried, the device is served. */
  async function assertServed(): Promise<void> {
    assert.equal((await phone.poll()).status, 200);
    assert.equal(await world.state(phone.deviceId), 'registered');
  }

  const idle = () => writePlist({ UDID: phone.udid, Status: 'Idle' });
  const mdm = appleMediaTypes.command;

  async function put(url: URL, headers: Record<string, string>, body: Uint8Array = idle(), method = 'PUT') {
    const agent = new Agent({ connect: { ca: world.ca } });
    try {
      const answer = await request(new URL('/apple/mdm', url), {
        method: method as 'PUT',
        dispatcher: agent,
        headers: { ...(method === 'GET' ? {} : { 'content-type': mdm }), ...headers },
        ...(method === 'GET' || method === 'HEAD' ? {} : { body }),
      });
      return { status: answer.statusCode, body: await answer.body.text() };
    } finally {
      await agent.destroy();
    }
  }

  const signed = (content: Uint8Array, identity = phone.identity) =>
    Buffer.from(signDetached({ content, certificate: identity.certificate, key: identity.key })).toString(
      'base64',
    );

  test('nobody is let in without certificate or signature, by any method, and nobody is told 401', async () => {
    for (const url of [world.mainUrl, world.deviceUrl]) {
      assert.equal((await put(url, {})).status, 400);
      for (const method of ['GET', 'HEAD', 'POST', 'DELETE'])
        assert.equal((await put(url, {}, idle(), method)).status, 404);
    }
    await assertServed();
  });

  test('APL-01 a signature must be there, readable, by a certificate of ours, and over these very bytes', async () => {
    const content = idle();
    const good = signed(content);
    assert.equal((await put(world.mainUrl, { 'mdm-signature': good }, content)).status, 200);
    const stranger = await world.newDevice(globex);
    const der = Buffer.from(good, 'base64');
    const flipped = (at: number) => {
      const copy = Buffer.from(der);
      copy[at] = (copy[at] ?? 0) ^ 0x01;
      return copy.toString('base64');
    };
    const cases: [string, string, Uint8Array?][] = [
      ['other bytes', good, writePlist({ UDID: phone.udid, Status: 'NotNow', CommandUUID: 'x' })],
      ['one byte more', good, Buffer.concat([content, Buffer.from('\n')])],
      ['no base64', 'no base64!'],
      ['base64 without padding', good.slice(0, -2)],
      ['empty', ''],
      ['another encoding', der.toString('hex')],
      ['too long', Buffer.alloc(10_000).toString('base64')],
      ['noise', Buffer.alloc(500, 7).toString('base64')],
      ['a broken signature', flipped(der.length - 5)],
      ['attached content', Buffer.from(attach(content, phone)).toString('base64')],
      [
        'another key',
        Buffer.from(
          signDetached({ content, certificate: phone.identity.certificate, key: stranger.identity.key }),
        ).toString('base64'),
      ],
    ];
    for (const [name, signature, body] of cases) {
      const { status, body: text } = await put(
        world.mainUrl,
        { 'mdm-signature': signature },
        body ?? content,
      );
      assert.ok(refused.has(status) && text === '', `${name}: ${status} ${text}`);
    }
    await assertServed();
  });

  test('over the fast lane everything is answered as by Node’s server, what is unusual by that alone', async () => {
    const unmanaged = await world.newDevice(acme);
    await unmanaged.enrol();
    assert.equal((await unmanaged.checkIn({ MessageType: 'CheckOut', Topic: unmanaged.topic })).status, 200);
    const waiting = await world.newDevice(acme);
    await waiting.enrol();
    await queueCommand(world.deps, world.principal(acme), {
      deviceId: waiting.deviceId,
      name: 'lock-device',
    });
    const forged = { sign: Buffer.from('other bytes'), by: 'signature' } as const;
    const cases: [string, AppleDevice, (device: AppleDevice, how: SendOptions) => Promise<Reply>, number][] =
      [
        ['a poll over TLS', phone, (device, how) => device.poll(how), 200],
        ['a signed poll', phone, (device, how) => device.poll({ ...how, by: 'signature' }), 200],
        ['a command', waiting, (device, how) => device.poll(how), 200],
        ['nobody', phone, (device, how) => device.poll({ ...how, by: 'nobody' }), 400],
        ['a forged signature', phone, (device, how) => device.poll({ ...how, ...forged }), 400],
        [
          'a forged header',
          phone,
          (device, how) => device.poll({ ...how, headers: { 'client-cert': ':AA==:' } }),
          400,
        ],
        ['no plist', phone, (device, how) => device.send(Buffer.from('x'), mdm, how), 400],
        ['whose management has ended', unmanaged, (device, how) => device.poll(how), 403],
      ];
    /** With a connection of its own: one that has gone over to Node stays there. */
    const anew = ({ identity, udid }: AppleDevice) => world.deviceAs(identity, { udid });
    const asSent = ({ status, headers: { date, 'x-request-id': id, ...headers }, body }: Reply) => {
      assert.ok(date !== undefined && id !== undefined);
      return { status, headers, body: body.toString() };
    };
    for (const [name, device, send, status] of cases) {
      const before = world.quickAnswers();
      const quick = asSent(await send(anew(device), {}));
      assert.equal(world.quickAnswers(), before + 1, name);
      const slow = asSent(await send(anew(device), { inChunks: true }));
      assert.equal(world.quickAnswers(), before + 1, name);
      assert.deepEqual(quick, slow, name);
      assert.equal(quick.status, status, name);
    }
    const before = world.quickAnswers();
    const contentType = 'APPLICATION/x-apple-aspen-mdm';
    assert.equal((await anew(phone).poll({ contentType })).status, 200);
    assert.equal(world.quickAnswers(), before);
    await assertServed();
  });

  test('APL-01 the device’s clock may be wrong by days', async () => {
    const content = idle();
    for (const days of [-400, -2, 2, 400]) {
      const signature = Buffer.from(
        signDetached({
          content,
          certificate: phone.identity.certificate,
          key: phone.identity.key,
          signingTime: new Date(Date.now() + days * 86_400_000),
        }),
      ).toString('base64');
      assert.equal(
        (await put(world.mainUrl, { 'mdm-signature': signature }, content)).status,
        200,
        String(days),
      );
    }
  });

  test('DEV-04 a certificate in a header counts from the trusted proxy alone', async () => {
    const header = `:${Buffer.from(phone.identity.certificate).toString('base64')}:`;
    const { status } = await put(world.deviceUrl, { 'client-cert': header });
    assert.equal(status, 400);
    assert.equal((await put(world.mainUrl, { 'client-cert': header })).status, 400);
  });

  test('APL-01 a certificate without its key uses up nothing of what its device may ask', async () => {
    const victim = await world.newDevice(acme, { by: 'signature' });
    await victim.enrol();
    const forged = Buffer.from(
      signDetached({ content: idle(), certificate: victim.identity.certificate, key: phone.identity.key }),
    ).toString('base64');
    const spent: string[] = [];
    const { requests } = world.platform.deps;
    const { spend } = requests;
    requests.spend = (key) => {
      spent.push(key);
      return spend(key);
    };
    try {
      assert.equal((await put(world.mainUrl, { 'mdm-signature': forged })).status, 400);
    } finally {
      requests.spend = spend;
    }
    assert.deepEqual(spent, []);
  });

  test('a proxy that ends TLS hands the certificate on in its header, in either form, and is believed alone', async () => {
    const pem = encodePem('CERTIFICATE', phone.identity.certificate);
    const headers = {
      rfc9440: { 'client-cert': `:${Buffer.from(phone.identity.certificate).toString('base64')}:` },
      nginx: { 'x-ssl-client-cert': encodeURIComponent(pem) },
    } as const;
    for (const header of ['rfc9440', 'nginx'] as const) {
      for (const [proxy, expected] of [
        ['127.0.0.1', 200],
        ['127.0.0.9', 400],
      ] as const) {
        const server = createHttpServer({ log: world.deps.log });
        registerAppleSurface(server, world.platform, { header, trustedProxies: [proxy] });
        const send = (given: Record<string, string>) =>
          server.inject({
            method: 'PUT',
            url: '/apple/mdm',
            headers: { 'content-type': mdm, ...given },
            payload: Buffer.from(idle()),
          });
        assert.equal((await send(headers[header])).statusCode, expected, `${header} from ${proxy}`);
        assert.equal((await send(headers[header === 'nginx' ? 'rfc9440' : 'nginx'])).statusCode, 400);
        assert.equal((await send({})).statusCode, 400);
        await server.close();
      }
    }
  });

  test('APL-02 certificates that are forged, foreign, expired or revoked are refused without 401, and on record', async () => {
    const forger = world.deviceAs({ deviceId: phone.deviceId, ...forge(phone) }, phone);
    assert.ok(refused.has((await forger.poll()).status));
    const foreign = await world.newDevice(globex, { udid: phone.udid });
    assert.ok(refused.has((await foreign.poll()).status), 'another organization’s device has no say here');

    const revoked = await world.newDevice(acme);
    await revoked.enrol();
    await world.query(
      `update certificates set revoked_at = now(), revocation_reason = 'key-compromise' where device_id = $1`,
      [revoked.deviceId],
    );
    assert.equal((await revoked.poll()).status, 403);
    assert.equal((await revoked.poll({ by: 'signature' })).status, 403);
    const serial = new X509Certificate(revoked.identity.certificate).serialNumber.toLowerCase();
    const reasons = (await world.audited(serial)).map(({ reason }) => reason);
    assert.ok(reasons.includes('revoked: key-compromise'), reasons.join());

    const old = await world.newDevice(acme);
    await old.enrol();
    world.setOffset(3 * 365 * 86_400_000);
    try {
      assert.equal((await old.poll({ by: 'signature' })).status, 403);
    } finally {
      world.setOffset(0);
    }
    await assertServed();
  });

  test('APL-04, APL-05 hostile property lists are refused in 50 ms, quickly and one for one', async () => {
    const deep = `<plist>${'<array>'.repeat(100)}${'</array>'.repeat(100)}</plist>`;
    const laughs =
      '<!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><plist><string>&b;</string></plist>';
    const external = `<!DOCTYPE plist SYSTEM "${world.mainUrl.href}x.dtd"><plist><dict/></plist>`;
    const proto = writePlist({
      ['__proto__']: { UDID: phone.udid },
      constructor: { prototype: { polluted: true } },
    });
    const cyclic = Buffer.concat([
      Buffer.from('bplist00'),
      Buffer.from([0xa1, 0x00, 0x08]),
      Buffer.from([
        0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10,
      ]),
    ]);
    const bodies: [string, Uint8Array][] = [
      ['empty', Buffer.alloc(0)],
      ['no plist', Buffer.from('{"UDID":"x"}')],
      ['deep', Buffer.from(deep)],
      ['entities', Buffer.from(laughs)],
      ['an external entity', Buffer.from(external)],
      ['__proto__', proto],
      ['cyclic', cyclic],
      ['cut', writePlist({ UDID: phone.udid, Status: 'Idle' }, 'binary').subarray(0, 60)],
      ['an array', writePlist([1, 2, 3])],
      ['no status and no type', writePlist({ UDID: phone.udid })],
      ['an unknown message', writePlist({ UDID: phone.udid, MessageType: 'Elope', Status: 'Elope' })],
      ['a UDID that is a number', writePlist({ UDID: 7, MessageType: 'CheckOut', Status: 'Idle' })],
      [
        'a UDID with a line break',
        writePlist({ UDID: `${phone.udid}\n`, MessageType: 'CheckOut', Status: 'Idle' }),
      ],
      ['many values', writePlist(Array.from({ length: 250_000 }, () => true))],
    ];
    for (const [name, body] of bodies) {
      for (const type of [appleMediaTypes.checkIn, mdm]) {
        const started = performance.now();
        const { status, body: answer } = await phone.send(body, type);
        assert.equal(status, 400, `${name} as ${type}: ${status}`);
        assert.equal(answer.length, 0);
        assert.ok(performance.now() - started < 2_000, name);
      }
    }
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    await assertServed();
  });

  test('bodies that are too large or of another kind are not read', async () => {
    const large = Buffer.concat([Buffer.from('<plist><string>'), Buffer.alloc(9 * 1024 * 1024, 0x61)]);
    const { status } = await phone.send(large, mdm).catch(() => ({ status: 413 }));
    assert.equal(status, 413);
    const tooLong = writePlist({ UDID: phone.udid, MessageType: 'CheckOut', x: 'y'.repeat(5 * 1024 * 1024) });
    assert.equal((await phone.send(tooLong, appleMediaTypes.checkIn)).status, 400);
    for (const type of [
      'text/plain',
      'application/json',
      'application/x-apple-aspen-mdmx',
      'application/x-apple-aspen-mdm-checkin, text/plain',
    ]) {
      assert.equal((await phone.send(idle(), type)).status, 415, type);
    }
    const gzip = await phone.poll({ headers: { 'content-encoding': 'gzip' } });
    assert.ok(gzip.status === 200 || refused.has(gzip.status));
    await assertServed();
  });

  test('a replayed check-in is of no use: the device stays reachable, its orders stay, nobody else is touched', async () => {
    const device = await world.newDevice(acme, { by: 'signature' });
    await device.enrol();
    const { id } = await queueCommand(world.deps, world.principal(acme), {
      deviceId: device.deviceId,
      name: 'lock-device',
    });
    const [before] = await world.query(
      'select push_token, unlock_token, enrolled_at from apple_channels where device_id = $1',
      [device.deviceId],
    );
    const body = writePlist({ UDID: device.udid, MessageType: 'Authenticate', Topic: device.topic });
    const headers = {
      'mdm-signature': signed(body, device.identity),
      'content-type': appleMediaTypes.checkIn,
    };
    for (let times = 0; times < 3; times++)
      assert.equal((await put(world.mainUrl, headers, body)).status, 200);
    const [after] = await world.query(
      'select push_token, unlock_token, enrolled_at from apple_channels where device_id = $1',
      [device.deviceId],
    );
    assert.deepEqual(after, before);
    assert.equal(commandIn(await device.poll()).commandUuid, id);
    await assertServed();
  });

  test('DEV-07 a signed TokenUpdate that somebody kept brings back no token that was replaced, however wrong the clock of the device is', async () => {
    const device = await world.newDevice(acme, { by: 'signature' });
    await device.enrol();
    const [[first, second], unlock] = [[randomBytes(32), randomBytes(32)], Buffer.from('the later one')];
    // The clock of the device is days behind, and stays so.
    let clock = Date.now() - 5 * 86_400_000;
    const say = (token: Uint8Array, change: object = {}) => {
      const body = writePlist({
        UDID: device.udid,
        MessageType: 'TokenUpdate',
        Topic: device.topic,
        PushMagic: 'MAGIC',
        Token: token,
        UnlockToken: Buffer.from('the first one'),
        ...change,
      });
      const signingTime = new Date((clock += 60_000));
      const signature = signDetached({ content: body, ...device.identity, signingTime });
      const headers = {
        'content-type': appleMediaTypes.checkIn,
        'mdm-signature': Buffer.from(signature).toString('base64'),
      };
      return { send: async () => assert.equal((await put(world.mainUrl, headers, body)).status, 200) };
    };
    const reach = async () =>
      (
        await world.query<{ push_token: Buffer; unlock: Buffer }>(
          `select push_token, sha256(unlock_token) as unlock from apple_channels where device_id = $1`,
          [device.deviceId],
        )
      )[0];
    const has = async (token: Uint8Array) =>
      assert.deepEqual((await reach())?.push_token, Buffer.from(token));
    const [former, kept] = [say(first), say(second)];
    await former.send();
    await kept.send();
    await has(second);
    await former.send();
    await has(second);
    // The same again is no harm: the answer may have been lost.
    await kept.send();
    await has(second);
    const later = say(second, { UnlockToken: unlock });
    await later.send();
    const before = await reach();
    for (const old of [former, kept]) await old.send();
    assert.deepEqual(await reach(), before, 'nor does the unlock token that it had then');
    // The device itself may well go back to what it had.
    await say(first).send();
    await has(first);
    await later.send();
    await has(first);
    const refusals = (await world.audited(device.deviceId)).filter(({ outcome }) => outcome !== 'done');
    assert.deepEqual(
      [...new Set(refusals.map(({ action, reason }) => `${action} ${reason}`))],
      ['devices.open-channel former-token'],
    );
    assert.equal((await device.poll()).status, 200);
    await assertServed();
  });

  test('DEV-07 a signed SetBootstrapToken that somebody kept brings back no token that was replaced or is to be forgotten, and forgets none', async () => {
    const mac = await world.newDevice(acme, { by: 'signature' });
    await mac.enrol();
    let clock = Date.now() - 5 * 86_400_000;
    const say = (message: object) => {
      const body = writePlist({ UDID: mac.udid, MessageType: 'SetBootstrapToken', ...message });
      const signingTime = new Date((clock += 60_000));
      const signature = signDetached({ content: body, ...mac.identity, signingTime });
      const headers = {
        'content-type': appleMediaTypes.checkIn,
        'mdm-signature': Buffer.from(signature).toString('base64'),
      };
      return async () => assert.equal((await put(world.mainUrl, headers, body)).status, 200);
    };
    const held = async () => {
      const { body } = await mac.checkIn({ MessageType: 'GetBootstrapToken' });
      return Buffer.from(decodeCheckInAnswer('GetBootstrapToken', body).BootstrapToken ?? []).toString();
    };
    const token = (text: string) => ({ BootstrapToken: Buffer.from(text) });
    const [first, forget, second] = [say(token('first')), say({}), say(token('second'))];
    await first();
    assert.equal(await held(), 'first');
    await forget();
    assert.equal(await held(), '');
    await first();
    assert.equal(await held(), '', 'what is forgotten stays so');
    await second();
    for (const old of [first, forget]) await old();
    assert.equal(await held(), 'second');
    // The same again is no harm: the answer may have been lost. And the Mac itself may go back to what it had.
    await second();
    assert.equal(await held(), 'second');
    await say(token('first'))();
    assert.equal(await held(), 'first');
    const refusals = (await world.audited(mac.deviceId)).filter(({ outcome }) => outcome !== 'done');
    assert.deepEqual(
      [...new Set(refusals.map(({ action, reason }) => `${action} ${reason}`))],
      ['devices.bootstrap-token former-token'],
    );
    await assertServed();
  });

  test('a device that asks without end is slowed down, and its neighbours are not', async () => {
    const loop = await world.newDevice(acme);
    await loop.enrol();
    let status = 200;
    for (let round = 0; round < 60 && status === 200; round++) {
      const answers = await Promise.all(Array.from({ length: 25 }, () => loop.poll()));
      status = answers.find((answer) => answer.status !== 200)?.status ?? 200;
    }
    assert.equal(status, 429);
    await assertServed();
  });

  test('HTTP-11 what refused devices leave in the log names no secret and no body', () => {
    const log = world.logged.join('\n');
    for (const secret of [`MAGIC-${phone.udid}`, `UNLOCK-${phone.udid}`]) assert.ok(!log.includes(secret));
  });
});

/** SignedData with the content inside, which a detached signature must not have. */
function attach(content: Uint8Array, device: AppleDevice): Uint8Array {
  return signAttached({ content, certificate: device.identity.certificate, key: device.identity.key });
}

/** A certificate that says what a good one says, by an authority that nobody knows. */
function forge(device: AppleDevice) {
  const key = newKey();
  const authority = newKey();
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const { subject, names } = deviceIdentityNames(device.deviceId);
  const root = parseCertificate(
    buildCertificate({
      profile: 'scep-authority',
      subject: { commonName: 'Somebody' },
      issuer: 'self',
      signer: signerFor(authority),
      serial: newSerial(randomBytes),
      notBefore: Date.now() - 1000,
      notAfter: Date.now() + 86_400_000,
      subjectPublicKey: createPublicKey(authority).export({ format: 'der', type: 'spki' }),
    }),
  );
  const certificate = buildCertificate({
    profile: 'device-identity-rsa',
    subject,
    names,
    issuer: root,
    serial: newSerial(randomBytes),
    notBefore: Date.now() - 1000,
    notAfter: Date.now() + 80_000_000,
    subjectPublicKey: spki,
    signer: signerFor(authority),
  });
  return { key, certificate };
}
