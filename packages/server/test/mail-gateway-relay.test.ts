import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { commandRow, provisionRequest } from '@gatehouse/protocols/activesync/index.ts';
import { element, encodeWbxml } from '@gatehouse/protocols/wbxml/index.ts';
import { plain, type Respond, startHostileMailServer, wbxml } from './hostile-mail-server.ts';
import { bodyOf, device, type MailWorld, openMailWorld } from './mail-gateway-world.ts';

let world: MailWorld;
let key: number;
before(async () => {
  world = await openMailWorld();
  key = await world.provision();
});
after(() => world[Symbol.asyncDispose]());
beforeEach(() => {
  world.mail.respond = (_request, socket) => void socket.write(wbxml('mail'));
  world.mail.requests.length = 0;
});

const authorization = `Basic ${Buffer.from('ann@acme.example:right').toString('base64')}`;
const query = `Cmd=FolderSync&User=ann%40acme.example&DeviceId=${device}&DeviceType=Android`;
const folderSync = bodyOf('FolderSync').toString('latin1');

/** A request as bytes, with lines of one’s own. */
const bytes = (
  lines: readonly string[],
  body = folderSync,
  target = `/Microsoft-Server-ActiveSync?${query}`,
) =>
  [
    `POST ${target} HTTP/1.1`,
    'Host: localhost',
    `Authorization: ${authorization}`,
    'MS-ASProtocolVersion: 14.1',
    `X-MS-PolicyKey: ${key}`,
    'Content-Type: application/vnd.ms-sync.wbxml',
    ...lines,
    '',
    body,
  ].join('\r\n');
const length = `Content-Length: ${folderSync.length}`;
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

describe('mail that is relayed', () => {
  test('a provisioned device gets its mail; the mail server sees nothing but what it needs', async () => {
    const answer = await world.send({
      policyKey: key,
      headers: {
        'x-evil': 'yes',
        cookie: 'a=b',
        'accept-language': 'de',
        'x-forwarded-host': 'evil.example',
      },
    });
    assert.deepEqual([answer.status, answer.body.toString()], [200, 'mail']);
    const [request] = world.mail.requests;
    assert.deepEqual(request?.headerNames, [
      'host',
      'authorization',
      'ms-asprotocolversion',
      'x-ms-policykey',
      'content-type',
      'user-agent',
      'accept-language',
      'content-length',
    ]);
    assert.equal(request?.headers['host'], `127.0.0.1:${world.mail.port}`);
    // Our key is not the mail server’s.
    assert.equal(request?.headers['x-ms-policykey'], '0');
    assert.equal(request?.target, `/Microsoft-Server-ActiveSync?${query}`);
    assert.deepEqual(request?.body, bodyOf('FolderSync'));
  });

  test('EAS-T04 of the mail server’s answer only known headers reach the client', async () => {
    world.mail.respond = (_request, socket) =>
      void socket.write(
        plain(
          '200 OK',
          {
            'Content-Type': 'application/vnd.ms-sync.wbxml',
            Server: 'Microsoft-IIS/10.0',
            'X-Powered-By': 'ASP.NET',
            'X-BEServer': 'EX01',
            'Set-Cookie': 'session=1; domain=.inner.example; path=/',
            'MS-ASProtocolVersions': '2.5,14.1,99.0',
            'X-MS-RP': '2.5,14.1,99.0',
            'Access-Control-Allow-Origin': '*',
            Connection: 'X-Secret',
            'X-Secret': 'yes',
          },
          'mail',
        ),
      );
    const { headers } = await world.send({ policyKey: key });
    for (const name of ['server', 'x-powered-by', 'x-beserver', 'access-control-allow-origin', 'x-secret'])
      assert.equal(headers[name], undefined, name);
    assert.deepEqual(headers['set-cookie'], ['session=1; path=/']);
    assert.equal(headers['ms-asprotocolversions'], '2.5,14.1');
    assert.equal(headers['x-ms-rp'], '2.5,14.1');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-content-type-options'], 'nosniff');
  });

  test('OPTIONS is narrowed to what is spoken here, and Provision is always ours', async () => {
    const { status, headers } = await world.send({ method: 'OPTIONS' });
    assert.equal(status, 200);
    assert.equal(headers['ms-asprotocolversions'], '2.5,12.0,12.1,14.0,14.1,16.0,16.1');
    assert.equal(headers['ms-asprotocolcommands'], 'Sync,FolderSync,Ping,Settings,SendMail,Provision');
    await world.operate('PATCH', `/mail-servers/${world.serverId}`, { protocolVersions: ['14.0', '14.1'] });
    const narrowed = await world.send({ method: 'OPTIONS' });
    assert.equal(narrowed.headers['ms-asprotocolversions'], '14.0,14.1');
    await world.operate('PATCH', `/mail-servers/${world.serverId}`, { protocolVersions: null });
  });

  test('the base64 query stays one, with the key of the mail server in it and not ours', async () => {
    const policyKey = Buffer.alloc(4);
    policyKey.writeUInt32LE(key);
    const packed = Buffer.concat([
      Buffer.from([141, 9, 9, 4, device.length]),
      Buffer.from(device),
      Buffer.from([4]),
      policyKey,
      Buffer.from([7]),
      Buffer.from('Android'),
    ]).toString('base64');
    const answer = await world.send({
      target: `/Microsoft-Server-ActiveSync?${packed}`,
      headers: { 'ms-asprotocolversion': '14.1' },
    });
    assert.equal(answer.status, 200);
    const sent = world.mail.requests.find(({ method }) => method === 'POST')?.target.split('?')[1] ?? '';
    const read = Buffer.from(decodeURIComponent(sent), 'base64');
    assert.equal(read[0], 141);
    assert.ok(!read.includes(policyKey));
    assert.ok(read.includes(Buffer.from(device)));
  });

  test('nothing but the one address is taken, in the spellings of IIS', async () => {
    for (const path of ['/microsoft-server-activesync', '/Microsoft-Server-ActiveSync/default.eas'])
      assert.equal((await world.send({ method: 'OPTIONS', target: path })).status, 200, path);
    for (const path of [
      '/Microsoft-Server-ActiveSync/x',
      '//Microsoft-Server-ActiveSync',
      '/Microsoft-Server-ActiveSync;x',
    ])
      assert.equal((await world.send({ method: 'OPTIONS', target: path })).status, 404, path);
    assert.equal((await world.send({ method: 'GET' })).status, 501);
    assert.equal((await world.send({ method: 'PUT' })).status, 501);
  });
});

