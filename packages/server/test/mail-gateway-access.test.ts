// Who gets his mail: over the whole server, with a mail server that takes whatever password it knows, and devices that are enrolled,
// comply, drift and are mended.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import {
  isAtLeast,
  policyTypeOf,
  type ProtocolVersion,
  protocolVersions,
  provisionAnswer,
  provisionRequest,
  readProvisionAnswer,
  readProvisionRequest,
  saysStatusInside,
  settingsRequest,
} from '@gatehouse/protocols/activesync/index.ts';
import { decodeWbxml, elementsOf, textOf } from '@gatehouse/protocols/wbxml/index.ts';
import type { SimulatedAgent } from '@gatehouse/simulators/agent/index.ts';
import { shapeLimits } from '../src/integrations/mail-gateway/shapes.ts';
import { wbxml } from './hostile-mail-server.ts';
import {
  type ClientAnswer,
  type ClientRequest,
  type MailDeviceShown,
  type MailWorld,
  openMailWorld,
  randomDevice,
  withoutDatabase,
} from './mail-gateway-world.ts';

let world: MailWorld;
before(async () => {
  world = await openMailWorld();
  world.mail.passwords.set('ben@acme.example', 'bens');
  await world.operate('POST', '/users', { email: 'ben@acme.example' });
});
after(() => world[Symbol.asyncDispose]());

/** As the protocol version says it: the HTTP status, or the Status inside. */
function saidBy(answer: ClientAnswer): string {
  if (answer.status !== 200 || answer.body.length === 0) return String(answer.status);
  if (answer.body.toString() === 'mail') return 'mail';
  const root = decodeWbxml(answer.body);
  const [status] = elementsOf(root);
  return status === undefined ? 'nothing' : `Status ${textOf(status)}`;
}

async function until(what: string, holds: () => Promise<boolean> | boolean, ms = 8_000): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < ms) {
    if (await holds()) return performance.now() - began;
    await wait(20);
  }
  return assert.fail(what);
}

const shown = async (deviceId: string): Promise<MailDeviceShown> => {
  const found = (await world.devices()).find(({ mailId }) => mailId === deviceId);
  assert.ok(found, deviceId);
  return found;
};

/** A Ping that is held at the mail server. */
async function holdPing(request: ClientRequest): Promise<{ readonly answer: Promise<ClientAnswer> }> {
  const before = world.mail.requests.filter(({ command }) => command === 'Ping').length;
  world.mail.respond = (asked, socket) => {
    if (asked.command !== 'Ping') socket.write(wbxml('mail'));
  };
  const answer = world.send({ ...request, command: 'Ping' });
  answer.catch(() => undefined);
  await until(
    'the Ping is held',
    () => world.mail.requests.filter(({ command }) => command === 'Ping').length > before,
  );
  return { answer };
}

