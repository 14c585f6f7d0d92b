import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { autodiscoverRequest, readAutodiscoverAnswer } from '@gatehouse/protocols/activesync/index.ts';
import { createHttpServer } from '../kernel/http/server.ts';
import { silentLog } from '../kernel/log.ts';
import { autodiscoverTree, registerAutodiscoverSurface } from './autodiscover.ts';

const path = '/autodiscover/autodiscover.xml';
const ours = 'https://mdm.example.org:8443/Microsoft-Server-ActiveSync';

describe('Autodiscover of our own', () => {
  let now = Date.UTC(2026, 10, 22);
  const server = createHttpServer({
    log: silentLog,
    hosts: new Set(['mdm.example.org']),
    foreignTrees: [autodiscoverTree],
  });
  registerAutodiscoverSurface(server, {
    gateway: new URL('https://mdm.example.org:8443'),
    clock: { now: () => (now += 2_000) },
  });
  after(() => server.close());

  const post = (payload: Uint8Array | string, headers: Record<string, string> = {}, url = path) =>
    server.inject({
      method: 'POST',
      url,
      headers: { host: 'autodiscover.acme.example', 'content-type': 'text/xml; charset=utf-8', ...headers },
      payload: Buffer.from(payload),
    });
  const errorOf = (body: string) => /<ErrorCode>(\d+)<\/ErrorCode>/.exec(body)?.[1];

  test('ENR-15 whoever asks is sent to the gateway, whatever the case, the host and the type', async () => {
    for (const url of [
      path,
      '/Autodiscover/Autodiscover.xml',
      '/AutoDiscover/AutoDiscover.XML',
      '/AUTODISCOVER/AUTODISCOVER.XML?x=Y',
    ]) {
      for (const type of ['text/xml', 'application/xml; charset=utf-8', 'text/html']) {
        const answer = await post(autodiscoverRequest('ann@acme.example'), { 'content-type': type }, url);
        assert.equal(answer.statusCode, 200, url);
        assert.match(String(answer.headers['content-type']), /^text\/xml/);
        assert.deepEqual(readAutodiscoverAnswer(answer.rawPayload), { kind: 'settings', url: ours });
        assert.equal(answer.headers['gatehouse-mail-gateway'], '1');
      }
    }
  });

  test('EAS-T14 all names get the same answer, with a password or without, and no answer is made from the name in the request', async () => {
    const shapes = new Set<string>();
    for (const name of [
      'ann@acme.example',
      'nobody@acme.example',
      'ann@elsewhere.example',
      "o'neil@x.example",
      'no-address',
      '<&>@x',
    ])
      for (const headers of [
        {},
        { authorization: `Basic ${Buffer.from(`${name}:wrong`).toString('base64')}` },
        { host: 'evil.example' },
      ] as Record<string, string>[]) {
        const answer = await post(autodiscoverRequest(name), headers);
        assert.doesNotMatch(answer.body, /evil/);
        const { 'x-request-id': _id, date: _date, 'content-length': _length, ...rest } = answer.headers;
        const echo = /<EMailAddress>(.*?)<\/EMailAddress>/.exec(answer.body)?.[0] ?? '';
        shapes.add(JSON.stringify([answer.statusCode, rest, answer.body.replace(echo, '')]));
      }
    assert.equal(shapes.size, 1);
    assert.equal([...shapes].join('').includes('www-authenticate'), false);
  });

  test('EAS-T14 a search by redirect ends at the gateway, over https', async () => {
    const foreign = await server.inject({ url: path, headers: { host: 'autodiscover.acme.example' } });
    assert.deepEqual(
      [foreign.statusCode, foreign.headers.location],
      [302, 'https://mdm.example.org:8443/autodiscover/autodiscover.xml'],
    );
    const here = await server.inject({ url: path, headers: { host: 'mdm.example.org:8443' } });
    assert.deepEqual([here.statusCode, errorOf(here.body)], [200, '600']);
  });

  test('EAS-T14 Outlook’s way of asking gets the same address', async () => {
    for (const url of [
      '/autodiscover/autodiscover.json?Email=ann%40acme.example&Protocol=ActiveSync&RedirectCount=1',
      '/Autodiscover/Autodiscover.json/v1.0/Ann@Acme.example?protocol=activesync',
    ]) {
      const answer = await server.inject({ url, headers: { host: 'acme.example' } });
      assert.deepEqual(answer.json(), { Protocol: 'ActiveSync', Url: ours });
    }
    for (const protocol of ['Ews', 'Rest', '']) {
      const answer = await server.inject({
        url: `/autodiscover/autodiscover.json?Protocol=${protocol}`,
        headers: { host: 'x.example' },
      });
      assert.deepEqual([answer.statusCode, answer.json().ErrorCode], [400, 'InvalidProtocol']);
    }
  });

  test('EAS-T15 a document type, an entity and whatever is no request get 600, and nothing is fetched', async () => {
    const request = Buffer.from(autodiscoverRequest('ann@acme.example')).toString();
    const declaration = /^<\?xml[^>]*\?>\s*/.exec(request)?.[0] ?? '';
    const bare = request.slice(declaration.length);
    const hostile = [
      `${declaration}<!DOCTYPE Autodiscover [<!ENTITY x SYSTEM "file:///etc/passwd">]>${bare.replace('ann@acme.example', '&x;')}`,
      `${declaration}<!DOCTYPE Autodiscover SYSTEM "http://127.0.0.1:1/x.dtd">${bare}`,
      `${declaration}<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${bare.replace('ann@acme.example', '&b;')}`,
      bare.replace('ann@acme.example', '&x;'),
      '',
      'x',
      '<Autodiscover/>',
      bare.replace('</Request>', '</Request><Request/>'),
      Buffer.from([0xff, 0xfe, 0x00]).toString('latin1'),
      `<a>${'<b>'.repeat(2_000)}</a>`,
    ];
    for (const body of hostile) {
      const answer = await post(body);
      assert.deepEqual([answer.statusCode, errorOf(answer.body)], [200, '600'], body.slice(0, 80));
      assert.doesNotMatch(answer.body, /root:/);
    }
    const outlook = bare.replaceAll('mobilesync/responseschema/2006', 'outlook/responseschema/2006a');
    assert.equal(errorOf((await post(outlook)).body), '601');
  });

  test('bodies beyond 16 KiB, other types and those who ask too often are turned away in the words of the protocol', async () => {
    const large = await post(`<a>${'x'.repeat(16_400)}</a>`);
    assert.deepEqual([large.statusCode, errorOf(large.body)], [413, '600']);
    assert.equal((await post('{}', { 'content-type': 'application/json' })).statusCode, 415);
    const frozen = now;
    const statuses: number[] = [];
    for (let round = 0; round < 610; round += 1) {
      now = frozen;
      statuses.push((await post(autodiscoverRequest('ann@acme.example'))).statusCode);
    }
    assert.ok(statuses.includes(429));
  });

  test('other addresses under a foreign name are not answered', async () => {
    for (const url of ['/healthz', '/autodiscover', '/x/autodiscover/autodiscover.xml']) {
      const answer = await server.inject({ url, headers: { host: 'autodiscover.acme.example' } });
      assert.equal(answer.statusCode, 421, url);
    }
  });
});
