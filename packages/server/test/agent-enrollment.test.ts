import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { DeviceEnrollment } from '@gatehouse/protocols/agent-enrollment/index.ts';
import { agentPaths } from '@gatehouse/contracts/agent.ts';
import { Agent } from 'undici';
import type { TestFleet } from '../src/modules/devices/test-fleet.ts';
import { newDeviceKey } from '../src/modules/enrollment/test-device.ts';
import { type AgentWorld, openAgentWorld, post } from './agent-world.ts';

describe('a computer enrols', () => {
  let world: AgentWorld;
  let acme: TestFleet;
  before(async () => {
    world = await openAgentWorld();
    acme = await world.newFleet('acme');
  });
  after(() => world.close());

  const standing = async (deviceId: string) =>
    (
      await world.query(
        `select d.state, p.registered, p.access_network, e.state as enrollment, e.server_key is null and e.device_key is null as erased
         from devices d join device_posture p using (organization_id, device_id)
         join enrollments e on e.device_id = d.device_id where d.device_id = $1`,
        [deviceId],
      )
    )[0];

  test('ENR-T09, ENR-19: registered only after the first answered check-in; then the keys of the code are erased', async () => {
    const code = await world.issueCode(acme);
    const computer = await world.enrol(code, newDeviceKey());
    assert.deepEqual(await standing(computer.deviceId), {
      state: 'pending',
      registered: false,
      access_network: 'deny',
      enrollment: 'used',
      erased: false,
    });
    // Asking for commands is no check-in.
    assert.equal((await computer.send('GET', agentPaths.commands)).status, 200);
    assert.equal((await standing(computer.deviceId))?.['state'], 'pending');
    const first = await computer.checkIn();
    assert.equal(first.status, 200, JSON.stringify(first.body));
    assert.deepEqual(await standing(computer.deviceId), {
      state: 'registered',
      registered: true,
      // Nothing is known of it yet, so nothing is open yet (GAP-08).
      access_network: 'quarantine',
      enrollment: 'completed',
      erased: true,
    });
    assert.equal(first.body.posture.network, 'quarantine');
    assert.match(first.body.policy.version, /^[\w-]{16}$/);
    assert.equal(first.body.policy.settings['passcode.required'], true);
    assert.equal(first.body.schedule.checkInMinutes, 240);
    assert.equal(first.body.nextCheckInSeconds, 14_400);
    assert.equal(first.body.counter, 1);
    const again = await computer.checkIn({ acknowledgedPolicyVersion: first.body.policy.version });
    assert.equal(again.body.policy, undefined);
    assert.equal(again.body.schedule, undefined);
    const registered = await world.query(
      `select 1 from audit_entries where content->>'action' = 'devices.register' and content#>>'{target,id}' = $1`,
      [computer.deviceId],
    );
    assert.equal(registered.length, 1);
  });

  test('ENR-T03 a device that meets another server stops before it says anything of itself', async () => {
    const code = await world.issueCode(acme);
    const other = await world.newFleet('rogue');
    const handshake = new DeviceEnrollment({ url: code.url, codeText: code.oneTimePassword, randomBytes });
    // The rogue knows the protocol and has codes of its own, but not this one.
    const own = await world.issueCode(other);
    const rogue = new DeviceEnrollment({ url: own.url, codeText: own.oneTimePassword, randomBytes });
    const agent = new Agent({ connect: { ca: world.tls.anchors.map(pem) } });
    const offer = await post(
      agent,
      new URL('/agent/v1/enroll/rogue/begin', world.publicUrl),
      'POST',
      undefined,
      {
        raw: rogue.beginMessage(),
      },
    );
    await agent.close();
    assert.equal(offer.status, 200);
    assert.throws(() => handshake.acceptOffer(Buffer.from(JSON.stringify(offer.body))), {
      reason: 'server-not-genuine',
    });
  });

  test('ENR-T02 unknown organization, unknown code and closed code get one and the same answer', async () => {
    const agent = new Agent({ connect: { ca: world.tls.anchors.map(pem) } });
    const handshake = async (url: string, code: { oneTimePassword: string }) => {
      const side = new DeviceEnrollment({ url, codeText: code.oneTimePassword, randomBytes });
      return post(agent, new URL(`${url}/begin`), 'POST', undefined, { raw: side.beginMessage() });
    };
    const used = await world.issueCode(acme);
    const computer = await world.enrol(used, newDeviceKey());
    await computer.checkIn();
    const open = await world.issueCode(acme);
    const answers = [
      await handshake(used.url, used),
      await handshake(open.url.replace('acme', 'rogue'), open),
      await handshake(open.url.replace('acme', 'nowhere'), open),
    ];
    for (const answer of answers) {
      assert.equal(answer.status, 404);
      assert.deepEqual(answer.body, answers[0]?.body);
      assert.equal(answer.body.error.code, 'enrollment-refused');
    }
    await agent.close();
  });

  test('messages that are none are refused, and so is every other kind of body', async () => {
    const agent = new Agent({ connect: { ca: world.tls.anchors.map(pem) } });
    const send = (raw: string | Uint8Array, type = 'application/json', step = 'begin') =>
      post(agent, new URL(`/agent/v1/enroll/acme/${step}`, world.publicUrl), 'POST', undefined, {
        raw: Buffer.from(raw),
        headers: { 'content-type': type },
      });
    for (const step of ['begin', 'complete']) {
      for (const body of [
        '',
        '{}',
        'null',
        '[]',
        '{"v":1}',
        '{"v":2,"loc":"","nd":""}',
        '{"__proto__":1}',
        '\u0000',
      ]) {
        const answer = await send(body, 'application/json', step);
        assert.equal(answer.status, 400, `${step} ${body}`);
        assert.equal(typeof answer.body.error.message, 'string');
      }
      assert.equal((await send(Buffer.alloc(256 * 1024 + 1, 0x20), 'application/json', step)).status, 413);
      assert.equal((await send('{}', 'text/plain', step)).status, 415);
      assert.equal((await send('{}', 'application/json; charset=utf-7', step)).status, 415);
    }
    await agent.close();
  });

  test('ENR-T07 the code appears in no log line and no audit entry', async () => {
    const code = await world.issueCode(acme);
    await world.enrol(code, newDeviceKey());
    const canaries = [code.oneTimePassword, code.oneTimePassword.replaceAll('-', '')];
    assert.ok(world.logged.length > 0);
    const record = await world.query<{ text: string }>(
      'select content::text as text from audit_entries union all select value from audit_values union all select payload::text from events',
    );
    for (const text of [...world.logged, ...record.map((row) => row.text)]) {
      for (const canary of canaries) assert.equal(text.includes(canary), false);
    }
  });

  test('the enrolment surface answers on the main listener only, and the device routes only on the other', async () => {
    const agent = new Agent({ connect: { ca: world.tls.anchors.map(pem) } });
    const at = async (base: URL, path: string) => (await post(agent, new URL(path, base), 'POST', {})).status;
    assert.equal(await at(world.deviceUrl, '/agent/v1/enroll/acme/begin'), 404);
    assert.equal(await at(world.publicUrl, agentPaths.checkIn), 404);
    await agent.close();
  });
});

function pem(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
}
