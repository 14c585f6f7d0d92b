import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MockAgent } from 'undici';
import { discover, discoveryUrl, readDiscovery } from './discover.ts';

test('OTA-03: the address is found by the domain of the e-mail address', async () => {
  const net = new MockAgent();
  net.disableNetConnect();
  net
    .get('https://gatehouse.acme.example')
    .intercept({ path: '/.well-known/gatehouse-enrollment' })
    .reply(200, { enrollmentUrl: 'https://mdm.acme.example:8443/agent/v1/enroll/acme' });
  assert.deepEqual(await discover('Ann@ACME.example', net), {
    url: 'https://mdm.acme.example:8443/agent/v1/enroll/acme',
    host: 'mdm.acme.example:8443',
  });
});

test('ENR-T11 user names are not probed: the question does not hold the user', () => {
  assert.equal(discoveryUrl('ann@acme.example').href, discoveryUrl('"b ob"@acme.example').href);
  assert.equal(
    discoveryUrl('ann@acme.example').href,
    'https://gatehouse.acme.example/.well-known/gatehouse-enrollment',
  );
});

test('ENR-T11 a redirect to another host is refused, not followed', async () => {
  const net = new MockAgent();
  net.disableNetConnect();
  const pool = net.get('https://gatehouse.acme.example');
  for (const status of [301, 302, 307, 308]) {
    pool
      .intercept({ path: '/.well-known/gatehouse-enrollment' })
      .reply(status, '', { headers: { location: 'https://evil.example/.well-known/gatehouse-enrollment' } });
    await assert.rejects(discover('ann@acme.example', net), new RegExp(`answered ${status}`));
  }
});

for (const email of [
  'ann',
  '@acme.example',
  'ann@localhost',
  'ann@127.0.0.1',
  'ann@[::1]',
  'ann@10.1',
  'ann@0x7f.1',
  'ann@acme.example:8443',
  'ann@acme.example/path',
  'ann@acme.example#x',
  'ann@-acme.example',
  'ann@acme..example',
  'ann@acme.example@',
  'ann@evil.example\n.acme.example',
  `ann@${'a'.repeat(64)}.example`,
  'ann@acme.123',
]) {
  test(`ENR-T11 ${JSON.stringify(email)} leads nowhere`, () => {
    assert.throws(() => discoveryUrl(email), /no e-mail address/);
  });
}

for (const answer of [
  '{"enrollmentUrl":"http://mdm.acme.example/agent/v1/enroll/acme"}',
  '{"enrollmentUrl":"https://10.0.0.1/agent/v1/enroll/acme"}',
  '{"enrollmentUrl":"https://[fd00::1]/agent/v1/enroll/acme"}',
  '{"enrollmentUrl":"https://2130706433/agent/v1/enroll/acme"}',
  '{"enrollmentUrl":"https://intranet/agent/v1/enroll/acme"}',
  '{"enrollmentUrl":"https://user:pass@mdm.acme.example/agent/v1/enroll/acme"}',
  '{"enrollmentUrl":"https://mdm.acme.example/elsewhere"}',
  '{"enrollmentUrl":"https://mdm.acme.example/agent/v1/enroll/acme#K7QMX"}',
  '{"enrollmentUrl":7}',
  '{}',
  'null',
  '<html>',
]) {
  test(`ENR-T11 the answer ${answer.slice(0, 70)} is refused`, () => {
    assert.throws(() => readDiscovery(answer));
  });
}
