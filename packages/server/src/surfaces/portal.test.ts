import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ownActions } from '@gatehouse/core/portal/own-actions.ts';
import type { AdminRoute } from '../kernel/http/route.ts';
import { newId } from '../kernel/ids.ts';
import { takeCommands } from '../modules/commands/index.ts';
import { tellOfDeedJob } from '../modules/portal/tell-of-deed.ts';
import { compileSchemas } from './admin/test-schemas.ts';
import { goodPassword, publicUrl } from './admin/test-surface.ts';
import { type Browser, openTestPortal, type TestPortal } from './portal/test-portal.ts';

const minutes = 60_000;

describe('the portal', () => {
  let portal: TestPortal;
  let ann: { id: string; email: string };
  let bob: { id: string; email: string };
  let eve: { id: string; email: string };
  let laptop: string;
  let bobs: string;
  let foreign: string;

  before(async () => {
    portal = await openTestPortal();
    const { globex } = portal.surface;
    ann = await portal.user('ann');
    bob = await portal.user('bob');
    eve = await portal.user('eve', globex);
    laptop = await portal.device(ann.id);
    bobs = await portal.device(bob.id);
    foreign = await portal.device(eve.id, { organization: globex });
  });
  after(() => portal[Symbol.asyncDispose]());

  const admin = (method: string, path: string, body?: object) =>
    portal.surface.call(
      portal.surface.acme.administrators['org-admin'].token,
      method,
      path,
      body === undefined ? {} : { body },
    );
  const signedIn = (person = ann): Promise<Browser> => portal.browser().signIn(person.email);
  const order = (browser: Browser, deviceId: string, action: string, body: object = {}) =>
    browser.call('POST', `/devices/${deviceId}/actions/${action}`, body);
  const prove = (browser: Browser) => browser.call('POST', '/session/proof', { password: goodPassword });
  const forget = () => portal.surface.advance(6 * minutes);
  const rows = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> => {
    const superuser = await portal.surface.db.superuser();
    try {
      return (await superuser.query(text, values)).rows as Row[];
    } finally {
      await superuser.end();
    }
  };
  const settings = (body: object) => admin('PATCH', '/organization/settings', { portal: body });

  test('what every route of the portal takes and answers can be checked and written', () => {
    compileSchemas(portal.routes);
  });

  test('POR-01 every route refuses nobody, administrators, and all things of another user or another organization', async () => {
    const hers = await signedIn();
    const others = await signedIn(bob);
    const bobsSession = (await others.get('/me/sessions')).json().items[0].id as string;
    await order(others, bobs, 'refresh');
    const bobsOrder = (await others.get('/history')).json().items[0].id as string;
    const things = (deviceId: string): Record<string, string> => ({
      deviceId,
      orderId: bobsOrder,
      sessionId: bobsSession,
    });
    const path = (route: AdminRoute, ids: Record<string, string>, action = 'refresh') =>
      route.path.replaceAll(/:(\w+)/g, (_all, name: string) => ids[name] ?? action);
    const body = (route: AdminRoute) => (route.body === undefined ? undefined : (route.example ?? {}));
    const { token } = portal.surface.acme.administrators['org-admin'];
    for (const route of portal.routes) {
      assert.ok('user' in route.access || route.operation === 'signInToPortal', route.operation);
      if ('public' in route.access) continue;
      const nobody = portal.browser();
      const at = path(route, things(laptop));
      assert.equal((await nobody.call(route.method, at, body(route))).statusCode, 401, route.operation);
      nobody.cookies.set('__Host-gh_session', [...hers.cookies.values()][0] ?? '');
      assert.equal((await nobody.call(route.method, at, body(route))).statusCode, 401, route.operation);
      const asAdmin = await nobody.call(route.method, at, body(route), { authorization: `Bearer ${token}` });
      assert.equal(asAdmin.statusCode, 401, route.operation);
      if (!route.path.includes(':')) continue;
      for (const deviceId of [bobs, foreign, newId()]) {
        for (const action of route.path.includes(':action') ? ownActions : ['']) {
          const answer = await hers.call(route.method, path(route, things(deviceId), action), body(route));
          assert.equal(answer.statusCode, 404, `${route.operation} ${action}`);
        }
      }
    }
    assert.equal((await hers.get(`/history?deviceId=${bobs}`)).statusCode, 404);
    assert.equal((await others.get('/me')).statusCode, 200, 'nobody has ended it');
    const inAdmin = await portal.surface.server.inject({
      url: '/api/v1/me',
      headers: { cookie: `__Host-gh_session=${hers.cookies.get('__Host-gh_my')}` },
    });
    assert.equal(inAdmin.statusCode, 401, 'a user is no administrator');
  });

  test('POR-01 a person sees the own devices and no others, and a device that was given away is gone at once', async () => {
    const hers = await signedIn();
    const own = (await hers.get('/devices')).json().items as { id: string }[];
    assert.deepEqual(
      own.map(({ id }) => id),
      [laptop],
    );
    const given = await portal.device(ann.id);
    assert.equal((await hers.get(`/devices/${given}`)).statusCode, 200);
    await admin('PATCH', `/devices/${given}`, { userId: bob.id });
    assert.equal((await hers.get(`/devices/${given}`)).statusCode, 404);
    assert.equal((await order(hers, given, 'lock')).statusCode, 404);
  });

  test('POR-03 of a device that changed hands the new user sees nothing that was before', async () => {
    const phone = await portal.device(ann.id);
    const hers = await signedIn();
    await order(hers, phone, 'refresh');
    await admin('POST', `/devices/${phone}/commands`, { name: 'lock-device', reason: 'lent to a guest' });
    const held = async (browser: Browser) =>
      (await browser.get('/ledger')).json().devices.find((each: { id: string }) => each.id === phone) as {
        areas: unknown[];
      };
    assert.ok((await held(hers)).areas.length > 0);
    await admin('PATCH', `/devices/${phone}`, { userId: bob.id });
    const his = await signedIn(bob);
    assert.deepEqual((await held(his)).areas, []);
    const history = (await his.get(`/history?deviceId=${phone}`)).json().items;
    assert.deepEqual(history, []);
    const deeds = (await his.get('/ledger/deeds')).json().items as {
      device: { id: string } | null;
      text: string;
    }[];
    assert.deepEqual(
      deeds.filter(({ device }) => device?.id === phone).map(({ text }) => text),
      ['changed the device’s name, asset number or owner'],
    );
    const file = JSON.parse((await his.get('/ledger/file')).body);
    const inFile = file.ledger.devices.find(({ id }: { id: string }) => id === phone);
    assert.deepEqual(inFile.areas, []);
    assert.ok(file.history.every(({ deviceId }: { deviceId: string }) => deviceId !== phone));
  });

  test('POR-02 what destroys, opens or tracks takes the password of the last five minutes, in a session with a new reference', async () => {
    const hers = await signedIn();
    forget();
    await hers.get('/session');
    for (const action of [
      'erase',
      'remove-company-data',
      'reset-passcode',
      'locate',
      'mark-lost',
      'mark-found',
    ]) {
      const refused = await order(hers, laptop, action, action === 'mark-lost' ? { message: 'Call me' } : {});
      assert.deepEqual([refused.statusCode, refused.json().reason], [403, 'password-needed'], action);
    }
    assert.equal(
      (await hers.call('POST', '/enrollments', { platform: 'linux' })).json().reason,
      'password-needed',
    );
    const before_ = hers.cookies.get('__Host-gh_my') ?? '';
    const wrong = await hers.call('POST', '/session/proof', { password: 'not this one' });
    assert.deepEqual([wrong.statusCode, wrong.json().reason], [400, 'wrong-password']);
    assert.equal((await prove(hers)).statusCode, 200);
    assert.notEqual(hers.cookies.get('__Host-gh_my'), before_);
    const old = portal.browser();
    old.cookies.set('__Host-gh_my', before_);
    assert.equal((await old.get('/me')).statusCode, 401);
    assert.equal((await hers.call('POST', '/enrollments', { platform: 'linux' })).statusCode, 201);
    for (let tries = 0; tries < 5; tries += 1) await hers.call('POST', '/session/proof', { password: 'no' });
    assert.equal((await hers.call('POST', '/session/proof', { password: 'no' })).statusCode, 429);
    portal.surface.advance(10 * minutes);
  });

  test('POR-02 one device a day, the person is written to, and the device gets the order', async () => {
    const carl = await portal.user('carl');
    const [one, two] = [await portal.device(carl.id), await portal.device(carl.id)];
    const his = await portal.browser().signIn(carl.email);
    const wipe = await order(his, one, 'remove-company-data');
    assert.equal(wipe.statusCode, 200, wipe.body);
    assert.equal(wipe.json().outcome, 'sent');
    const both = await Promise.all([order(his, two, 'erase'), order(his, two, 'remove-company-data')]);
    for (const refused of both)
      assert.deepEqual([refused.statusCode, refused.json().reason], [429, 'one-device-a-day']);
    assert.equal((await order(his, two, 'lock')).statusCode, 200, 'what destroys nothing is not counted');
    const again = await order(his, one, 'remove-company-data');
    assert.deepEqual(again.json(), { outcome: 'waiting-already', commandId: wipe.json().commandId });
    const [job] = await rows<{ payload: unknown; organization_id: string }>(
      `select payload, organization_id from jobs where kind = 'tell-of-own-deed' and payload ->> 'userId' = $1`,
      [carl.id],
    );
    const definition = tellOfDeedJob(portal.deps);
    await definition.outside?.(job?.organization_id ?? '', definition.parse(job?.payload));
    const letter = portal.letters.at(-1);
    assert.equal(letter?.to.address, carl.email);
    assert.match(letter?.text ?? '', /remove the company data from “Laptop”/);
    const taken = await portal.surface.db.database.withTenant(portal.surface.acme.id, (tx) =>
      takeCommands(portal.surface.deps, tx, one),
    );
    assert.deepEqual(
      taken.map(({ name }) => name),
      ['selective-wipe'],
    );
    const audited = await rows<{ via: string; outcome: string }>(
      `select content ->> 'via' as via, content ->> 'outcome' as outcome from audit_entries
       where content -> 'actor' ->> 'id' = $1 and content ->> 'action' in ('devices.selective-wipe', 'devices.full-wipe')
       order by entry_id`,
      [carl.id],
    );
    assert.deepEqual(audited[0], { via: 'portal', outcome: 'done' });
    assert.deepEqual(audited.at(-1), { via: 'portal', outcome: 'refused' });
  });

  test('an order of a person is not handed over once the device is another’s, or the organization allows it no more', async () => {
    const dora = await portal.user('dora');
    const phone = await portal.device(dora.id);
    const hers = await portal.browser().signIn(dora.email);
    assert.equal((await order(hers, phone, 'erase')).json().outcome, 'sent');
    await settings({ actions: { erase: [] } });
    const taken = await portal.surface.db.database.withTenant(portal.surface.acme.id, (tx) =>
      takeCommands(portal.surface.deps, tx, phone),
    );
    assert.deepEqual(taken, []);
    const [latest] = (await hers.get(`/history?deviceId=${phone}`)).json().items as { state: string }[];
    assert.equal(latest?.state, 'cancelled');
    await settings({});
  });

  test('POR-04 no route takes ownership or anything else of a device, and what ownership forbids stays forbidden', async () => {
    const own = await portal.device(ann.id, { ownership: 'personal' });
    const hers = await signedIn();
    for (const [method, path] of [
      ['PATCH', `/devices/${own}`],
      ['PUT', `/devices/${own}`],
      ['POST', `/devices/${own}`],
      ['PUT', `/devices/${own}/ownership`],
    ] as const) {
      assert.equal((await hers.call(method, path, { ownership: 'corporate' })).statusCode, 404, path);
    }
    const smuggled = await order(hers, own, 'lock', { ownership: 'corporate' });
    assert.equal(smuggled.statusCode, 400);
    const enrolled = await hers.call('POST', '/enrollments', { platform: 'linux', ownership: 'corporate' });
    assert.equal(enrolled.statusCode, 400);
    const erase = await order(hers, own, 'erase');
    assert.deepEqual([erase.statusCode, erase.json().reason], [403, 'not-allowed-here']);
    await settings({ actions: { erase: ['personal'] } });
    assert.equal((await order(hers, own, 'erase')).json().outcome, 'sent');
    await settings({});
    const { items } = (await admin('GET', '/enrollments?state=open')).json() as {
      items: { ownership: string }[];
    };
    assert.ok(items.every(({ ownership }) => ownership === 'unspecified'));
  });

  test('lock twice is one command; a held order says so', async () => {
    const fred = await portal.user('fred');
    const phone = await portal.device(fred.id);
    const his = await portal.browser().signIn(fred.email);
    const [first, second] = await Promise.all([order(his, phone, 'lock'), order(his, phone, 'lock')]);
    assert.deepEqual([first.json().outcome, second.json().outcome].toSorted(), ['sent', 'waiting-already']);
    assert.equal(first.json().commandId, second.json().commandId);
    await rows(
      `insert into destructive_spending (organization_id, command_id, actor, created_at)
       select $1, gen_random_uuid(), 'somebody', $2 from generate_series(1, 5)`,
      [portal.surface.acme.id, new Date(portal.surface.deps.clock.now())],
    );
    const held = await order(his, phone, 'erase');
    assert.deepEqual(held.json(), { outcome: 'held', commandId: null });
    const { items } = (await admin('GET', '/approvals')).json() as { items: { requestedBy: string }[] };
    assert.ok(items.some(({ requestedBy }) => requestedBy === `user:${fred.id}`));
    portal.surface.advance(61 * minutes);
  });

  test('ADM-02 ADM-03 sessions: a fresh reference at sign-in, an end after idleness and half a day, no request from elsewhere', async () => {
    const hers = await signedIn();
    const first = hers.cookies.get('__Host-gh_my') ?? '';
    assert.match(first, /^gth_mys_[0-9a-z]{10}_[\w-]{43}_\w{6}$/);
    await hers.signIn(ann.email);
    const old = portal.browser();
    old.cookies.set('__Host-gh_my', first);
    assert.equal((await old.get('/me')).statusCode, 401, 'signing in again ended it');
    for (const headers of [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { 'gatehouse-csrf': 'x' },
    ]) {
      const refused = await hers.call('POST', `/devices/${laptop}/actions/lock`, {}, headers as never);
      assert.equal(refused.statusCode, 403, JSON.stringify(headers));
    }
    const elsewhere = await hers.call(
      'POST',
      '/session',
      { organization: 'acme', name: ann.email, password: goodPassword },
      { origin: 'https://evil.example' },
    );
    assert.equal(elsewhere.statusCode, 403, 'nobody is signed in by another page');
    portal.surface.advance(29 * minutes);
    assert.equal((await hers.get('/me')).statusCode, 200);
    portal.surface.advance(29 * minutes);
    assert.equal((await hers.get('/me')).statusCode, 200);
    portal.surface.advance(20 * minutes);
    assert.equal((await hers.get('/devices')).statusCode, 200);
    portal.surface.advance(11 * minutes);
    assert.equal((await hers.get('/me')).statusCode, 401, 'a page that reads by itself keeps no session');
    const long = await signedIn();
    for (let quarter = 0; quarter < 47; quarter += 1) {
      portal.surface.advance(15 * minutes);
      assert.equal((await long.get('/me')).statusCode, 200);
    }
    portal.surface.advance(16 * minutes);
    assert.equal((await long.get('/me')).statusCode, 401, 'twelve hours');
    const [stored] = await rows<{ count: number }>(
      `select count(*)::int from user_sessions where secret_hash = $1::bytea`,
      [Buffer.from(first)],
    );
    assert.equal(stored?.count, 0);
  });

  test('a wrong password, an unknown user and an unknown organization read alike; guessing is slowed', async () => {
    const texts = new Set<string>();
    for (const [organization, name] of [
      ['acme', ann.email],
      ['acme', 'nobody@acme.example'],
      ['nowhere', ann.email],
      ['globex', ann.email],
    ]) {
      const answer = await portal
        .browser()
        .call('POST', '/session', { organization, name, password: 'wrong' });
      assert.equal(answer.statusCode, 401);
      const { requestId: _, ...rest } = answer.json();
      texts.add(JSON.stringify(rest));
    }
    assert.equal(texts.size, 1);
    const besieged = await portal.user('besieged');
    let slowed = 0;
    for (let tries = 0; tries < 8; tries += 1) {
      const answer = await portal
        .browser()
        .call('POST', '/session', { organization: 'acme', name: besieged.email, password: 'guess' });
      if (answer.statusCode === 429) slowed += 1;
    }
    assert.ok(slowed > 0);
    portal.surface.advance(60 * minutes);
    const unnamed = await portal.browser().call('POST', '/session', { name: 'ann', password: 'x' });
    assert.equal(unnamed.json().reason, 'organization-required');
  });

  test('another password ends the other sessions, and so does its removal, or the end of the account', async () => {
    const gina = await portal.user('gina');
    const [here, there] = [await signedIn(gina), await signedIn(gina)];
    const weak = await here.call('PUT', '/me/password', { current: goodPassword, password: 'short' });
    assert.equal(weak.statusCode, 400);
    const next = 'tumbril quaver ocelot plinth';
    const changed = await here.call('PUT', '/me/password', { current: goodPassword, password: next });
    assert.equal(changed.statusCode, 204, changed.body);
    assert.equal((await here.get('/me')).statusCode, 200);
    assert.equal((await there.get('/me')).statusCode, 401);
    await assert.rejects(portal.browser().signIn(gina.email));
    await portal.browser().signIn(gina.email, next);
    assert.equal((await here.get('/me/sessions')).json().items.length, 2);
    await admin('PATCH', `/users/${gina.id}`, { state: 'disabled' });
    assert.equal((await here.get('/me')).statusCode, 401);
    await admin('PATCH', `/users/${gina.id}`, { state: 'active' });
    await admin('DELETE', `/users/${gina.id}/password`);
    assert.equal((await here.get('/me')).statusCode, 401);
  });

  test('SCN-09 UXP-03 a device says in the person’s language what is wrong and what mends it, by no rule’s name', async () => {
    const hans = await portal.user('hans');
    const device = await portal.device(hans.id, { facts: { 'storage.encrypted': false } });
    const his = await signedIn(hans);
    const german = (await his.get(`/devices/${device}?language=de`)).json();
    assert.equal(german.standing, 'bad');
    assert.match(german.problems[0].says, /verschlüsselt/);
    assert.ok(german.problems[0].mends.length > 10);
    assert.deepEqual(german.problems[0].kind, 'encryption');
    assert.ok(german.problems[0].gates.includes('network'));
    const english = (await his.get(`/devices/${device}`)).json();
    assert.match(english.problems[0].says, /encrypted/);
    const { details, helpCode, actions } = english;
    assert.deepEqual(
      [details.passcodeSet, details.encrypted, details.managed, details.wipeSupported, details.carrier],
      [true, false, true, true, null],
    );
    assert.ok(device.startsWith(helpCode));
    const why = Object.fromEntries(
      actions.map(({ action, because }: { action: string; because: string }) => [action, because]),
    );
    assert.deepEqual([why['lock'], why['sound'], why['mark-found']], [null, 'not-now', 'not-now']);
    const me = (await his.get('/me')).json();
    assert.deepEqual(
      [me.displayName, me.userName, me.domain, me.organization.slug, me.mayEnrol],
      ['hans', 'hans', 'acme.example', 'acme', ['linux', 'macos']],
    );
    assert.deepEqual(await his.get('/me/terms').then((answer) => answer.json()), { items: [] });
  });

  test('MON-07 the history says who did what, whoever it was', async () => {
    const ida = await portal.user('ida');
    const device = await portal.device(ida.id);
    const hers = await signedIn(ida);
    await order(hers, device, 'refresh');
    await admin('POST', `/devices/${device}/commands`, { name: 'lock-device', reason: 'a lost phone' });
    const page = (await hers.get('/history?limit=1&language=de')).json();
    assert.deepEqual(
      [page.items[0].by, page.items[0].text],
      ['administrator', 'hat den Bildschirm gesperrt'],
    );
    const next = (await hers.get(`/history?limit=1&language=de&cursor=${page.nextCursor}`)).json();
    assert.deepEqual([next.items[0].by, next.items[0].state], ['you', 'queued']);
    assert.equal(
      (await (await signedIn()).get(`/history?limit=1&cursor=${page.nextCursor}`)).statusCode,
      400,
    );
  });

  test('the ledger holds every fact with its source, and shows a look of an administrator at once', async () => {
    const jan = await portal.user('jan');
    const device = await portal.device(jan.id, { ownership: 'corporate' });
    const priv = await portal.device(jan.id, { ownership: 'personal' });
    const his = await signedIn(jan);
    const ledger = (await his.get('/ledger?language=de')).json();
    const of = (id: string) => ledger.devices.find((each: { id: string }) => each.id === id);
    const facts = of(device).areas.flatMap((area: { facts: object[] }) => area.facts) as {
      text: string;
      value: unknown;
      source: string;
      neededFor: string[];
    }[];
    const phone = facts.find(({ text }) => text === 'Telefonnummer');
    assert.deepEqual([phone?.value, phone?.source], ['+41 44 668 18 00', 'agent']);
    assert.deepEqual(facts.find(({ text }) => text.includes('Speicher verschlüsselt'))?.neededFor.length, 1);
    assert.ok(!JSON.stringify(of(priv).areas).includes('668'), 'never stored of a private device');
    const off = of(priv).notCollected.map(
      ({ text, because }: { text: string; because: string }) => `${text} ${because}`,
    );
    assert.ok(off.includes('Telefonnummer private-device'));
    await admin('GET', `/devices/${device}/facts`);
    // In the very next answer: nothing is written later, nothing kept for a while.
    const [deed] = (await his.get('/ledger/deeds')).json().items;
    assert.deepEqual(
      [deed.kind, deed.who, deed.device.id],
      ['look', 'A program of the organization', device],
    );
    assert.match(deed.text, /looked at: .*Telephone number/);
    const signedInAdmin = await portal.surface.server.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload: { organization: 'acme', email: 'help-desk@acme.example', password: goodPassword },
    });
    const cookie = [signedInAdmin.headers['set-cookie'] ?? []].flat()[0]?.split(';')[0] ?? '';
    await admin('PATCH', '/organization/settings', { secondFactorRequired: false });
    for (let times = 0; times < 3; times += 1)
      await portal.surface.server.inject({ url: `/api/v1/devices/${device}`, headers: { cookie } });
    const looks = (await his.get('/ledger/deeds?language=de')).json().items as {
      text: string;
      who: string;
    }[];
    assert.deepEqual(
      looks.filter(({ text }) => text.includes('Seite')).map(({ who }) => who),
      ['Die Benutzerbetreuung'],
    );
    const file = await his.get('/ledger/file');
    assert.match(String(file.headers['content-disposition']), /attachment; filename="my-data.json"/);
    const whole = JSON.parse(file.body);
    assert.equal(whole.details.email, jan.email);
    assert.ok(whole.deeds.length > 0 && whole.ledger.devices.length === 2);
  });

  test('enrolling a further device makes a code for oneself, if the organization lets people', async () => {
    const kim = await portal.user('kim');
    const hers = await signedIn(kim);
    const issued = await hers.call('POST', '/enrollments', { platform: 'linux' });
    assert.equal(issued.statusCode, 201, issued.body);
    assert.ok(issued.json().page.startsWith(publicUrl.href));
    const [row] = await rows<{ user_id: string; ownership: string; created_by: string }>(
      'select user_id, ownership, created_by from enrollments where enrollment_id = $1',
      [issued.json().id],
    );
    assert.deepEqual(row, { user_id: kim.id, ownership: 'unspecified', created_by: `user:${kim.id}` });
    await settings({ enrol: false });
    assert.equal(
      (await hers.call('POST', '/enrollments', { platform: 'linux' })).json().reason,
      'not-allowed-here',
    );
    assert.deepEqual((await hers.get('/me')).json().mayEnrol, []);
    await settings({});
  });

  test('POR-02 the next day it may be another device', async () => {
    const lea = await portal.user('lea');
    const [one, two] = [await portal.device(lea.id), await portal.device(lea.id)];
    const hers = await signedIn(lea);
    assert.equal((await order(hers, one, 'remove-company-data')).json().outcome, 'sent');
    assert.equal((await order(hers, two, 'remove-company-data')).statusCode, 429);
    portal.surface.advance(25 * 60 * minutes);
    const nextDay = await signedIn(lea);
    assert.equal((await order(nextDay, two, 'remove-company-data')).json().outcome, 'sent');
  });
});
