import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './config.ts';

test('without any variable the server listens for everybody, devices on the next port, operations on loopback', () => {
  const config = readConfig({});
  assert.deepEqual(config.listen, { host: '0.0.0.0', port: 8443 });
  assert.deepEqual(config.deviceListen, { host: '0.0.0.0', port: 8444 });
  assert.deepEqual(config.operationsListen, { host: '127.0.0.1', port: 9443 });
  assert.equal(config.publicUrl.origin, 'https://localhost:8443');
  assert.equal(config.deviceUrl.origin, 'https://localhost:8444');
  assert.deepEqual(config.trustedProxies, []);
  assert.match(config.masterKeyFile, /\/data\/master\.key$/);
});

test('CRY-10: console and network surfaces take listeners and address lists of their own', () => {
  const { surfaces } = readConfig({
    GATEHOUSE_CONSOLE_LISTEN: '127.0.0.1:9000',
    GATEHOUSE_NAC_FROM: '192.0.2.0/24, 2001:db8::1',
  });
  assert.deepEqual(surfaces, {
    console: { listen: { host: '127.0.0.1', port: 9000 }, from: undefined },
    nac: { listen: undefined, from: ['192.0.2.0/24', '2001:db8::1'] },
    mail: { listen: undefined, from: undefined },
  });
});

test('the mail gateway speaks plain HTTP only on a listener of its own behind proxies that are named', () => {
  const plain = { GATEHOUSE_MAIL_GATEWAY_PLAIN: 'yes', GATEHOUSE_MAIL_GATEWAY_LISTEN: '127.0.0.1:8445' };
  assert.throws(() => readConfig(plain), /GATEHOUSE_TRUSTED_PROXIES/);
  assert.throws(
    () => readConfig({ GATEHOUSE_MAIL_GATEWAY_PLAIN: 'yes', GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' }),
    /GATEHOUSE_MAIL_GATEWAY_LISTEN/,
  );
  const config = readConfig({ ...plain, GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' });
  assert.equal(config.mailGatewayPlain, true);
  assert.equal(config.mailGatewayUrl.href, 'https://localhost:8443/');
  const own = readConfig({ GATEHOUSE_MAIL_GATEWAY_LISTEN: '0.0.0.0:8445' });
  assert.equal(own.mailGatewayUrl.href, 'https://localhost:8445/');
});

test('mail clients are asked for certificates only where somebody has them: at a TLS listener of the gateway’s own, or at a proxy', () => {
  const wish = { GATEHOUSE_MAIL_GATEWAY_CERTIFICATES: 'yes' };
  const proxy = { GATEHOUSE_CLIENT_CERTIFICATE_HEADER: 'nginx', GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' };
  assert.throws(() => readConfig(wish), /GATEHOUSE_CLIENT_CERTIFICATE_HEADER/);
  const plain = { GATEHOUSE_MAIL_GATEWAY_LISTEN: '127.0.0.1:8445', GATEHOUSE_MAIL_GATEWAY_PLAIN: 'yes' };
  assert.throws(
    () => readConfig({ ...wish, ...plain, GATEHOUSE_TRUSTED_PROXIES: '127.0.0.1' }),
    /GATEHOUSE_CLIENT_CERTIFICATE_HEADER/,
  );
  for (const env of [proxy, { ...proxy, ...plain }, { GATEHOUSE_MAIL_GATEWAY_LISTEN: '0.0.0.0:8445' }])
    assert.equal(readConfig({ ...wish, ...env }).mailGatewayCertificates, true);
  // That the device surface hears of certificates from a proxy does not mean that its part for mail says the truth.
  assert.equal(readConfig(proxy).mailGatewayCertificates, false);
});

test('a value that cannot be is refused with a sentence that names it', () => {
  for (const [name, value] of [
    ['GATEHOUSE_LISTEN', '8443'],
    ['GATEHOUSE_LISTEN', 'host:99999'],
    ['GATEHOUSE_PUBLIC_URL', 'http://mdm.example.org'],
    ['GATEHOUSE_PUBLIC_URL', 'https://mdm.example.org/path'],
    ['GATEHOUSE_TRUSTED_PROXIES', 'proxy.example.org'],
    ['GATEHOUSE_TRUSTED_PROXIES', '10.0.0.0/99'],
    ['GATEHOUSE_NAC_FROM', '10.0.0'],
    ['GATEHOUSE_OUTBOUND_ALLOW', '10.0.0.0/33'],
    ['GATEHOUSE_CLIENT_CERTIFICATE_HEADER', 'X-Anything'],
    ['GATEHOUSE_LOG_LEVEL', 'loud'],
    ['GATEHOUSE_TLS_CERT', '/only/one'],
  ] as const) {
    assert.throws(() => readConfig({ [name]: value }), new RegExp(name), `${name}=${value}`);
  }
  assert.throws(
    () => readConfig({ GATEHOUSE_PUBLIC_URL: 'https://mdm.example.org' }, ['--demo']),
    /loopback/,
  );
});
