import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { verifyAttached } from '@gatehouse/protocols/cms/index.ts';
import { type PlistDictionary, readPlist } from '@gatehouse/protocols/plist/index.ts';
import { enrollmentTasks, finishEnrollment } from '../modules/enrollment/index.ts';
import {
  openTestPage,
  publicUrl,
  type Shown,
  type TestPage,
  topic,
  type Visitor,
} from './enroll/test-page.ts';

const goodPassword = 'plinth ocelot quaver tumbril';

describe('the enrolment page', () => {
  let page: TestPage;
  before(async () => {
    page = await openTestPage();
  });
  after(() => page[Symbol.asyncDispose]());

  const admin = () => page.surface.acme.administrators['org-admin'].token;
  const call = (method: string, path: string, body?: unknown) =>
    page.surface.call(admin(), method, path, body === undefined ? {} : { body });

  const profileOf = (shown: Shown): PlistDictionary => {
    assert.equal(shown.headers['content-type'], 'application/x-apple-aspen-config');
    return readPlist(verifyAttached(shown.raw).content) as PlistDictionary;
  };
  const payload = (profile: PlistDictionary, type: string): PlistDictionary => {
    const found = (profile['PayloadContent'] as PlistDictionary[]).find(
      (each) => each['PayloadType'] === type,
    );
    assert.ok(found, type);
    return found;
  };
  const challengeOf = (profile: PlistDictionary) =>
    String((payload(profile, 'com.apple.security.scep')['PayloadContent'] as PlistDictionary)['Challenge']);

  async function arriveAtProfile(): Promise<{ visitor: Visitor; id: string; userId: string }> {
    const issued = await page.issue();
    const visitor = page.visitor();
    assert.equal((await visitor.enterCode(issued.oneTimePassword)).title, 'Get the profile');
    return { visitor, ...issued };
  }

  test('ENR-07 NAC-43 a phone: one-time password, profile, certificate asked for, device registered, and the page says so', async () => {
    const { visitor, id, userId } = await arriveAtProfile();
    const profile = profileOf(await visitor.send('/profile'));
    const mdm = payload(profile, 'com.apple.mdm');
    assert.equal(mdm['Topic'], topic);
    const [device] = await page.rows<{ device_id: string; state: string; user_id: string; platform: string }>(
      'select device_id, state, user_id, platform from devices where enrollment_id = $1',
      [id],
    );
    assert.deepEqual(
      { ...device, device_id: undefined },
      { device_id: undefined, state: 'pending', user_id: userId, platform: 'ios' },
    );
    const scep = payload(profile, 'com.apple.security.scep')['PayloadContent'] as PlistDictionary;
    assert.deepEqual(scep['Subject'], [[['O', 'acme inc']], [['CN', device?.device_id]]]);
    assert.equal((await visitor.open()).title, 'Install the profile');
    const status = async () => JSON.parse((await visitor.request('GET', '/status')).body) as { step: string };
    assert.deepEqual(await status(), { step: 'install', mark: 'install' });
    assert.match((await visitor.open()).body, /data-until="\d{4}-/, 'the eight minutes are counted');
    await page.deps.database.withTenant(page.surface.acme.id, (tx) =>
      finishEnrollment(tx, page.deps, device?.device_id ?? ''),
    );
    const deny = { step: 'progress', mark: 'progress 0/1 deny 0' };
    assert.deepEqual(await status(), deny);
    const early = await visitor.open();
    assert.equal(early.title, 'Almost done');
    assert.doesNotMatch(early.body, /action="[^"]*\/continue"/, 'not offered before it works');
    const refused = await visitor.request('POST', '/continue', [['form', visitor.token]]);
    assert.equal(refused.status, 409);
    assert.equal(page.continued.length, 0);
    await page.rows(
      `update device_posture set access_network = 'allow', policy_version = 'p1' where device_id = $1`,
      [device?.device_id],
    );
    assert.equal((await status()).step, 'progress', 'let in, but its settings are still on the way');
    await page.rows(`update device_contacts set acknowledged_policy_version = 'p1' where device_id = $1`, [
      device?.device_id,
    ]);
    assert.equal((await status()).step, 'done');
    assert.equal((await visitor.open()).title, 'Your device is enrolled');
    assert.match((await visitor.send('/continue')).body, /The network has been told/);
    assert.deepEqual(page.continued, [device?.device_id]);
    const enrollment = (await call('GET', `/enrollments/${id}`)).json() as {
      state: string;
      deviceId: string;
    };
    assert.deepEqual(
      { state: enrollment.state, deviceId: enrollment.deviceId },
      { state: 'completed', deviceId: device?.device_id },
    );
  });

  test('ENR-21 whoever is about to enrol is told to set a passcode first', async () => {
    const { visitor } = await arriveAtProfile();
    const { body } = await visitor.open();
    assert.match(body, /<h2>Before you begin<\/h2>\s*<ul><li>Set a passcode on the device, if it has none/);
  });

  test('APL-03 a profile is fetched once, in ten minutes, by the browser that asked; the second GET is 410', async () => {
    const { visitor } = await arriveAtProfile();
    assert.equal((await visitor.request('GET', '/profile')).status, 410, 'nothing was asked for');
    const first = await visitor.send('/profile');
    assert.equal(first.status, 200);
    assert.equal(first.headers['cache-control'], 'no-store');
    assert.match(
      String(first.headers['content-disposition']),
      /^attachment; filename="enrollment\.mobileconfig"$/,
    );
    const second = await visitor.request('GET', '/profile');
    assert.equal(second.status, 410);
    assert.match(second.problem ?? '', /each one works once/);
    const offered = await visitor.request('POST', '/profile', [['form', visitor.token]]);
    assert.equal(offered.status, 303);
    const stranger = page.visitor();
    await stranger.open();
    assert.equal(
      (await stranger.request('GET', '/profile')).status,
      410,
      'the address alone is worth nothing',
    );
    page.surface.advance(600_001);
    assert.equal((await visitor.request('GET', '/profile')).status, 410, 'ten minutes have passed');
    page.surface.advance(-600_001);
    const both = await Promise.all([1, 2, 3, 4].map(() => visitor.request('GET', '/profile')));
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [200, 410, 410, 410], 'at once: one');
  });

  test('APL-03 asked for again, the profile names the same device, and the challenge of the one before is dead', async () => {
    const { visitor, id } = await arriveAtProfile();
    const [one, two] = [profileOf(await visitor.send('/profile')), profileOf(await visitor.send('/profile'))];
    assert.notEqual(challengeOf(one), challengeOf(two));
    const uuids = (profile: PlistDictionary) =>
      (profile['PayloadContent'] as PlistDictionary[]).map((each) => each['PayloadUUID']);
    assert.deepEqual(uuids(one), uuids(two));
    const devices = await page.rows<{ device_id: string }>(
      'select device_id from devices where enrollment_id = $1',
      [id],
    );
    assert.equal(devices.length, 1);
    const open = await page.rows<{ challenge_id: string }>(
      'select challenge_id from scep_challenges where device_id = $1 and used_at is null',
      [devices[0]?.device_id],
    );
    assert.deepEqual(
      open.map((row) => row.challenge_id.replaceAll('-', '')),
      [challengeOf(two).slice(0, 32)],
    );
    for (let times = 2; times < 10; times += 1) await visitor.send('/profile');
    assert.equal((await visitor.send('/profile')).status, 429, 'not without end');
  });

  test('ENR-T04 a code used here is used for everybody, and of two browsers with one code only one gets a profile', async () => {
    const issued = await page.issue();
    const [one, two] = [page.visitor(), page.visitor()];
    await one.enterCode(issued.oneTimePassword);
    await two.enterCode(issued.oneTimePassword);
    const answers = await Promise.all([one.send('/profile'), two.send('/profile')]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409]);
    const late = page.visitor();
    const refused = await late.enterCode(issued.oneTimePassword);
    assert.equal(refused.status, 404);
    assert.match(refused.problem ?? '', /not valid here/);
    const [row] = await page.rows<{ server_key: Buffer | null; device_key: Buffer | null; state: string }>(
      'select state, server_key, device_key from enrollments where enrollment_id = $1',
      [issued.id],
    );
    assert.deepEqual(
      row,
      { state: 'used', server_key: null, device_key: null },
      'no agent can use it any more',
    );
  });

  test('ENR-T01 ENR-T02 wrong, foreign, expired and cancelled codes read alike; thousands of tries lock nobody out', async () => {
    const issued = await page.issue();
    const foreign = await page.issue({}, page.surface.globex);
    const cancelled = await page.issue();
    await call('POST', `/enrollments/${cancelled.id}/cancel`);
    const expired = await page.issue({ expiresInHours: 1 });
    const visitor = page.visitor();
    await visitor.open();
    const problems = new Set<string>();
    const unknown = '000G4-0R40M-30E20-9185G-R38EW';
    for (const code of [unknown, foreign.oneTimePassword, cancelled.oneTimePassword]) {
      const refused = await visitor.send('/code', [['code', code]]);
      assert.equal(refused.status, 404);
      problems.add(refused.problem ?? '');
    }
    page.surface.advance(3_600_001);
    const late = await visitor.send('/code', [['code', expired.oneTimePassword]]);
    page.surface.advance(-3_600_001);
    assert.equal(late.status, 404);
    problems.add(late.problem ?? '');
    assert.equal(problems.size, 1);
    for (const typo of ['', 'hello', `${issued.oneTimePassword.slice(0, -1)}_`, 'A'.repeat(80)]) {
      assert.equal((await visitor.send('/code', [['code', typo]])).status, 400, typo);
    }
    const before = (await page.audited('enrollments.open')).length;
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        Array.from({ length: 50 }, () =>
          visitor.request('POST', '/code', [
            ['form', visitor.token],
            ['code', unknown],
          ]),
        ),
      );
    }
    assert.equal((await visitor.enterCode(issued.oneTimePassword)).title, 'Get the profile');
    const entries = (await page.audited('enrollments.open')).slice(before);
    assert.ok(entries.length < 5, `${entries.length} entries for a thousand tries`);
    const counted = entries.map(({ show }) => Number(show['count'] ?? 0)).reduce((a, b) => a + b, 0);
    assert.ok(counted >= 999, String(counted));
  });

  test('UXP-05 before anything is asked one reads what one gets, what is seen, and how devices differ, in German too', async () => {
    const { body } = await page.visitor().open();
    assert.match(body, /What acme inc can see and do/);
    for (const column of ['Always', 'On devices that belong to acme inc', 'Never'])
      assert.ok(body.includes(`<dt>${column}</dt>`), column);
    assert.match(body, /How devices differ/);
    const german = await page.visitor({ headers: { 'accept-language': 'de' } }).open();
    assert.match(german.body, /<html lang="de">/);
    assert.equal(german.title, 'Gerät registrieren');
    assert.doesNotMatch(
      german.body,
      /\b(?:password|device|Continue)\b(?![^<]*>)(?=[^<]*<\/(?:p|h1|h2|label|button|summary)>)/,
    );
  });

  test('a browser that cannot hand a profile over, a used code and a shut-out device have pages with a next step', async () => {
    const chrome =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) CriOS/130 Mobile/15E148 Safari/604.1';
    const issued = await page.issue();
    const visitor = page.visitor({ headers: { 'user-agent': chrome } });
    assert.equal((await visitor.enterCode(issued.oneTimePassword)).title, 'Open this page in Safari');
    assert.equal((await visitor.open('?anyway=1')).title, 'Get the profile');
    const late = page.visitor();
    await late.enterCode(issued.oneTimePassword);
    assert.equal((await visitor.send('/profile')).status, 200);
    assert.equal((await late.open()).title, 'This one-time password was used');
    await page.rows(`update devices set state = 'blocked' where enrollment_id = $1`, [issued.id]);
    assert.equal((await visitor.open()).title, 'This device is shut out');
    const desk = page.visitor({ headers: { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/130' } });
    assert.match((await desk.open()).body, /<details open><summary>Continue on another device/);
  });

  test('HTTP-07 another organization’s visit and code are nothing on this one’s page', async () => {
    const { visitor } = await arriveAtProfile();
    const elsewhere = page.visitor({ organization: 'globex' });
    for (const [name, value] of visitor.cookies) elsewhere.cookies.set(name, value);
    assert.equal((await elsewhere.open()).title, 'Enrol your device');
    assert.equal((await elsewhere.request('GET', '/profile')).status, 410);
    assert.equal((await page.visitor({ organization: 'nobody' }).open()).status, 404);
    assert.equal((await page.visitor({ organization: '..%2facme' }).open()).status, 404);
  });

  test('ENR-04 terms are shown in the language that fits, agreed to with version, time, user and language; refusing ends', async () => {
    const publish = (language: string, text: string) =>
      call('POST', '/terms', {
        kind: 'acceptable-use',
        language,
        title: `Use ${language}`,
        text,
        publish: true,
      });
    const english = (await publish('en', '# Be kind\n- always\n\n<b>bold</b> & more')).json() as {
      id: string;
    };
    const german = (await publish('de', 'Sei freundlich.')).json() as { id: string };
    const licence = (
      await call('POST', '/terms', { kind: 'licence', title: 'Licence', text: 'As is.', publish: true })
    ).json() as { id: string };
    try {
      const issued = await page.issue();
      const visitor = page.visitor({ headers: { 'accept-language': 'de-CH,de;q=0.9,en;q=0.5' } });
      const shown = await visitor.enterCode(issued.oneTimePassword);
      assert.equal(shown.title, 'Dem Sie zustimmen');
      assert.match(shown.body, /lang="de"[^>]*><p>Sei freundlich\.<\/p>/);
      assert.doesNotMatch(shown.body, /Be kind/);
      assert.equal((await visitor.send('/profile')).status, 409, 'no profile before');
      const half = await visitor.send('/terms', [
        ['decision', 'accept'],
        ['agreed', german.id],
      ]);
      assert.equal(half.status, 400);
      assert.match(half.problem ?? '', /stimmen Sie jedem Text zu/);
      const next = await visitor.send('/terms', [
        ['decision', 'accept'],
        ['agreed', licence.id],
        ['agreed', english.id],
      ]);
      assert.equal(next.title, 'Profil laden');
      const { items } = (await call('GET', `/terms-acceptances?userId=${issued.userId}`)).json() as {
        items: {
          termsId: string;
          version: number;
          language: string;
          kind: string;
          acceptedAt: string;
          textSha256: string;
        }[];
      };
      assert.deepEqual(
        items
          .map(({ termsId, version, language, kind }) => ({ termsId, version, language, kind }))
          .toSorted((a, b) => a.kind.localeCompare(b.kind)),
        [
          { termsId: german.id, version: 1, language: 'de', kind: 'acceptable-use' },
          { termsId: licence.id, version: 1, language: 'en', kind: 'licence' },
        ],
        'what was not shown was not agreed to',
      );
      assert.equal(items[0]?.textSha256.length, 64);
      await visitor.send('/profile');
      const [device] = await page.rows<{ device_id: string }>(
        'select device_id from devices where enrollment_id = $1',
        [issued.id],
      );
      const ofDevice = (await call('GET', `/terms-acceptances?deviceId=${device?.device_id}`)).json() as {
        items: unknown[];
      };
      assert.equal(ofDevice.items.length, 2);

      const other = await page.issue();
      const refuser = page.visitor();
      const text = await refuser.enterCode(other.oneTimePassword);
      assert.match(
        text.body,
        /<h3>Be kind<\/h3><ul><li>always<\/li><\/ul><p>&lt;b&gt;bold&lt;\/b&gt; &amp; more<\/p>/,
      );
      assert.equal((await refuser.send('/terms', [['decision', 'decline']])).title, 'You have left');
      assert.equal((await refuser.open()).title, 'Enrol your device');
      assert.equal((await page.audited('terms.decline')).length, 1);
      assert.equal(
        (await refuser.enterCode(other.oneTimePassword)).title,
        'What you agree to',
        'a second thought',
      );
      const second = (
        await call('POST', '/terms', { kind: 'acceptable-use', title: 'New', text: 'New.', publish: true })
      ).json() as { id: string; version: number };
      assert.equal(second.version, 2);
      const stale = await refuser.send('/terms', [
        ['decision', 'accept'],
        ['agreed', english.id],
        ['agreed', licence.id],
      ]);
      assert.equal(stale.title, 'What you agree to', 'the version of this moment is shown');
      assert.match(stale.body, /New\./);
      await call('POST', `/terms/${second.id}/withdraw`);
      assert.equal(
        (await call('PATCH', `/terms/${english.id}`, { text: 'x' })).statusCode,
        409,
        'never changed after it was published',
      );
    } finally {
      for (const { id } of [german, licence]) await call('POST', `/terms/${id}/withdraw`);
    }
  });

  test('a user chooses a password by a one-time link, signs in, and enrols a device of their own', async () => {
    const email = 'ann@acme.example';
    const user = (await call('POST', '/users', { email, displayName: 'Ann' })).json() as { id: string };
    const made = await call('POST', `/users/${user.id}/password-link`);
    assert.equal(made.statusCode, 201, made.body);
    const link = new URL((made.json() as { url: string }).url);
    assert.equal(link.origin + link.pathname, `${publicUrl.origin}/enroll/acme/password`);
    const token = link.hash.slice(1);
    const visitor = page.visitor();
    await visitor.open('/password');
    const choose = (password: string, repeat = password, given = token) =>
      visitor.send('/password', [
        ['token', given],
        ['password', password],
        ['repeat', repeat],
      ]);
    assert.match((await choose('short')).problem ?? '', /at least 15/);
    assert.match((await choose(goodPassword, 'another')).problem ?? '', /differ/);
    assert.equal((await choose(goodPassword, goodPassword, 'gth_usr_nonsense')).status, 410);
    const elsewhere = page.visitor({ organization: 'globex' });
    await elsewhere.open('/password');
    const foreign = await elsewhere.send('/password', [
      ['token', token],
      ['password', goodPassword],
      ['repeat', goodPassword],
    ]);
    assert.equal(foreign.status, 410, 'HTTP-07 not on another organization’s page');
    assert.equal((await choose(goodPassword)).title, 'Your password is set');
    await visitor.open('/password');
    assert.equal((await choose(goodPassword)).status, 410, 'once');

    await visitor.open();
    const signIn = (name: string, password: string) =>
      visitor.send('/sign-in', [
        ['name', name],
        ['password', password],
      ]);
    const wrong = await signIn(email, 'something else entirely');
    assert.equal(wrong.status, 401);
    assert.match(wrong.body, /value="ann@acme\.example"/);
    assert.doesNotMatch(wrong.body, /something else/);
    assert.equal(
      (await signIn('nobody@acme.example', goodPassword)).problem,
      wrong.problem,
      'who exists is not told',
    );
    const inside = await signIn('ANN', goodPassword);
    assert.equal(inside.title, 'Which device is it?');
    assert.ok(visitor.cookies.has('__Host-gh_known_user'));
    assert.equal((await visitor.send('/device', [['platform', 'linux']])).status, 422);
    assert.equal((await visitor.send('/device', [['platform', 'macos']])).title, 'Get the profile');
    const mdm = payload(profileOf(await visitor.send('/profile')), 'com.apple.mdm');
    assert.equal(mdm['AccessRights'], 8191 - 8 - 256, 'TEN-14 not said to be ours: no right to erase it');
    const [enrollment] = await page.rows<{ ownership: string; created_by: string; on_behalf: boolean }>(
      'select ownership, created_by, on_behalf from enrollments where user_id = $1',
      [user.id],
    );
    assert.deepEqual(enrollment, {
      ownership: 'unspecified',
      created_by: `user:${user.id}`,
      on_behalf: false,
    });

    await call('PATCH', `/users/${user.id}`, { state: 'disabled' });
    assert.equal((await visitor.open()).title, 'Enrol your device', 'a disabled user’s visit ends at once');
    assert.equal((await signIn(email, goodPassword)).status, 401);
  });

  test('ENR-T08 another address ends the links to choose a password; a new link replaces the one before', async () => {
    const user = (await call('POST', '/users', { email: 'moving@acme.example' })).json() as { id: string };
    const link = async () =>
      new URL((await call('POST', `/users/${user.id}/password-link`)).json().url).hash.slice(1);
    const visitor = page.visitor();
    await visitor.open('/password');
    const status = async (token: string) =>
      (
        await visitor.send('/password', [
          ['token', token],
          ['password', goodPassword],
          ['repeat', goodPassword],
        ])
      ).status;
    const first = await link();
    const second = await link();
    assert.equal(await status(first), 410);
    await call('PATCH', `/users/${user.id}`, { email: 'moved@acme.example' });
    assert.equal(await status(second), 410);
    assert.equal(await status(await link()), 200);
  });

  test('guessing a password slows the guesser, and the owner’s own browser goes on', async () => {
    const email = 'besieged@acme.example';
    const user = (await call('POST', '/users', { email })).json() as { id: string };
    const token = new URL((await call('POST', `/users/${user.id}/password-link`)).json().url).hash.slice(1);
    const owner = page.visitor({ address: '198.51.100.1' });
    await owner.open('/password');
    await owner.send('/password', [
      ['token', token],
      ['password', goodPassword],
      ['repeat', goodPassword],
    ]);
    await owner.open();
    const signIn = (visitor: Visitor, password: string) =>
      visitor.send('/sign-in', [
        ['name', email],
        ['password', password],
      ]);
    assert.equal((await signIn(owner, goodPassword)).title, 'Which device is it?');
    let refused = 0;
    for (let source = 1; source <= 8; source += 1) {
      const guesser = page.visitor({ address: `203.0.113.${source}` });
      await guesser.open();
      for (let tries = 0; tries < 4; tries += 1) {
        const answer = await signIn(guesser, `guess number ${source} ${tries}`);
        if (answer.status === 429) {
          refused += 1;
          assert.ok(Number(answer.headers['retry-after']) > 0);
        }
      }
    }
    assert.ok(refused > 0, 'the flood is slowed');
    const again = await signIn(owner, goodPassword);
    assert.equal(again.title, 'Which device is it?', 'a known browser has a bucket of its own');
    assert.ok((await page.audited('users.sign-in')).some(({ reason }) => reason === 'throttled'));
  });

  test('without a push certificate nothing is handed out, and page and API say why', async () => {
    const { visitor, id } = await arriveAtProfile();
    page.push = false;
    try {
      const refused = await visitor.send('/profile');
      assert.equal(refused.status, 409);
      assert.match(refused.problem ?? '', /push certificate/);
      const api = await call('POST', '/enrollments', { user: 'ann@acme.example', platform: 'ios' });
      assert.equal(api.statusCode, 409);
      assert.equal(api.json().reason, 'push-certificate-missing');
      const [row] = await page.rows<{ state: string }>(
        'select state from enrollments where enrollment_id = $1',
        [id],
      );
      assert.equal(row?.state, 'open');
    } finally {
      page.push = true;
    }
  });

  test('ENR-T12 a profile that nobody installs holds no place for ever', async () => {
    const { visitor, id } = await arriveAtProfile();
    const installed = await arriveAtProfile();
    for (const each of [visitor, installed.visitor]) await each.send('/profile');
    const deviceOf = async (enrollment: string) =>
      (
        await page.rows<{ device_id: string; state: string }>(
          'select device_id, state from devices where enrollment_id = $1',
          [enrollment],
        )
      )[0];
    await page.rows(
      `insert into certificates (organization_id, serial, authority_id, purpose, device_id, fingerprint,
         public_key_fingerprint, certificate, not_before, not_after)
       select $1, $2, authority_id, 'mdm', $3, $2, $2, $2, now(), now() + interval '2 years'
       from certificate_authorities where organization_id = $1 and kind = 'scep' limit 1`,
      [page.surface.acme.id, Buffer.alloc(16, 7), (await deviceOf(installed.id))?.device_id],
    );
    const [sweep] = enrollmentTasks;
    await sweep.run(page.deps);
    assert.equal((await deviceOf(id))?.state, 'pending', 'not on the first day');
    page.surface.advance(25 * 3_600_000);
    await sweep.run(page.deps);
    page.surface.advance(-25 * 3_600_000);
    assert.equal((await deviceOf(id))?.state, 'unmanaged');
    assert.equal((await deviceOf(installed.id))?.state, 'pending', 'it has its certificate and may yet come');
    const [row] = await page.rows<{ state: string }>(
      'select state from enrollments where enrollment_id = $1',
      [id],
    );
    assert.equal(row?.state, 'expired');
    assert.equal((await visitor.open()).title, 'This enrolment has ended');
  });

  test('ENR-T12 who has as many devices as one may have brings in no other', async () => {
    const user = (await call('POST', '/users', { email: 'many@acme.example' })).json() as { id: string };
    const token = new URL((await call('POST', `/users/${user.id}/password-link`)).json().url).hash.slice(1);
    const visitor = page.visitor();
    await visitor.open('/password');
    await visitor.send('/password', [
      ['token', token],
      ['password', goodPassword],
      ['repeat', goodPassword],
    ]);
    await page.rows(
      `insert into devices (organization_id, device_id, user_id, platform)
       select $1, gen_random_uuid(), $2, 'ios' from generate_series(1, 25)`,
      [page.surface.acme.id, user.id],
    );
    await visitor.open();
    await visitor.send('/sign-in', [
      ['name', 'many@acme.example'],
      ['password', goodPassword],
    ]);
    const refused = await visitor.send('/device', [['platform', 'ios']]);
    assert.equal(refused.status, 409);
    assert.match(refused.problem ?? '', /as many devices/);
  });

  test('a computer’s code leads to the command that enrols it, and stays good for it', async () => {
    const { oneTimePassword, id } = await page.issue({ platform: 'linux' });
    const shown = await page.visitor().enterCode(oneTimePassword);
    assert.equal(shown.title, 'Enrol this computer');
    assert.match(
      shown.body,
      /gatehouse agent enroll --url https:\/\/gatehouse\.example\/agent\/v1\/enroll\/acme</,
    );
    const [row] = await page.rows<{ state: string; kept: boolean }>(
      'select state, server_key is not null as kept from enrollments where enrollment_id = $1',
      [id],
    );
    assert.deepEqual(row, { state: 'open', kept: true });
  });

  test('TEN-14 who may not manage users invites nobody to choose a password, nor declares a phone corporate', async () => {
    await call('POST', '/users', { email: 'guest@acme.example' });
    const { token } = page.surface.acme.administrators['help-desk'];
    const invite = (more: object) =>
      page.surface.call(token, 'POST', '/invitations', {
        body: { users: ['guest@acme.example'], platform: 'ios', delivery: 'link', ...more },
      });
    assert.equal((await invite({ withPasswordLink: true })).statusCode, 403);
    assert.equal((await invite({ ownership: 'corporate' })).statusCode, 403);
    assert.equal((await invite({})).statusCode, 200);
    const auditor = page.surface.acme.administrators.auditor.token;
    const refused = await page.surface.call(auditor, 'POST', '/invitations', {
      body: { users: ['guest@acme.example'], platform: 'ios', delivery: 'link' },
    });
    assert.equal(refused.statusCode, 403);
  });

  test('ENR-12 an administrator stages a corporate device for nobody yet; whose it is is said later', async () => {
    const refused = await call('POST', '/enrollments', { platform: 'ios' });
    assert.equal(refused.statusCode, 400);
    const made = await call('POST', '/enrollments', { platform: 'ios', ownership: 'corporate' });
    assert.equal(made.statusCode, 201, made.body);
    const { id, oneTimePassword } = made.json() as { id: string; oneTimePassword: string };
    const visitor = page.visitor();
    assert.equal((await visitor.enterCode(oneTimePassword)).title, 'Get the profile');
    const mdm = payload(profileOf(await visitor.send('/profile')), 'com.apple.mdm');
    assert.equal(mdm['AccessRights'], 8191);
    const [device] = await page.rows<{ device_id: string; user_id: string | null }>(
      'select device_id, user_id from devices where enrollment_id = $1',
      [id],
    );
    assert.equal(device?.user_id, null);
    const user = (await call('POST', '/users', { email: 'later@acme.example' })).json() as { id: string };
    const given = await call('PATCH', `/devices/${device?.device_id}`, { userId: user.id });
    assert.equal(given.statusCode, 200, given.body);
  });

  test('ADM-03 forms of other pages, other browsers and old cookies do nothing', async () => {
    const { visitor } = await arriveAtProfile();
    const token = visitor.token;
    const post = (headers: Record<string, string>, given = token) =>
      visitor.request('POST', '/profile', [['form', given]], headers);
    assert.equal((await post({ origin: 'https://evil.example' })).status, 403);
    assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403);
    assert.equal((await post({ 'sec-fetch-site': 'same-site' })).status, 403);
    assert.equal((await post({}, '')).status, 403);
    const stranger = page.visitor();
    await stranger.open();
    assert.equal((await post({}, stranger.token)).status, 403, 'the token of another browser');
    assert.equal((await post({ origin: publicUrl.origin })).status, 303);
    const without = page.visitor();
    const lost = await without.request('POST', '/code', [
      ['form', token],
      ['code', 'x'],
    ]);
    assert.equal(lost.status, 403);
    assert.match(lost.problem ?? '', /cookies/);
    const json = await visitor.request('POST', '/profile', undefined, { 'content-type': 'application/json' });
    assert.ok(json.status >= 400);
  });

  test('ADM-04 the page loads nothing, runs one script by nonce, may not be framed or kept, and needs no script', async () => {
    const visitor = page.visitor();
    const first = await visitor.open();
    const policy = String(first.headers['content-security-policy']);
    const nonce = /script-src 'nonce-([\w-]{24})'/.exec(policy)?.[1] ?? '';
    assert.ok(policy.startsWith("default-src 'none'") && policy.includes("frame-ancestors 'none'"));
    assert.ok(
      first.body.includes(`<script nonce="${nonce}">`) && first.body.includes(`<style nonce="${nonce}">`),
    );
    assert.ok(!String((await visitor.open()).headers['content-security-policy']).includes(nonce));
    assert.equal(first.headers['cache-control'], 'no-store');
    assert.equal(first.headers['referrer-policy'], 'no-referrer');
    assert.equal(first.headers['x-content-type-options'], 'nosniff');
    const cookie = String(first.headers['set-cookie']);
    assert.match(cookie, /^__Host-gh_enroll=gth_enr_\w+.*; Path=\/; Secure; HttpOnly; SameSite=Lax/);
    assert.doesNotMatch(
      first.body,
      /<link|src=|innerHTML|\{\w+\}|style="/,
      'ENR-18 behind a captive portal there is nobody else to ask',
    );
    for (const [, id] of first.body.matchAll(/<input id="([\w-]+)"/g)) {
      assert.ok(first.body.includes(`<label for="${id}"`), `${id} has a label`);
    }
    assert.ok(first.raw.length <= 60 * 1024, `${first.raw.length} bytes, and nothing more is loaded`);
    const hostile = page.visitor({
      headers: { 'user-agent': '"><script>alert(1)</script> iPhone', 'accept-language': '<x>' },
    });
    const shown = await hostile.open();
    assert.doesNotMatch(shown.body, /alert\(1\)/);
    assert.match(shown.body, /This looks like an iPhone/);
    await hostile.open();
    const echoed = await hostile.send('/sign-in', [
      ['name', '"><img src=x onerror=alert(1)>'],
      ['password', 'x'],
    ]);
    assert.match(echoed.body, /value="&quot;&gt;&lt;img src=x onerror=alert\(1\)&gt;"/);
  });

  test('ENR-T07 neither code nor password nor link stands in a log, an address or a redirect', async () => {
    const issued = await page.issue();
    const visitor = page.visitor();
    await visitor.open();
    const answer = await visitor.request('POST', '/code', [
      ['form', visitor.token],
      ['code', issued.oneTimePassword],
    ]);
    assert.equal(answer.headers['location'], '/enroll/acme');
    const symbols = issued.oneTimePassword.replaceAll('-', '');
    const logged = page.surface.logged.join('\n');
    for (const secret of [issued.oneTimePassword, symbols, goodPassword]) assert.ok(!logged.includes(secret));
    assert.doesNotMatch(logged, /gth_(usr|enr)_\w{10}_/);
  });

  test('ENR-18 the address that the network redirects to is this page', async () => {
    const [visitor] = [page.visitor()];
    assert.equal((await visitor.open('?mac=00:11:22:33:44:55&sessionId=abc')).status, 200);
  });
});
