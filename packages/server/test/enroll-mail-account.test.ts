// The enrolment page over the whole server, before mail servers that say whose password is right (DIR-12): chosen as the gateway chooses.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { createAppleAuthority } from '@gatehouse/simulators/apns/index.ts';
import {
  newAppleDevice,
  obtainCertificate,
  SimulatedAppleDevice,
} from '@gatehouse/simulators/apple/index.ts';
import { type HostileMailServer, startHostileMailServer } from './hostile-mail-server.ts';
import { type MailWorld, openMailWorld } from './mail-gateway-world.ts';

let world: MailWorld;
/** Of some only: whose it is, is said by user, by group and by domain. */
let branch: HostileMailServer;
let branchId: string;
let beaId: string;
let sources = 0;
const kept = 'a long password that is kept here';

interface Shown {
  readonly status: number;
  readonly problem: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  /** A cookie for a visit of somebody who came in. */
  readonly cookie: string;
  readonly form: string;
}

before(async () => {
  world = await openMailWorld({ GATEHOUSE_APNS_URL: 'https://127.0.0.1:9' });
  branch = await startHostileMailServer();
  const add = async (name: string, password: string, at: HostileMailServer) => {
    at.passwords.set(`${name}@acme.example`, password);
    return (await world.operate('POST', '/users', { email: `${name}@acme.example` })) as { id: string };
  };
  const byUser = await add('bea', 'beas', branch);
  beaId = byUser.id;
  const byGroup = await add('gus', 'guss', branch);
  await add('kim', 'kims', world.mail);
  const { id: disabled } = await add('dis', 'diss', world.mail);
  await world.operate('PATCH', `/users/${disabled}`, { state: 'disabled' });
  branch.passwords.set('dom@branch.example', 'doms');
  await world.operate('POST', '/users', { email: 'dom@branch.example' });
  const group = (await world.operate('POST', '/groups', { name: 'Branch' })) as { id: string };
  await world.operate('PUT', `/groups/${group.id}/members/${byGroup.id}`);
  ({ id: branchId } = (await world.operate('POST', '/mail-servers', {
    name: 'Branch',
    url: branch.url,
    lockoutAttempts: 20,
    timeoutSeconds: 1,
  })) as { id: string });
  for (const [targetKind, target] of [
    ['user', byUser.id],
    ['group', group.id],
    ['domain', 'branch.example'],
  ])
    await world.operate('POST', `/mail-servers/${branchId}/assignments`, { targetKind, target });
  const topic = 'com.apple.mgmt.External.5b7c0f6e-1111-4222-8333-944455556666';
  const { certificate, key } = createAppleAuthority().issuePushCertificate({ topic });
  await world.operate('PUT', '/apple/push-certificate', { certificate, key });
  await world.operate('PATCH', '/organization/settings', { mailSignIn: { people: 'known' } });
  await world.server.addOrganization('globex');
  const { server: whole, mail } = world;
  const eve = await whole.operate('POST', '/users', { email: 'eve@globex.example' }, 'globex');
  assert.equal(eve.statusCode, 201);
  const open = { mailSignIn: { people: 'known' } };
  assert.equal((await whole.operate('PATCH', '/organization/settings', open, 'globex')).statusCode, 200);
  mail.passwords.set('eve@globex.example', 'eves');
});
after(async () => {
  await branch[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const newcomer = () => `198.51.100.${(sources += 1)}`;

async function send(
  path: string,
  fields: Readonly<Record<string, string>>,
  {
    from = newcomer(),
    at = 'acme',
    language = 'en',
    visit,
  }: { from?: string; at?: string; language?: string; visit?: Shown } = {},
): Promise<Shown> {
  const { main } = world.server.application;
  const headers = { 'accept-language': language };
  const page = visit ?? read(await main.inject({ url: `/enroll/${at}`, headers, remoteAddress: from }));
  return read(
    await main.inject({
      method: 'POST',
      url: `/enroll/${at}${path}`,
      remoteAddress: from,
      headers: {
        ...headers,
        cookie: page.cookie,
        origin: 'null',
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: new URLSearchParams({ form: page.form, ...fields }).toString(),
    }),
  );
}

function read(answer: {
  readonly statusCode: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}): Shown {
  return {
    status: answer.statusCode,
    problem: /<span id="problem">(.*?)<\/span>/.exec(answer.body)?.[1],
    headers: answer.headers,
    cookie: [answer.headers['set-cookie']]
      .flat()
      .map((each) => String(each).split(';')[0])
      .join('; '),
    form: /name="form" value="([^"]*)"/.exec(answer.body)?.[1] ?? '',
  };
}

const enter = (name: string, password: string, options: Parameters<typeof send>[2] = {}) =>
  send('/mail', { name, password }, options);

/** Whose passwords the mail server was shown since it was last forgotten. */
const shownTo = (mail: HostileMailServer) =>
  mail.requests
    .map(({ headers }) => headers['authorization'])
    .filter((each) => each !== undefined)
    .map((each) => Buffer.from(each.slice('Basic '.length), 'base64').toString());

function forget(): void {
  world.mail.requests.length = 0;
  branch.requests.length = 0;
}

async function refusals(): Promise<readonly (readonly [string, string])[]> {
  const { items } = (await world.operate('GET', '/audit?action=users.sign-in&limit=200')) as {
    items: { outcome: string; reason: string | null; values: { name?: string } }[];
  };
  return items
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ reason, values }) => [values.name ?? '', reason ?? ''] as const);
}