describe('policies, by version', () => {
  for (const version of protocolVersions)
    test(`EAS-04 EAS-05 a client of ${version} is sent for its policy, gets ours, and then its mail`, async () => {
      const request = { version, deviceId: `PHONE${version.replace('.', '')}X` };
      world.mail.requests.length = 0;
      assert.equal(saidBy(await world.send(request)), saysStatusInside(version) ? 'Status 142' : '449');
      assert.equal(world.mail.requests.filter(({ method }) => method === 'POST').length, 0);
      const key = await world.provision(request);
      assert.equal(saidBy(await world.send({ ...request, policyKey: key })), 'mail');
      // Another key, none and nought are all sent back.
      const changed = saysStatusInside(version) ? 'Status 144' : '449';
      assert.equal(saidBy(await world.send({ ...request, policyKey: key ^ 1 })), changed);
      assert.notEqual(saidBy(await world.send({ ...request, policyKey: 0 })), 'mail');
      assert.notEqual(saidBy(await world.send(request)), 'mail');
    });

  test('POL-15 when the policy changes clients are sent for it within a second, also those that wait', async () => {
    const old = { deviceId: 'CHANGES000121', version: '12.1' as ProtocolVersion };
    const young = { deviceId: 'CHANGES000161', version: '16.1' as ProtocolVersion };
    const [oldKey, youngKey] = [await world.provision(old), await world.provision(young)];
    const { answer: held } = await holdPing({ ...young, policyKey: youngKey });
    const { items } = (await world.operate('GET', '/policies')) as {
      items: { id: string; settings: Record<string, unknown> }[];
    };
    const [policy] = items;
    const began = performance.now();
    await world.operate('PATCH', `/policies/${policy?.id}`, {
      settings: { ...policy?.settings, 'passcode.required': true, 'passcode.minimum-length': 8 },
    });
    assert.equal(saidBy(await held), 'Status 144');
    const took = performance.now() - began;
    assert.ok(took < 1_000, `${Math.round(took)} ms`);
    assert.equal(saidBy(await world.send({ ...old, policyKey: oldKey })), '449');
    assert.equal(saidBy(await world.send({ ...young, policyKey: youngKey })), 'Status 144');
    const policyType = policyTypeOf('16.1');
    const download = { kind: 'download', policyType, deviceInformation: { Model: 'Pixel' } } as const;
    const answer = await world.send({
      ...young,
      command: 'Provision',
      policyKey: youngKey,
      body: Buffer.from(provisionRequest('16.1', download)),
    });
    const offered = readProvisionAnswer(answer.body);
    assert.deepEqual(
      [offered.policy?.DevicePasswordEnabled, offered.policy?.MinDevicePasswordLength],
      [true, 8],
    );
    assert.equal(saidBy(await world.send({ ...young, policyKey: await world.provision(young) })), 'mail');
  });

  test('an acknowledgement of something else, a policy of another kind and a request without a model are told so', async () => {
    const request = { deviceId: 'STUBBORN00001', version: '14.1' as ProtocolVersion, command: 'Provision' };
    const ask = async (body: Uint8Array) =>
      readProvisionAnswer((await world.send({ ...request, policyKey: 0, body: Buffer.from(body) })).body);
    const policyType = policyTypeOf('14.1');
    assert.equal((await ask(provisionRequest('14.1', { kind: 'download', policyType }))).status, 165);
    const wrong = await ask(
      provisionRequest('14.1', { kind: 'acknowledge', policyType, policyKey: 4_711, status: 1 }),
    );
    assert.equal(wrong.policyStatus, 5);
    const strange = await ask(
      provisionRequest('14.1', {
        kind: 'download',
        policyType: 'MS-WAP-Provisioning-XML',
        deviceInformation: { Model: 'x' },
      }),
    );
    assert.equal(strange.policyStatus, 3);
  });

  test('a client that applies less than all of it gets no mail', async () => {
    const request = { deviceId: 'HALFWAY000001', version: '14.1' as ProtocolVersion, command: 'Provision' };
    const policyType = policyTypeOf('14.1');
    for (const [status, said] of [
      [2, 139],
      [3, 141],
      [4, 145],
    ] as const) {
      const download = { kind: 'download', policyType, deviceInformation: { Model: 'x' } } as const;
      const first = await world.send({
        ...request,
        policyKey: 0,
        body: Buffer.from(provisionRequest('14.1', download)),
      });
      const policyKey = readProvisionAnswer(first.body).policyKey ?? 0;
      const acknowledge = { kind: 'acknowledge', policyType, policyKey, status } as const;
      const second = await world.send({
        ...request,
        policyKey,
        body: Buffer.from(provisionRequest('14.1', acknowledge)),
      });
      assert.equal(readProvisionAnswer(second.body).status, said);
    }
    assert.notEqual(saidBy(await world.send({ deviceId: 'HALFWAY000001' })), 'mail');
  });

  test('a client that asks for its policy again and again is slowed down, and administrators hear of it', async () => {
    const request = { deviceId: 'LOOPING000001' };
    for (let n = 0; n < 5; n += 1) await world.provision(request);
    const answer = await world.send({
      ...request,
      command: 'Provision',
      policyKey: 0,
      body: Buffer.from(
        provisionRequest('14.1', {
          kind: 'download',
          policyType: policyTypeOf('14.1'),
          deviceInformation: { Model: 'x' },
        }),
      ),
    });
    assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '900']);
    await until('an alert', async () => {
      const { items } = (await world.operate('GET', '/alerts')) as { items: { kind: string }[] };
      return items.some(({ kind }) => kind === 'mail-device-looping');
    });
  });

  test('POL-14 a mail server with a policy of its own is satisfied behind the gateway; the device obeys ours alone', async () => {
    const seen: string[] = [];
    world.mail.respond = (request, socket) => {
      const key = request.headers['x-ms-policykey'];
      seen.push(`${request.command} ${key}`);
      if (request.command === 'Provision') {
        const asked = readProvisionRequest(request.body);
        const policy =
          asked.kind === 'download'
            ? {
                status: 1 as const,
                key: 1_111,
                document: { DevicePasswordEnabled: true, MinDevicePasswordLength: 16 },
              }
            : { status: 1 as const, key: 2_222 };
        socket.write(wbxml(Buffer.from(provisionAnswer('12.1', { status: 1, policy }))));
      } else if (key === '2222') socket.write(wbxml('mail'));
      else socket.write('HTTP/1.1 449 Retry after sending a PROVISION command\r\nContent-Length: 0\r\n\r\n');
    };
    const request = { deviceId: 'POLICIES00001', version: '12.1' as ProtocolVersion };
    const key = await world.provision(request);
    assert.equal(saidBy(await world.send({ ...request, policyKey: key })), 'mail');
    assert.equal(saidBy(await world.send({ ...request, policyKey: key })), 'mail');
    assert.deepEqual(seen, [
      'FolderSync 0',
      'Provision 0',
      'Provision 1111',
      'FolderSync 2222',
      'FolderSync 2222',
    ]);

    // From 14.0 on it says so inside an answer of 200.
    const young = { deviceId: 'POLICIES00002', version: '14.1' as ProtocolVersion };
    const youngKey = await world.provision(young);
    world.mail.respond = (asked, socket) => {
      if (asked.command === 'Provision') {
        const step = readProvisionRequest(asked.body);
        socket.write(
          wbxml(
            Buffer.from(
              provisionAnswer('14.1', {
                status: 1,
                policy:
                  step.kind === 'download' ? { status: 1, key: 5, document: {} } : { status: 1, key: 6 },
              }),
            ),
          ),
        );
      } else if (asked.headers['x-ms-policykey'] === '6') socket.write(wbxml('mail'));
      else socket.write(wbxml(Buffer.from([3, 1, 0x6a, 0, 0, 7, 0x56, 0x4c, 3, 0x31, 0x34, 0x32, 0, 1, 1])));
    };
    assert.equal(saidBy(await world.send({ ...young, policyKey: youngKey })), 'mail');

    // One that is never satisfied is not asked for ever.
    world.mail.requests.length = 0;
    world.mail.respond = (asked, socket) => {
      if (asked.command === 'Provision') {
        const step = readProvisionRequest(asked.body);
        const policy =
          step.kind === 'download'
            ? { status: 1 as const, key: 5, document: {} }
            : { status: 1 as const, key: 6 };
        socket.write(wbxml(Buffer.from(provisionAnswer('12.1', { status: 1, policy }))));
      } else socket.write('HTTP/1.1 449 Retry\r\nContent-Length: 0\r\n\r\n');
    };
    for (let n = 0; n < 10; n += 1)
      assert.equal((await world.send({ ...request, policyKey: key })).status, 503);
    assert.ok(world.mail.requests.length < 60, `${world.mail.requests.length} requests`);
    world.mail.respond = (_asked, socket) => void socket.write(wbxml('mail'));
  });

  test('what a device says of itself is shown', async () => {
    const deviceId = 'TALKATIVE0001';
    const key = await world.provision({ deviceId, version: '14.0' });
    await world.send({
      deviceId,
      version: '14.0',
      policyKey: key,
      command: 'Settings',
      body: Buffer.from(
        settingsRequest('14.0', {
          Model: 'Nokia 3310',
          OS: 'Series 20',
          PhoneNumber: '+49 1',
          MobileOperator: 'D1',
        }),
      ),
    });
    await until('its model is known', async () =>
      JSON.stringify(await shown(deviceId)).includes('Nokia 3310'),
    );
  });
});