describe('requests that two readers could read differently', () => {
  test('EAS-T04 smuggling, duplicates and hop-by-hop tricks: one answer, and the mail server never sees a second request', async () => {
    const canary = 'POST /canary HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n';
    const attempts: readonly (readonly [what: string, request: string])[] = [
      ['CL and TE', bytes([length, 'Transfer-Encoding: chunked'], `0\r\n\r\n${canary}`)],
      ['TE and CL', bytes(['Transfer-Encoding: chunked', length], `0\r\n\r\n${canary}`)],
      ['two lengths', bytes([length, 'Content-Length: 0'], folderSync + canary)],
      ['two equal lengths', bytes([length, length], folderSync)],
      ['a list of lengths', bytes([`Content-Length: ${folderSync.length}, 0`], folderSync)],
      ['TE xchunked', bytes(['Transfer-Encoding: xchunked'], `0\r\n\r\n${canary}`)],
      ['TE chunked, identity', bytes(['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${canary}`)],
      ['two TE', bytes(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `0\r\n\r\n${canary}`)],
      ['TE with a space', bytes(['Transfer-Encoding : chunked'], `0\r\n\r\n${canary}`)],
      ['a folded header', bytes([length, 'X-A: b\r\n c: d'])],
      ['a bare line feed', bytes([`${length}\nX-A: b`])],
      ['a length with a sign', bytes([`Content-Length: +${folderSync.length}`])],
      ['an underscore twin', bytes([length, 'Transfer_Encoding: chunked'])],
      ['a twin of the key', bytes([length, `X_MS_PolicyKey: ${key}`])],
      ['two versions', bytes([length, 'MS-ASProtocolVersion: 2.5'])],
      ['two keys', bytes([length, `X-MS-PolicyKey: ${key}`])],
      ['two types', bytes([length, 'Content-Type: message/rfc822'])],
      ['two authorizations', bytes([length, 'Authorization: Bearer x'])],
      ['two user agents', bytes([length, 'User-Agent: a', 'User-Agent: b'])],
      ['Connection: Authorization', bytes([length, 'Connection: close, Authorization'])],
      ['Connection: X-MS-PolicyKey', bytes([length, 'Connection: X-MS-PolicyKey'])],
      ['a compressed body', bytes([length, 'Content-Encoding: gzip'])],
      ['two hosts', bytes([length, 'Host: evil.example'])],
    ];
    for (const [what, request] of attempts) {
      world.mail.requests.length = 0;
      const answer = await world.raw(request);
      const status = statusOf(answer);
      assert.ok(status >= 400 && status < 500, `${what}: ${answer.slice(0, 60)}`);
      assert.equal(world.mail.requests.length, 0, what);
    }
    assert.doesNotMatch(world.mail.bytes(), /canary/);
    // And what follows is served as ever.
    assert.equal((await world.send({ policyKey: key })).status, 200);
  });

  test('EAS-T04 what stands in values stays in values', async () => {
    const target = `/Microsoft-Server-ActiveSync?Cmd=FolderSync&User=ann%40acme.example&DeviceId=${device}&DeviceType=Android%0d%0aX-Evil:%201`;
    assert.equal((await world.send({ target, policyKey: key })).status, 400);
    const encoded = `/Microsoft-Server-ActiveSync?Cmd=FolderSync&User=ann%40acme.example&DeviceId=${device}&DeviceType=A%26Cmd%3DSync%23%20HTTP%2F1.1`;
    const answer = await world.send({ target: encoded, policyKey: key });
    assert.equal(answer.status, 200);
    const [request] = world.mail.requests;
    assert.match(request?.target ?? '', /DeviceType=A%26Cmd%3DSync%23%20HTTP%2F1\.1$/);
  });

  test('EAS-T05 what contradicts itself is refused, twenty times and more', async () => {
    const at = (search: string) => `/Microsoft-Server-ActiveSync?${search}`;
    const packed = encodeURIComponent(
      Buffer.concat([
        Buffer.from([141, 9, 9, 4, device.length]),
        Buffer.from(device),
        Buffer.from([0, 7]),
        Buffer.from('Android'),
      ]).toString('base64'),
    );
    const cases: readonly (readonly [what: string, request: Parameters<MailWorld['send']>[0]])[] = [
      ['Cmd against root', { command: 'FolderSync', body: bodyOf('Sync') }],
      ['Ping against SendMail', { command: 'Ping', body: bodyOf('SendMail') }],
      ['Sync against Provision', { command: 'Sync', body: bodyOf('Provision') }],
      ['Settings against ItemOperations', { command: 'Settings', body: bodyOf('ItemOperations') }],
      ['Search against Find', { command: 'Search', body: bodyOf('Find') }],
      ['two commands', { target: at(`${query}&Cmd=Sync`) }],
      ['two commands in other letters', { target: at(`${query}&cmd=Sync`) }],
      ['two commands, one encoded', { target: at(`${query}&%43md=Sync`) }],
      ['two users', { target: at(`${query}&User=ben`) }],
      ['two devices', { target: at(`${query}&DeviceId=OTHER123`) }],
      ['two types', { target: at(`${query}&DeviceType=Other`) }],
      ['another user than who signs in', { user: 'ben@acme.example' }],
      ['another domain of Windows', { user: 'OTHER\\ann', login: 'ACME\\ann' }],
      ['base64 beside plain', { target: at(`${packed}&${query}`) }],
      ['plain beside base64', { target: at(`${query}&${packed.replace(/%3D/g, '')}`) }],
      ['another version in the header', { target: at(packed), version: '16.1' }],
      ['another key in the header', { target: at(packed), policyKey: key }],
      ['another wish in the header', { headers: { 'ms-asacceptmultipart': 'maybe' } }],
      ['mail where a document belongs', { headers: { 'content-type': 'message/rfc822' } }],
      ['a page where a document belongs', { headers: { 'content-type': 'text/html' } }],
      ['no document at all', { body: Buffer.from('hello world') }],
      ['an unknown version', { version: '3.0' }],
      ['a key that is none', { policyKey: '-7x' }],
      ['a version of no header', { headers: { 'ms-asprotocolversion': '' } }],
    ];
    for (const [what, request] of cases) {
      const answer = await world.send({ policyKey: key, ...request });
      assert.equal(answer.status, 400, what);
    }
    assert.deepEqual(
      world.mail.requests.filter(({ method }) => method === 'POST'),
      [],
    );
  });

  test('EAS-T06 commands that nobody knows, and Provision in any shape, never reach the mail server', async () => {
    for (const command of ['Notify', 'Hierarchy', 'Autodiscover', 'X'])
      assert.equal(
        (await world.send({ command, policyKey: key, body: bodyOf('Sync') })).status,
        501,
        command,
      );
    const good = Buffer.from(
      provisionRequest('14.1', {
        kind: 'download',
        policyType: 'MS-EAS-Provisioning-WBXML',
        deviceInformation: { Model: 'Pixel' },
      }),
    );
    for (let seed = 0; seed < 60; seed += 1) {
      const mutated = Buffer.from(good);
      const at = 4 + ((seed * 7) % (mutated.length - 4));
      mutated[at] = (mutated[at] ?? 0) ^ (1 << (seed % 8));
      const answer = await world.send({ command: 'Provision', policyKey: 0, body: mutated });
      assert.ok([200, 400, 503].includes(answer.status), `${seed}: ${answer.status}`);
    }
    const odd = [
      Buffer.from([3, 1, 0x6a, 0, 0, 99, 0x45, 1]),
      Buffer.from([3, 1, 0x6a, 4, 0x61, 0x62, 0x63, 0, 0, 14, 0x45, 0x83, 0, 1]),
      good.subarray(0, good.length - 2),
      Buffer.concat([good, good]),
    ];
    for (const body of odd) {
      const { status } = await world.send({ command: 'Provision', policyKey: 0, body });
      assert.ok([400, 503].includes(status), String(status));
    }
    assert.ok(world.mail.requests.every(({ command }) => command !== 'Provision'));
  });

  test('EAS-T07 documents made to hurt cost little and reach nobody', async () => {
    const head = Buffer.from([3, 1, 0x6a, 0, 0, 14]);
    const bombs = [
      Buffer.concat([head, Buffer.alloc(200_000, 0x45)]),
      Buffer.concat([head, Buffer.from([0x45, 0xc3, 0xff, 0xff, 0xff, 0xff, 0x7f])]),
      Buffer.concat([head, Buffer.from([0x45, 0xc3, 0x8f, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])]),
      Buffer.from([3, 1, 0x6a, 0xff, 0xff, 0xff, 0xff, 0x7f]),
      Buffer.concat([head, Buffer.from([0x45]), Buffer.alloc(500_000, 0x06)]),
    ];
    const began = performance.now();
    for (const body of bombs) {
      const { status } = await world.send({
        command: 'Provision',
        policyKey: 0,
        body,
        deviceId: 'BOMB000001',
      });
      assert.ok([400, 503].includes(status), String(status));
    }
    assert.ok(performance.now() - began < 4_000);
    const large = await world.send({
      command: 'Provision',
      policyKey: 0,
      body: Buffer.alloc(1_100_000),
      deviceId: 'BOMB000001',
    });
    assert.equal(large.status, 413);
    assert.ok(world.mail.requests.every(({ method }) => method === 'OPTIONS'));
  });
});

describe('a mail server that misbehaves', () => {
  const cases: readonly (readonly [what: string, respond: Respond, status: number])[] = [
    [
      'a page',
      (_request, socket) => void socket.write(plain('200 OK', { 'Content-Type': 'text/html' }, '<h1>')),
      502,
    ],
    ['no type', (_request, socket) => void socket.write(plain('200 OK', {}, 'x')), 502],
    [
      '400',
      (_request, socket) => void socket.write(plain('400 Bad', { 'Content-Type': 'text/html' }, 'inner')),
      400,
    ],
    ['403', (_request, socket) => void socket.write(plain('403 No', {}, 'inner')), 403],
    ['404', (_request, socket) => void socket.write(plain('404 No', {}, 'inner')), 404],
    ['500', (_request, socket) => void socket.write(plain('500 Oh', { 'X-Stack': 'inner' }, 'inner')), 500],
    ['507', (_request, socket) => void socket.write(plain('507 Full')), 507],
    [
      '302',
      (_request, socket) => void socket.write(plain('302 There', { Location: 'https://evil.example/' })),
      502,
    ],
    ['204', (_request, socket) => void socket.write('HTTP/1.1 204 Nothing\r\n\r\n'), 502],
    ['101', (_request, socket) => void socket.write('HTTP/1.1 101 Other\r\n\r\n'), 502],
    ['an end before a word', (_request, socket) => void socket.destroy(), 502],
    ['an end in the head', (_request, socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-'), 502],
    ['no HTTP', (_request, socket) => void socket.write('SSH-2.0-OpenSSH\r\n\r\n'), 502],
    [
      'two lengths',
      (_request, socket) =>
        void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'),
      502,
    ],
    [
      'CL and TE',
      (_request, socket) =>
        void socket.write(
          'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        ),
      502,
    ],
    [
      'a folded header',
      (_request, socket) => void socket.write('HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n'),
      502,
    ],
    [
      'a bare line feed',
      (_request, socket) => void socket.write('HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'),
      502,
    ],
    [
      'a head without end',
      (_request, socket) => void socket.write(`HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(9_000)}`),
      502,
    ],
  ];
  for (const [what, respond, status] of cases)
    test(`answers with ${what}: the client is told ${status} and nothing else`, async () => {
      world.mail.respond = respond;
      const answer = await world.send({ policyKey: key });
      assert.equal(answer.status, status);
      assert.equal(answer.body.length, 0);
      assert.doesNotMatch(JSON.stringify(answer.headers), /inner|evil/);
    });

  test('an answer that breaks off breaks off for the client too', async () => {
    for (const start of [
      'HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: 1000\r\n\r\nhalf',
      `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n${'x'.repeat(100)}\r\n`,
      `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n${'x'.repeat(100)}\r\nZZ\r\n`,
    ]) {
      world.mail.respond = (_request, socket) => void socket.end(start);
      await assert.rejects(world.send({ policyKey: key }), /aborted|hang up|ECONNRESET/);
    }
  });

  test('chunks, gzip, no length at all and answers before the answer pass', async () => {
    const type = 'Content-Type: application/vnd.ms-sync.wbxml\r\n';
    world.mail.respond = (_request, socket) =>
      void socket.write(
        `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n${type}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nma\r\n002\r\nil\r\n0\r\nTrailer: x\r\n\r\n`,
      );
    assert.equal((await world.send({ policyKey: key })).body.toString(), 'mail');
    world.mail.respond = (_request, socket) =>
      void socket.end(`HTTP/1.1 200 OK\r\n${type}\r\nmail to the end`);
    assert.equal((await world.send({ policyKey: key })).body.toString(), 'mail to the end');
    const packed = gzipSync('mail '.repeat(1_000));
    world.mail.respond = (request, socket) => {
      assert.equal(request.headers['accept-encoding'], 'gzip');
      socket.write(
        plain(
          '200 OK',
          { 'Content-Type': 'application/vnd.ms-sync.wbxml', 'Content-Encoding': 'gzip' },
          packed,
        ),
      );
    };
    const answer = await world.send({ policyKey: key, headers: { 'accept-encoding': 'br, gzip, x' } });
    assert.deepEqual([answer.headers['content-encoding'], answer.body], ['gzip', packed]);
  });

  test('an answer that nobody asked for is never given to the next one', async () => {
    world.mail.respond = (_request, socket) =>
      void socket.write(Buffer.concat([wbxml('mine'), wbxml('stray')]));
    assert.equal((await world.send({ policyKey: key })).body.toString(), 'mine');
    world.mail.respond = (_request, socket) => {
      socket.write(wbxml('mine'));
      setTimeout(() => socket.write(wbxml('stray')), 20);
    };
    assert.equal((await world.send({ policyKey: key })).body.toString(), 'mine');
    await wait(60);
    for (let round = 0; round < 5; round += 1) {
      world.mail.respond = (_request, socket) => void socket.write(wbxml(`round ${round}`));
      assert.equal((await world.send({ policyKey: key })).body.toString(), `round ${round}`);
    }
  });

  test('a connection that died in its sleep costs nobody an answer, and nothing is sent twice that may not be', async () => {
    let count = 0;
    world.mail.respond = (_request, socket) => {
      count += 1;
      if (count % 2 === 0) socket.destroy();
      else socket.write(wbxml('mail'));
    };
    assert.equal((await world.send({ policyKey: key })).status, 200);
    // On a used connection that dies without a word: once more over another.
    assert.equal((await world.send({ policyKey: key })).status, 200);
    assert.equal(count, 3);
    world.mail.requests.length = 0;
    world.mail.respond = (_request, socket) => void socket.destroy();
    assert.equal((await world.send({ policyKey: key, command: 'SendMail' })).status, 502);
    assert.equal(world.mail.requests.length, 1);
  });

  test('a slow one is given up after its time', async () => {
    await world.operate('PATCH', `/mail-servers/${world.serverId}`, { timeoutSeconds: 1 });
    world.mail.respond = () => undefined;
    const began = performance.now();
    const answer = await world.send({ policyKey: key });
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.headers['retry-after']) > 0);
    const took = performance.now() - began;
    assert.ok(took > 900 && took < 5_000, `${took} ms`);
    await world.operate('PATCH', `/mail-servers/${world.serverId}`, { timeoutSeconds: 30 });
  });

  test('EAS-T08 401 is passed on as our own, and what was remembered is forgotten', async () => {
    world.mail.respond = (_request, socket) =>
      void socket.write(plain('401 No', { 'WWW-Authenticate': 'Negotiate, NTLM' }));
    const answer = await world.send({ policyKey: key });
    assert.deepEqual(
      [answer.status, answer.headers['www-authenticate']],
      [401, 'Basic realm="mail", charset="UTF-8"'],
    );
    world.mail.requests.length = 0;
    world.mail.respond = (_request, socket) => void socket.write(wbxml('mail'));
    assert.equal((await world.send({ policyKey: key })).status, 200);
    assert.equal(world.mail.requests[0]?.method, 'OPTIONS');
  });

  test('EAS-T10 a redirect goes to hosts that are listed and to no other', async () => {
    const elsewhere = await startHostileMailServer();
    const foreign = await startHostileMailServer();
    try {
      elsewhere.respond = (_request, socket) => void socket.write(wbxml('from there'));
      for (const [location, status] of [
        [`http://localhost:${foreign.port}/Microsoft-Server-ActiveSync`, '451 There'],
        [`http://127.0.0.2:${foreign.port}/Microsoft-Server-ActiveSync`, '451 There'],
        [`http://127.0.0.1:${foreign.port}/owa`, '451 There'],
        [`http://u:p@127.0.0.1:${foreign.port}/Microsoft-Server-ActiveSync`, '451 There'],
        [`//evil.example/Microsoft-Server-ActiveSync`, '302 There'],
        ['javascript:alert(1)', '302 There'],
      ] as const) {
        const name = status.startsWith('451') ? 'X-MS-Location' : 'Location';
        world.mail.respond = (_request, socket) => void socket.write(plain(status, { [name]: location }));
        const answer = await world.send({ policyKey: key });
        assert.equal(answer.status, 502, location);
        assert.equal(answer.headers['x-ms-location'], undefined);
      }
      assert.equal(foreign.connections(), 0);
      world.mail.respond = (_request, socket) =>
        void socket.write(
          plain('451 There', {
            'X-MS-Location': `http://127.0.0.1:${elsewhere.port}/Microsoft-Server-ActiveSync?x=y`,
          }),
        );
      const followed = await world.send({ policyKey: key });
      assert.deepEqual([followed.status, followed.body.toString()], [200, 'from there']);
      assert.equal(elsewhere.requests.at(-1)?.target, `/Microsoft-Server-ActiveSync?${query}`);
      // And stays there; a server that sends back and forth is not followed.
      assert.equal((await world.send({ policyKey: key })).body.toString(), 'from there');
      elsewhere.respond = (_request, socket) =>
        void socket.write(plain('451 Back', { 'X-MS-Location': world.mail.url }));
      assert.equal((await world.send({ policyKey: key })).status, 502);
      world.mail.respond = (_request, socket) => void socket.write(wbxml('mail'));
      assert.equal((await world.send({ policyKey: key })).status, 200);
    } finally {
      await elsewhere[Symbol.asyncDispose]();
      await foreign[Symbol.asyncDispose]();
    }
  });
});

describe('large mail', () => {
  const size = 25 * 1024 * 1024;
  const sendMail = (mime: Buffer) =>
    Buffer.from(encodeWbxml(element(commandRow('SendMail').root ?? 0, element(0x1510, mime))));

  test('25 MB pass both ways, with a length or in chunks', async () => {
    const attachment = randomBytes(size);
    world.mail.respond = (request, socket) => {
      if (request.command === 'SendMail') socket.write(plain('200 OK', { 'MS-Server-ActiveSync': '14.1' }));
      else socket.write(wbxml(attachment));
    };
    const down = await world.send({ policyKey: key, command: 'ItemOperations' });
    assert.ok(down.body.equals(attachment));
    const mime = sendMail(attachment);
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      world.mail.requests.length = 0;
      const up = await world.send({ policyKey: key, command: 'SendMail', body: mime, headers });
      assert.equal(up.status, 200);
      const received = world.mail.requests.find(({ command }) => command === 'SendMail');
      assert.ok(received?.body.equals(mime));
    }
  });

  test('whoever does not read holds up whoever writes: nothing piles up in between', async () => {
    let written = 0;
    world.mail.respond = async (_request, socket) => {
      socket.write(
        `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: ${size}\r\n\r\n`,
      );
      const piece = Buffer.alloc(64 * 1024, 1);
      while (written < size && !socket.destroyed) {
        const isTaken = socket.write(piece);
        written += piece.length;
        if (!isTaken)
          await new Promise<void>((resolve) => {
            socket.once('drain', resolve).once('close', resolve);
          });
      }
    };
    const reader = await world.open({ policyKey: key, command: 'ItemOperations' });
    await wait(700);
    const stalled = written;
    await wait(300);
    assert.equal(written, stalled);
    assert.ok(written < 16 * 1024 * 1024, `${written} bytes were written to nobody`);
    reader.destroy();

    // The other way about: the mail server does not read.
    let taken = 0;
    const deaf = createServer((socket) => void socket.on('error', () => undefined).pause());
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    try {
      const { port } = deaf.address() as AddressInfo;
      world.mail.respond = (_request, socket) =>
        void socket.write(
          plain('451 There', { 'X-MS-Location': `http://127.0.0.1:${port}/Microsoft-Server-ActiveSync` }),
        );
      await world
        .send({ policyKey: key, command: 'Search', signal: AbortSignal.timeout(700) })
        .catch(() => undefined);
      const body = sendMail(Buffer.alloc(size));
      const writer = await world.open({ policyKey: key, command: 'SendMail', length: body.length });
      const push = () => {
        while (taken < body.length && writer.write(body.subarray(taken, taken + 65_536))) taken += 65_536;
        if (taken < body.length) taken += 65_536;
      };
      writer.on('drain', push);
      push();
      await wait(700);
      const pushed = taken;
      await wait(300);
      assert.equal(taken, pushed);
      assert.ok(taken < 20 * 1024 * 1024, `${taken} bytes were taken for nobody`);
      writer.destroy();
    } finally {
      deaf.close();
    }
  });

  test('more than is relayed is refused, announced or not', async () => {
    const answer = await world.raw(bytes([`Content-Length: ${65 * 1024 * 1024}`], ''));
    assert.equal(statusOf(answer), 413);
  });

  test('a client that goes away takes its request to the mail server with it', async () => {
    world.mail.respond = () => undefined;
    const open = world.mail.open();
    const abort = new AbortController();
    const sent = world.send({ command: 'Ping', signal: abort.signal });
    sent.catch(() => undefined);
    for (let n = 0; n < 100 && world.mail.requests.length === 0; n += 1) await wait(20);
    assert.equal(world.mail.requests.length, 1);
    abort.abort();
    await assert.rejects(sent);
    for (let n = 0; n < 100 && world.mail.open() > open; n += 1) await wait(20);
    assert.ok(world.mail.open() <= open);
  });
});

describe('mail at rest', () => {
  test('EAS-T12 nothing of the mail, and no password, is written anywhere', async () => {
    const canary = 'CANARY-of-a-mail-4711';
    world.mail.respond = (_request, socket) => void socket.write(wbxml(canary));
    await world.send({ policyKey: key });
    await world.send({
      policyKey: key,
      command: 'SendMail',
      body: Buffer.from(
        encodeWbxml(element(commandRow('SendMail').root ?? 0, element(0x1510, Buffer.from(canary)))),
      ),
    });
    world.mail.respond = (_request, socket) =>
      void socket.write(plain('500 Oh', { 'Content-Type': 'text/plain' }, canary));
    await world.send({ policyKey: key });
    await world.send({ password: `${canary}-word` });
    await wait(2_500);
    const client = await world.server.db.superuser();
    const tables = (await client.query(`select tablename from pg_tables where schemaname = 'gh'`)).rows as {
      tablename: string;
    }[];
    for (const { tablename } of tables) {
      const { rows } = await client.query(`select 1 from gh."${tablename}" t where t::text like $1 limit 1`, [
        `%${canary}%`,
      ]);
      assert.equal(rows.length, 0, tablename);
    }
    assert.ok(!world.server.logged.some((line) => line.includes(canary)));
  });
});