test('DIR-12 EAS-10 whoever the mail server knows enrols: chosen by organization, user, group and domain, as the gateway chooses', async () => {
  forget();
  for (const [name, password, mail] of [
    ['ann@acme.example', 'right', world.mail],
    ['bea@acme.example', 'beas', branch],
    ['gus@acme.example', 'guss', branch],
    ['dom@branch.example', 'doms', branch],
  ] as const) {
    const answer = await enter(name, password);
    assert.equal(answer.status, 303, `${name} ${answer.problem}`);
    assert.ok(shownTo(mail).includes(`${name}:${password}`), name);
    assert.ok(!shownTo(mail === branch ? world.mail : branch).includes(`${name}:${password}`), name);
  }
});

test('DIR-12 the visit that begins so is of that user, and ends with a phone of his that is enrolled', async () => {
  const from = newcomer();
  const entered = await enter('bea@acme.example', 'beas', { from });
  const { main } = world.server.application;
  const shown = await main.inject({
    url: '/enroll/acme',
    headers: { cookie: entered.cookie },
    remoteAddress: from,
  });
  assert.match(shown.body, /<h1>Which device is it\?<\/h1>/);
  const visit = { ...read(shown), cookie: entered.cookie };
  assert.equal((await send('/device', { platform: 'ios' }, { from, visit })).status, 303);
  assert.equal((await send('/profile', {}, { from, visit })).status, 303);
  const profile = await main.inject({
    url: '/enroll/acme/profile',
    headers: { cookie: entered.cookie },
    remoteAddress: from,
  });
  assert.equal(profile.headers['content-type'], 'application/x-apple-aspen-config');
  const phone = new SimulatedAppleDevice({
    device: newAppleDevice('phone of bea', { family: 'iphone' }),
    anchors: [world.server.ca],
    obtainCertificate,
  });
  await phone.installProfile(profile.rawPayload);
  await phone.close();
  const { items } = (await world.operate('GET', '/devices')) as { items: { user: { id: string } | null }[] };
  assert.deepEqual(
    items.map(({ user }) => user?.id),
    [beaId],
  );
});