describe('devices that are enrolled', () => {
  const deviceId = 'ENROLLED00001';
  let agent: SimulatedAgent;
  let key: number;
  let enrolledId: string;

  before(async () => {
    agent = await world.server.enrol('acme');
    await agent.report();
    await agent.report();
    enrolledId = agent.memory.identity?.deviceId ?? '';
    key = await world.provision({ deviceId });
    const { id } = await shown(deviceId);
    await world.operate('POST', `/mail-devices/${id}/link`, { deviceId: enrolledId });
    await world.operate('PATCH', '/mail-settings', { strangers: 'quarantine' });
    key = await world.provision({ deviceId });
    const { id: organizationId } = (await world.operate('GET', '/organization')) as { id: string };
    const rule = (await world.operate('POST', '/compliance-rules', {
      name: 'No foreign tunnels',
      kind: 'apps',
      demand: { forbidden: [{ id: 'shady-vpn', name: 'Shady VPN' }] },
      gates: ['mail'],
    })) as { id: string };
    await world.operate('POST', '/assignments', {
      item: { kind: 'rule', id: rule.id },
      target: { kind: 'organization', id: organizationId },
    });
    await until('the rule holds', async () =>
      JSON.stringify(await world.operate('GET', `/devices/${enrolledId}/explain`)).includes(
        'No foreign tunnels',
      ),
    );
    await until('it gets its mail', async () => {
      const said = saidBy(await world.send({ deviceId, policyKey: key }));
      if (said === 'Status 144') key = await world.provision({ deviceId });
      return said === 'mail';
    });
  });

  test('EAS-06 one that breaks a rule is shut out within a second, also a Ping that is held; mended it gets its mail', async () => {
    const { answer: held } = await holdPing({ deviceId, policyKey: key });
    const open = world.mail.open();
    agent.computer.addedPackages['shady-vpn'] = '1.0';
    await agent.report();
    const began = performance.now();
    const answer = await held;
    const took = performance.now() - began;
    assert.notEqual(saidBy(answer), 'mail');
    assert.ok(took < 1_000, `cut off after ${Math.round(took)} ms`);
    assert.notEqual(saidBy(await world.send({ deviceId, policyKey: key })), 'mail');
    await until('the mail server is not left waiting', () => world.mail.open() < open);

    delete agent.computer.addedPackages['shady-vpn'];
    await agent.report();
    const mended = await until(
      'it gets its mail again',
      async () => saidBy(await world.send({ deviceId, policyKey: key })) === 'mail',
    );
    assert.ok(mended < 1_500, `${mended} ms`);
  });

  test('EAS-06 one that is blocked loses what it is reading within a second', async () => {
    const { answer: held } = await holdPing({ deviceId, policyKey: key });
    const began = performance.now();
    await world.operate('POST', `/devices/${enrolledId}/block`, { reason: 'lost' });
    assert.equal(saidBy(await held), 'Status 129');
    assert.ok(performance.now() - began < 1_000);
    assert.equal(saidBy(await world.send({ deviceId, policyKey: key })), 'Status 129');
    assert.equal(saidBy(await world.send({ deviceId, policyKey: key, version: '12.1' })), '403');
    await world.operate('POST', `/devices/${enrolledId}/unblock`, {});
    await until('in again', async () => saidBy(await world.send({ deviceId, policyKey: key })) === 'mail');
  });

  test('EAS-T02 its id with another person’s password is a stranger, and a stranger gets no mail', async () => {
    world.mail.requests.length = 0;
    const borrowed = { deviceId, login: 'ben@acme.example', password: 'bens' };
    const said = await world.send({ ...borrowed, policyKey: key });
    assert.notEqual(saidBy(said), 'mail');
    assert.equal(world.mail.requests.filter(({ method }) => method === 'POST').length, 0);
    const both = (await world.devices()).filter(({ mailId }) => mailId === deviceId);
    assert.equal(both.length, 2);
    // The person’s name in the query does not help.
    assert.equal((await world.send({ ...borrowed, user: 'ann@acme.example', policyKey: key })).status, 400);
    // Nor does a token of one person with the name of another.
    const token = (name: string) =>
      `Bearer x.${Buffer.from(JSON.stringify({ upn: name })).toString('base64url')}.good`;
    const asBen = await world.send({
      deviceId,
      user: 'ann@acme.example',
      authorization: token('ben@acme.example'),
      policyKey: key,
    });
    assert.notEqual(saidBy(asBen), 'mail');
    assert.equal(
      saidBy(await world.send({ deviceId, authorization: token('ann@acme.example'), policyKey: key })),
      'mail',
    );
    assert.equal(
      (await world.send({ deviceId, authorization: 'Bearer opaque', policyKey: key })).status,
      401,
    );
  });

  test('EAS-09 a stranger in quarantine sees folders and one message that says what to do, and none of his mail', async () => {
    const stranger = { deviceId: 'STRANGER00001', login: 'ben@acme.example', password: 'bens' };
    world.mail.requests.length = 0;
    const own = await world.provision(stranger);
    const folders = await world.send({ ...stranger, policyKey: own, body: folderSyncBody });
    assert.equal(folders.status, 200);
    assert.notEqual(folders.body.toString(), 'mail');
    assert.ok(folders.body.length > 60);
    assert.ok(world.mail.requests.every(({ method }) => method === 'OPTIONS'));
    // ENR-23: an administrator lets it in.
    const { id } = await shown(stranger.deviceId);
    await world.operate('POST', `/mail-devices/${id}/approve`, {});
    await until('in', async () => saidBy(await world.send({ ...stranger, policyKey: own })) === 'mail');
  });
});

