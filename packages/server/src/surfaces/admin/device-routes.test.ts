import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createPendingDevice, recordReport, registerDevice } from '../../modules/devices/index.ts';
import { evaluateDevice } from '../../modules/compliance/index.ts';
import { openTestAdminSurface, type TestAdminSurface } from './test-surface.ts';

describe('devices, commands and policies over HTTP', () => {
  let surface: TestAdminSurface;
  let admin: string;
  let deviceId: string;
  let userId: string;

  before(async () => {
    surface = await openTestAdminSurface();
    admin = surface.acme.administrators['org-admin'].token;
    const user = await surface.call(admin, 'POST', '/users', { body: { email: 'ann@acme.example' } });
    userId = user.json().id;
    deviceId = await enrolled({
      'passcode.set': true,
      'storage.encrypted': false,
      'integrity.compromised': false,
    });
  });
  after(() => surface[Symbol.asyncDispose]());

  const get = (path: string, token = admin) => surface.call(token, 'GET', path);
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    surface.call(admin, 'POST', path, { body, headers });

  async function enrolled(security: Record<string, unknown>): Promise<string> {
    return surface.db.database.withTenant(surface.acme.id, async (tx) => {
      const made = await createPendingDevice(tx, {
        userId,
        platform: 'linux',
        ownership: 'corporate',
        enrollmentId: null,
        name: 'Laptop',
      });
      await registerDevice(tx, made.deviceId);
      const now = Date.now();
      await recordReport(tx, {
        deviceId: made.deviceId,
        counter: 1,
        bootId: 'b',
        sentAt: now,
        receivedAt: now,
        scans: [
          { scan: 'security', observedAt: now, facts: security },
          {
            scan: 'device-information',
            observedAt: now,
            facts: { 'device.serial-number': 'SN-<script>', 'device.phone-number': '+41 44 1' },
          },
        ],
      });
      await evaluateDevice(surface.deps, tx, made.deviceId, now);
      return made.deviceId;
    });
  }

  test('whoever reads German is refused, and told why not, in German', async () => {
    const german = { headers: { 'accept-language': 'de-CH, en;q=0.5' } };
    const unknown = await surface.call(admin, 'GET', `/devices/${userId}`, german);
    assert.equal(unknown.headers['content-language'], 'de');
    const { title, detail, code } = unknown.json() as Record<string, string>;
    assert.deepEqual([title, detail, code], ['Nicht gefunden', 'Dieses Gerät gibt es nicht.', 'not-found']);
    type Standing = { failureReason: string };
    const device = await surface.call(admin, 'GET', `/devices/${deviceId}`, german);
    assert.match((device.json() as Standing).failureReason, /nicht verschlüsselt/);
    const found = await surface.call(admin, 'GET', '/device-searches', german);
    assert.match(
      (found.json() as { items: Standing[] }).items[0]?.failureReason ?? '',
      /nicht verschlüsselt/,
    );
    const path = `/devices/${deviceId}/available-commands`;
    const auditor = surface.acme.administrators.auditor.token;
    const wipe = async (options = {}) => {
      const { items } = (await surface.call(auditor, 'GET', path, options)).json() as {
        items: { name: string; title: string; message: string | null }[];
      };
      return items.find(({ name }) => name === 'full-wipe');
    };
    assert.equal((await wipe())?.title, 'Reset to factory state');
    const told = await wipe(german);
    assert.equal(told?.title, 'Vollständig löschen');
    assert.match(told?.message ?? '', /^Ihrer Rolle fehlt eine Berechtigung: .*Firmengerät/);
  });

  test('a device is listed, found, shown and changed', async () => {
    const list = await get('/devices?compliant=false&access=deny&limit=1');
    assert.equal(list.statusCode, 200, list.body);
    assert.equal(list.json().items[0].id, deviceId);
    const found = await get('/devices?search=sn-%3Cscr');
    assert.equal(found.json().items[0].serialNumber, 'SN-<SCRIPT>');
    const changed = await surface.call(admin, 'PATCH', `/devices/${deviceId}`, {
      body: { assetNumber: 'A-1' },
    });
    assert.equal(changed.statusCode, 200, changed.body);
    const shown = (await get(`/devices/${deviceId}`)).json();
    assert.deepEqual(
      [shown.assetNumber, shown.user.email, shown.access.network],
      ['A-1', 'ann@acme.example', 'deny'],
    );
    assert.match(shown.failureReason, /not encrypted/);
  });

  test('HTTP-08 what a body does not declare is refused, whatever it would do', async () => {
    for (const field of ['state', 'organizationId', 'compliant', 'platform', 'registeredAt']) {
      const answer = await surface.call(admin, 'PATCH', `/devices/${deviceId}`, {
        body: { name: 'x', [field]: 'registered' },
      });
      assert.equal(answer.statusCode, 400, field);
    }
    const command = await post(`/devices/${deviceId}/commands`, {
      name: 'refresh-device',
      state: 'acknowledged',
    });
    assert.equal(command.statusCode, 400);
  });

  test('HTTP-10 sort and filter take words from a list and nothing else', async () => {
    for (const query of [
      'sort=name;select',
      'sort=password_hash',
      'platform=%27',
      'compliant=maybe',
      'state=*',
      'access=1',
      'search=x',
    ]) {
      assert.equal((await get(`/devices?${query}`)).statusCode, 400, query);
    }
  });

  test('facts are shown with unit, source and class; the explanation is JSON or text', async () => {
    const facts = await get(`/devices/${deviceId}/facts?scan=security`);
    assert.equal(facts.statusCode, 200, facts.body);
    const encrypted = facts.json().facts.find((fact: { name: string }) => fact.name === 'storage.encrypted');
    assert.deepEqual([encrypted.value, encrypted.source, encrypted.privacy], [false, 'agent', 'technical']);

    const explained = await get(`/devices/${deviceId}/explain?gate=network`);
    assert.equal(explained.statusCode, 200, explained.body);
    const body = explained.json();
    assert.equal(body.gates.network.access, 'deny');
    assert.equal(body.gates.network.reasons[0].rule, 'encryption');
    const rule = body.rules.find((each: { rule: string }) => each.rule === 'encryption');
    assert.equal(rule.evidence[0].value, false);
    assert.equal(rule.demands[0].origin.winner.policyName, 'Basic security');

    const text = await get(`/devices/${deviceId}/explain?format=text`);
    assert.equal(text.headers['content-type'], 'text/plain; charset=utf-8');
    assert.match(text.body, /Storage is encrypted: broken/);
    const german = await get(`/devices/${deviceId}/explain?format=text&language=de`);
    assert.equal(german.headers['content-language'], 'de');
    assert.match(german.body, /Der Speicher ist verschlüsselt: verletzt/);
    const wished = await surface.call(admin, 'GET', `/devices/${deviceId}/explain`, {
      headers: { 'accept-language': 'fr, de-AT;q=0.8, en;q=0.5' },
    });
    assert.equal(wished.json().language, 'de');
    assert.match(JSON.stringify(wished.json().rules), /Der Speicher ist nicht verschlüsselt\./);
    const past = await get(`/devices/${deviceId}/explain?at=2020-01-01T00:00:00Z`);
    assert.equal(past.statusCode, 404);
    const changes = await get(`/devices/${deviceId}/posture-changes`);
    assert.equal(changes.json().items[0].access.network, 'deny');
    const history = await get(`/devices/${deviceId}/history`);
    assert.deepEqual(history.json(), { items: [] });
  });

  test('a command is queued once per idempotency key, listed, shown and withdrawn', async () => {
    const send = () =>
      post(
        `/devices/${deviceId}/commands`,
        { name: 'lock-device', params: { pin: '4711' } },
        { 'idempotency-key': 'lock-once-please' },
      );
    const first = await send();
    assert.equal(first.statusCode, 201, first.body);
    const again = await send();
    assert.equal(again.json().id, first.json().id);
    assert.ok(!first.body.includes('4711'));
    const list = await get(`/devices/${deviceId}/commands`);
    assert.equal(list.json().items.length, 1);
    assert.equal((await get(`/commands/${first.json().id}`)).json().state, 'queued');
    const cancelled = await post(`/commands/${first.json().id}/cancel`, { reason: 'a mistake' });
    assert.equal(cancelled.json().state, 'cancelled');
    assert.equal((await post(`/commands/${first.json().id}/cancel`, {})).statusCode, 200, 'again: the same');
  });

  test('ADM-06, ADM-17: a wipe by an account that is new, or of a private device by the help desk, is 403', async () => {
    const young = await post(`/devices/${deviceId}/commands`, { name: 'full-wipe' });
    assert.deepEqual([young.statusCode, young.json().reason], [403, 'empowered-too-recently']);
    await surface.call(admin, 'PATCH', `/devices/${deviceId}`, { body: { ownership: 'personal' } });
    const desk = surface.acme.administrators['help-desk'].token;
    const wipe = await surface.call(desk, 'POST', `/devices/${deviceId}/commands`, {
      body: { name: 'full-wipe' },
    });
    assert.deepEqual([wipe.statusCode, wipe.json().reason], [403, 'personal-device']);
    const own = await surface.call(desk, 'PATCH', `/devices/${deviceId}`, {
      body: { ownership: 'corporate' },
    });
    assert.equal(own.statusCode, 403);
    await surface.call(admin, 'PATCH', `/devices/${deviceId}`, { body: { ownership: 'corporate' } });
  });

  test('ownership comes as CSV and is answered line by line', async () => {
    const answer = await surface.call(admin, 'POST', '/devices/ownership-import', {
      payload: 'identifier,ownership\nSN-<script>,personal\nnobody,personal\n',
      headers: { 'content-type': 'text/csv' },
    });
    assert.equal(answer.statusCode, 200, answer.body);
    const { changed, failed, lines } = answer.json();
    assert.deepEqual([changed, failed, lines[0].deviceId, lines[1].outcome], [1, 1, deviceId, 'not-found']);
  });

  test('ADM-19 OWN-05 many devices get another owner at a call; what would change is said before, and each is answered', async () => {
    const other = await enrolled({ 'passcode.set': true });
    const nobody = '01930000-0000-7000-8000-000000000000';
    const wanted = {
      deviceIds: [deviceId, other, nobody],
      changes: { userId: null, ownership: 'corporate' },
    };
    await surface.call(admin, 'PATCH', `/devices/${other}`, { body: { userId: null } });
    const preview = await post('/devices/changes/preview', wanted);
    assert.equal(preview.statusCode, 200, preview.body);
    const before = await get(`/devices/${deviceId}`);
    assert.equal(before.json().user.id, userId, 'nothing has changed yet');
    const done = await post('/devices/changes', wanted);
    assert.deepEqual(done.json(), preview.json());
    const outcomes = new Map(
      done.json().items.map((item: { deviceId: string; outcome: string }) => [item.deviceId, item.outcome]),
    );
    assert.deepEqual(
      [deviceId, other, nobody].map((id) => outcomes.get(id)),
      ['changed', 'unchanged', 'failed'],
    );
    assert.equal((await get(`/devices/${deviceId}`)).json().user, null);
    const noUser = await post('/devices/changes', { deviceIds: [deviceId], changes: { userId: nobody } });
    assert.equal(noUser.statusCode, 404);
    const desk = surface.acme.administrators['help-desk'].token;
    for (const path of ['/devices/changes', '/devices/changes/preview'])
      assert.equal(
        (await surface.call(desk, 'POST', path, { body: { ...wanted, changes: { ownership: 'personal' } } }))
          .statusCode,
        403,
      );
    const back = { deviceIds: [deviceId], changes: { userId } };
    assert.equal((await post('/devices/changes/preview', back)).json().changed, 1);
    assert.equal((await post('/devices/changes', back)).json().changed, 1);
  });

  test('ADM-19 devices and users of another organization are as if there were none, in lists of many too', async () => {
    const foreign = surface.globex.administrators['org-admin'].token;
    const made = await surface.call(foreign, 'POST', '/users', { body: { email: 'eve@globex.example' } });
    const theirs = { deviceIds: [deviceId], changes: { ownership: 'personal' } };
    const before = (await get(`/devices/${deviceId}`)).json();
    for (const path of ['/devices/changes', '/devices/changes/preview']) {
      const answer = await surface.call(foreign, 'POST', path, { body: theirs });
      assert.deepEqual([answer.statusCode, answer.json().failed, answer.json().changed], [200, 1, 0], path);
      const toThem = await post(path, { deviceIds: [deviceId], changes: { userId: made.json().id } });
      assert.equal(toThem.statusCode, 404, path);
    }
    const excepted = await surface.call(foreign, 'POST', '/compliance-exceptions', {
      body: { deviceIds: [deviceId], rule: 'encryption', reason: 'Not theirs.' },
    });
    assert.deepEqual([excepted.json().failed, excepted.json().changed], [1, 0]);
    const { items } = (await get(`/devices/${deviceId}/exceptions`)).json();
    assert.ok(items.every(({ reason }: { reason: string }) => reason !== 'Not theirs.'));
    const after = (await get(`/devices/${deviceId}`)).json();
    assert.deepEqual([after.ownership, after.user], [before.ownership, before.user]);
    for (const deviceIds of [[], [deviceId, deviceId], ['nothing'], Array(1_001).fill(deviceId)])
      assert.equal(
        (await post('/devices/changes', { deviceIds, changes: { userId: null } })).statusCode,
        400,
      );
    assert.equal((await post('/devices/changes', { deviceIds: [deviceId], changes: {} })).statusCode, 400);
  });

  test('many devices are excepted from a rule at a call, each with its own exception', async () => {
    const others = [await enrolled({}), await enrolled({})];
    const body = { rule: 'encryption', reason: 'Being repaired.' };
    const answer = await post('/compliance-exceptions', {
      ...body,
      deviceIds: [...others, '01930000-0000-7000-8000-000000000000'],
    });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.deepEqual([answer.json().changed, answer.json().failed], [2, 1]);
    for (const id of others) {
      const { items } = (await get(`/devices/${id}/exceptions`)).json();
      assert.deepEqual([items.length, items[0].rule, items[0].reason], [1, body.rule, body.reason]);
    }
    const past = await post('/compliance-exceptions', {
      ...body,
      deviceIds: others,
      expiresAt: '2020-01-01T00:00:00Z',
    });
    assert.equal(past.statusCode, 400);
  });

  test('blocking and unblocking answer with the device as it is then', async () => {
    const blocked = await post(`/devices/${deviceId}/block`, { reason: 'stolen' });
    assert.equal(blocked.statusCode, 200, blocked.body);
    assert.deepEqual([blocked.json().state, blocked.json().access.vpn], ['blocked', 'deny']);
    assert.equal((await post(`/devices/${deviceId}/commands`, { name: 'refresh-device' })).statusCode, 409);
    assert.equal((await post(`/devices/${deviceId}/unblock`, {})).json().state, 'registered');
  });

  test('a policy is made, assigned, seen at the device with its origin, and taken away again', async () => {
    const made = await post('/policies', { name: 'Long', settings: { 'passcode.minimum-length': 14 } });
    assert.equal(made.statusCode, 201, made.body);
    const { id } = made.json();
    const assigned = await post('/assignments', {
      item: { kind: 'policy', id },
      target: { kind: 'user', id: userId },
    });
    assert.equal(assigned.statusCode, 201, assigned.body);
    assert.equal(assigned.json().item.name, 'Long');
    const effective = await get(`/devices/${deviceId}/effective-policy`);
    assert.equal(effective.statusCode, 200, effective.body);
    assert.equal(effective.json().settings['passcode.minimum-length'], 14);
    assert.equal(effective.json().origins['passcode.minimum-length'].winner.path.targetKind, 'user');
    assert.equal(effective.json().schedule.checkInMinutes, 240);
    const changed = await surface.call(admin, 'PATCH', `/policies/${id}`, {
      body: { settings: {}, expectedVersion: 1 },
    });
    assert.equal(changed.json().version, 2);
    assert.equal((await get(`/policies/${id}/versions`)).json().items.length, 2);
    const wrong = await post('/policies', { name: 'Wrong', settings: { 'passcode.history': 51 } });
    assert.equal(wrong.statusCode, 400);
    assert.equal((await surface.call(admin, 'DELETE', `/policies/${id}`)).statusCode, 204);
    const list = await get(`/assignments?itemId=${id}`);
    assert.deepEqual(list.json().items, []);
  });
});