test('DIR-12 EAS-T14 a wrong password, nobody’s, a disabled user’s and another organization’s are refused alike; no server sees those of the last three', async () => {
  forget();
  const wrong = await enter('ann@acme.example', 'guessed');
  assert.deepEqual([wrong.status, shownTo(world.mail)], [401, ['ann@acme.example:guessed']]);
  forget();
  for (const [name, password] of [
    ['nobody@acme.example', 'right'],
    ['dis@acme.example', 'diss'],
    ['eve@globex.example', 'eves'],
  ] as const) {
    const answer = await enter(name, password);
    assert.deepEqual([answer.status, answer.problem], [401, wrong.problem], name);
  }
  assert.deepEqual([...shownTo(world.mail), ...shownTo(branch)], []);
  // Nor does the other organization, which has no mail server, borrow this one’s.
  assert.equal((await enter('eve@globex.example', 'eves', { at: 'globex' })).status, 401);
  assert.equal((await enter('ann@acme.example', 'right', { at: 'globex' })).status, 401);
  assert.deepEqual(shownTo(world.mail), []);
  const recorded = new Map(await refusals());
  assert.deepEqual(
    ['ann@acme.example', 'nobody@acme.example', 'dis@acme.example', 'eve@globex.example'].map((name) =>
      recorded.get(name),
    ),
    ['wrong-password', 'unknown-user', 'disabled', 'unknown-user'],
  );
});

test('DIR-12 a password that is kept here is for its own door: no mail server sees it, and the mail account does not open that door', async () => {
  const { items } = (await world.operate('GET', '/users?search=kim')) as { items: { id: string }[] };
  const link = (await world.operate('POST', `/users/${items[0]?.id}/password-link`)) as { url: string };
  const token = new URL(link.url).hash.slice(1);
  assert.equal((await send('/password', { token, password: kept, repeat: kept })).status, 200);
  forget();
  const name = 'kim@acme.example';
  assert.equal((await send('/sign-in', { name, password: kept })).status, 303);
  assert.equal((await send('/sign-in', { name, password: 'kims' })).status, 401);
  assert.deepEqual(shownTo(world.mail), []);
  // As in mail clients, the mail server alone says whose mail account it is, also of somebody with a password here.
  assert.equal((await enter(name, 'kims')).status, 303);
  assert.deepEqual(shownTo(world.mail), ['kim@acme.example:kims']);
});

test('DIR-12 guesses are slowed and recorded, and the mail server hears no more of them', async () => {
  forget();
  const from = newcomer();
  const statuses: number[] = [];
  for (let n = 0; n < 7; n += 1) {
    const answer = await enter('gus@acme.example', `guess ${n}`, { from });
    statuses.push(answer.status);
    if (answer.status === 429) assert.ok(Number(answer.headers['retry-after']) > 0);
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429]);
  assert.equal(shownTo(branch).length, 5);
  const reasons = (await refusals()).filter(([name]) => name === 'gus@acme.example').map(([, why]) => why);
  assert.deepEqual(reasons.toSorted(), ['throttled', ...Array<string>(5).fill('wrong-password')]);
});

test('DIR-12 a mail server that is away is said to be away, in German too, and lets nobody in; nor does it take longer than it may', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  await world.operate('PATCH', `/mail-servers/${branchId}`, { url: `http://127.0.0.1:${port}/` });
  const began = performance.now();
  const away = await enter('bea@acme.example', 'beas');
  assert.ok(performance.now() - began < 8_000);
  assert.equal(away.status, 503);
  assert.match(
    away.problem ?? '',
    /^Your mail server could not be asked, so the password could not be checked/,
  );
  silent.close();
  await world.operate('PATCH', `/mail-servers/${branchId}`, { url: 'http://127.0.0.1:9/' });
  const german = await enter('bea@acme.example', 'guessed', { language: 'de' });
  assert.deepEqual(
    [german.status, german.problem?.slice(0, 40)],
    [503, 'Ihr Mailserver konnte nicht gefragt werd'],
  );
  assert.equal((await enter('ann@acme.example', 'right')).status, 303, 'whose mail is elsewhere comes in');
  assert.ok(
    (await refusals()).some(([name, why]) => name === 'bea@acme.example' && why === 'mail-server-away'),
  );
});

test('DIR-12 no password of anybody is in the record or in the log', async () => {
  const { logged } = world.server;
  const record = JSON.stringify(await world.operate('GET', '/audit?limit=200'));
  for (const secret of ['guessed', 'beas', 'kims', kept, 'guess 1'])
    assert.ok(!record.includes(secret) && logged.every((line) => !line.includes(secret)), secret);
});