/** FolderSync with SyncKey 0. */
const folderSyncBody = Buffer.from([3, 1, 0x6a, 0, 0, 7, 0x56, 0x52, 3, 0x30, 0, 1, 1]);

describe('credentials', () => {
  test('EAS-T08 a password is proved once in five minutes, and not at all when the mail server says no', async () => {
    const deviceId = randomDevice();
    await world.operate('PATCH', '/mail-settings', { strangers: 'allow' });
    world.mail.passwords.set('cora@acme.example', 'first');
    const cora = { deviceId, login: 'cora@acme.example', password: 'first' };
    const key = await world.provision(cora);
    world.mail.requests.length = 0;
    for (let n = 0; n < 5; n += 1)
      assert.equal(saidBy(await world.send({ ...cora, policyKey: key })), 'mail');
    assert.deepEqual([...new Set(world.mail.requests.map(({ command }) => command))], ['FolderSync']);
    assert.equal((await world.send({ ...cora, password: 'second', policyKey: key })).status, 401);
    world.mail.passwords.set('cora@acme.example', 'second');
    // The old one still stands for what was proved, until the mail server hears it.
    assert.equal((await world.send({ ...cora, policyKey: key })).status, 401);
    assert.equal(saidBy(await world.send({ ...cora, password: 'second', policyKey: key })), 'mail');
    world.server.advance(5 * 60_000 + 1);
    world.mail.requests.length = 0;
    assert.equal(saidBy(await world.send({ ...cora, password: 'second', policyKey: key })), 'mail');
    assert.equal(world.mail.requests[0]?.method, 'OPTIONS');
  });

  test('EAS-T08 a user who is disabled is refused at once, and so is what he holds', async () => {
    const { items } = (await world.operate('GET', '/users')) as { items: { id: string; email: string }[] };
    const ben = items.find(({ email }) => email === 'ben@acme.example');
    const request = { deviceId: randomDevice(), login: 'ben@acme.example', password: 'bens' };
    const key = await world.provision(request);
    const { answer: held } = await holdPing({ ...request, policyKey: key });
    await world.operate('PATCH', `/users/${ben?.id}`, { state: 'disabled' });
    assert.equal(saidBy(await held), 'Status 126');
    assert.equal(saidBy(await world.send({ ...request, policyKey: key })), 'Status 126');
    await world.operate('PATCH', `/users/${ben?.id}`, { state: 'active' });
  });

  test('nobody, an unknown scheme and people of nowhere are all told the same', async () => {
    for (const authorization of ['', 'NTLM abc', 'Basic', 'Negotiate YII=']) {
      const answer = await world.send({ authorization });
      assert.deepEqual([answer.status, answer.body.length], [401, 0], authorization);
      assert.match(String(answer.headers['www-authenticate']), /^Basic realm="mail"/);
    }
    assert.equal((await world.send({ password: 'wrong', from: '127.0.0.9' })).status, 401);
  });

  test('EAS-T09 a spray over a thousand people locks nobody out: the device of each still works', async () => {
    const people = Array.from({ length: 12 }, (_, n) => `p${n}@acme.example`);
    for (const person of people) world.mail.passwords.set(person, 'right');
    const keys = new Map<string, number>();
    for (const person of people)
      keys.set(person, await world.provision({ login: person, deviceId: `OF${person.replace('@', '')}` }));
    world.mail.requests.length = 0;
    const spray = async (from: string) => {
      for (let n = 0; n < 1_000; n += 1) {
        const login = n < 300 ? (people[n % people.length] ?? '') : `nobody${n}@acme.example`;
        const abort = AbortSignal.timeout(150);
        // Whoever is delayed goes on with the next.
        await world
          .send({ login, password: `guess${n}`, deviceId: 'SPRAYER000001', from, signal: abort })
          .catch(() => undefined);
        if (n > 60 && n % 20 !== 0) n += 19;
      }
    };
    await spray('127.0.0.66');
    const wrong = new Map<string, number>();
    for (const { headers } of world.mail.requests) {
      const [login = '', word = ''] = Buffer.from((headers['authorization'] ?? '').slice(6), 'base64')
        .toString()
        .split(':');
      if (word.startsWith('guess')) wrong.set(login, (wrong.get(login) ?? 0) + 1);
    }
    for (const [login, times] of wrong) assert.ok(times <= 5, `${login}: ${times} wrong ones were passed on`);
    assert.ok([...wrong.values()].reduce((sum, times) => sum + times, 0) <= 30);
    world.server.advance(6 * 60_000);
    world.mail.respond = (_request, socket) => void socket.write(wbxml('mail'));
    for (const person of people)
      assert.equal(
        saidBy(
          await world.send({
            login: person,
            deviceId: `OF${person.replace('@', '')}`,
            policyKey: keys.get(person) ?? 0,
          }),
        ),
        'mail',
        person,
      );
  });
});

describe('requests that wait', () => {
  test('EAS-T13 the fourth of one device ends the oldest', async () => {
    const request = { deviceId: randomDevice() };
    const key = await world.provision(request);
    const held: Promise<ClientAnswer>[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { answer } = await holdPing({
        ...request,
        policyKey: key,
        from: `127.0.0.${20 + n}`,
      });
      held.push(answer);
    }
    const [oldest, ...others] = held;
    assert.equal((await oldest)?.status, 503);
    const ended = await Promise.race([Promise.all(others), wait(300)]);
    assert.equal(ended, undefined);
    // Their ends, so that nothing is left behind.
    const { id } = await shown(request.deviceId);
    await world.operate('POST', `/mail-devices/${id}/block`, {});
    for (const answer of others) assert.equal(saidBy(await answer), 'Status 129');
  });
});

describe('wipes', () => {
  // Whoever gained power a moment ago may not destroy yet.
  before(() => world.server.advance(25 * 3_600_000));

  const fetchWipe = (version: ProtocolVersion) =>
    Buffer.from(provisionRequest(version, { kind: 'fetch-wipe' }));

  test('EAS-07 a wipe that is ordered here reaches the device with its next request, and ends its mail', async () => {
    const request = { deviceId: 'TOBEWIPED0161', version: '16.1' as ProtocolVersion };
    const key = await world.provision(request);
    const { answer: held } = await holdPing({ ...request, policyKey: key });
    const { id } = await shown(request.deviceId);
    await world.operate('POST', `/mail-devices/${id}/wipe`, { kind: 'account' });
    assert.equal(saidBy(await held), 'Status 140');
    assert.equal(saidBy(await world.send({ ...request, policyKey: key })), 'Status 140');
    // Whoever does not know the password learns nothing of it (Z-Push answers everybody then).
    const stranger = await world.send({
      ...request,
      password: 'wrong',
      command: 'Provision',
      policyKey: 0,
      body: fetchWipe('16.1'),
      from: '127.0.0.31',
    });
    assert.equal(stranger.status, 401);
    const told = await world.send({
      ...request,
      command: 'Provision',
      policyKey: 0,
      body: fetchWipe('16.1'),
    });
    assert.equal(readProvisionAnswer(told.body).wipesAccount, true);
    assert.equal(readProvisionAnswer(told.body).wipesDevice, false);
    const done = await world.send({
      ...request,
      command: 'Provision',
      policyKey: 0,
      body: Buffer.from(provisionRequest('16.1', { kind: 'wiped', scope: 'account', done: true })),
    });
    assert.equal(readProvisionAnswer(done.body).status, 1);
    await until('it is on record', async () =>
      JSON.stringify(await shown(request.deviceId)).includes('"done"'),
    );
    assert.equal(saidBy(await world.send({ ...request, policyKey: key })), 'Status 129');
  });

  test('a client too old to lose its account alone keeps its device, and gets no mail', async () => {
    const request = { deviceId: 'TOBEWIPED0121', version: '12.1' as ProtocolVersion };
    const key = await world.provision(request);
    const { id } = await shown(request.deviceId);
    await world.operate('POST', `/mail-devices/${id}/wipe`, { kind: 'account' });
    await until('shut out', async () => saidBy(await world.send({ ...request, policyKey: key })) === '403');
    const answer = await world.send({
      ...request,
      command: 'Provision',
      policyKey: 0,
      body: fetchWipe('12.1'),
    });
    assert.equal(answer.status, 403);
  });

  test('EAS-T11 WIP-10 a mail server that wants a private device wiped gets its account removed and no more, with an alarm', async () => {
    const reports: string[] = [];
    for (const version of ['16.1', '14.1'] as const) {
      const request = { deviceId: `SERVERWIPE${version.replace('.', '')}`, version };
      const key = await world.provision(request);
      world.mail.respond = (asked, socket) => {
        if (asked.command !== 'Provision') {
          socket.write(wbxml(Buffer.from([3, 1, 0x6a, 0, 0, 7, 0x56, 0x4c, 3, 0x31, 0x34, 0x30, 0, 1, 1])));
          return;
        }
        const step = readProvisionRequest(asked.body);
        if (step.kind === 'wiped') reports.push(`${step.scope} ${step.done}`);
        socket.write(wbxml(Buffer.from(provisionAnswer(version, { status: 1, wipe: 'device' }))));
      };
      const said = saidBy(await world.send({ ...request, policyKey: key }));
      const told = await world.send({
        ...request,
        command: 'Provision',
        policyKey: 0,
        body: fetchWipe(version),
      });
      if (isAtLeast(version, '16.1')) {
        assert.equal(said, 'Status 140');
        const answer = readProvisionAnswer(told.body);
        assert.deepEqual([answer.wipesDevice, answer.wipesAccount], [false, true]);
        await world.send({
          ...request,
          command: 'Provision',
          policyKey: 0,
          body: Buffer.from(provisionRequest(version, { kind: 'wiped', scope: 'account', done: true })),
        });
        await until('the mail server hears of it', () => reports.includes('account true'));
      } else {
        assert.equal(said, 'Status 129');
        assert.notEqual(
          told.body.includes(Buffer.from([0x0c])) && readProvisionAnswer(told.body).wipesDevice,
          true,
        );
      }
    }
    await until('an alarm', async () => {
      const { items } = (await world.operate('GET', '/alerts')) as { items: { kind: string }[] };
      return items.some(({ kind }) => kind === 'mail-server-wipe');
    });
    world.mail.respond = (_asked, socket) => void socket.write(wbxml('mail'));
  });
});

describe('when nothing can be decided', () => {
  test('EAS-T03 while the database is away whoever was let in a moment ago gets his mail, nobody else, and not for long', async () => {
    // So that nothing is known of a request but that there is a grant, as after the first minute.
    shapeLimits.lifeMs = 0;
    const known = { deviceId: 'GRANTED000001' };
    const key = await world.provision(known);
    assert.equal(saidBy(await world.send({ ...known, policyKey: key })), 'mail');
    const strange = { deviceId: 'UNGRANTED0001' };
    await withoutDatabase(world, async () => {
      await wait(1_100);
      assert.equal(saidBy(await world.send({ ...known, policyKey: key })), 'mail');
      const refused = await world.send(strange);
      assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '15']);
      assert.equal((await world.send({ ...known, command: 'Provision', policyKey: 0 })).status, 503);
      world.server.advance(4 * 60_000);
      assert.equal(saidBy(await world.send({ ...known, policyKey: key })), 'mail');
      world.server.advance(7 * 60_000);
      assert.equal((await world.send({ ...known, policyKey: key })).status, 503);
    }).finally(() => {
      shapeLimits.lifeMs = 60_000;
    });
    await until(
      'all is well',
      async () => saidBy(await world.send({ ...known, policyKey: key })) === 'mail',
      15_000,
    );
  });
});
