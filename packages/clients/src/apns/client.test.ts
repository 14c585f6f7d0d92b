import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, beforeEach, test } from 'node:test';
import {
  createAppleAuthority,
  type IssuedPushCertificate,
  type SimulatedApns,
  startSimulatedApns,
} from '@gatehouse/simulators/apns/index.ts';
import { type ApnsClientOptions, createApnsClient } from './client.ts';
import { type ApnsEnvironment, realEnvironment } from './environment.ts';
import { startOpenSslServer } from './test-openssl-server.ts';

const authority = createAppleAuthority();
const identity: IssuedPushCertificate = authority.issuePushCertificate();
let apns: SimulatedApns;

before(async () => void (apns = await startSimulatedApns({ authority })));
after(() => apns.close());

let number = 0;
/** A new device with a token of its own. */
function device(from: SimulatedApns = apns, topic = identity.topic) {
  number += 1;
  const token = Buffer.from(`token ${number} ${'x'.repeat(number % 40)}`);
  const heard: string[] = [];
  from.register({ token, topic, deliver: (magic) => heard.push(magic) });
  return { token, magic: `magic-${number}`, heard };
}

const open: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  for (const client of open.splice(0)) await client.close();
  (apns.received as unknown[]).length = 0;
});
after(async () => {
  for (const client of open) await client.close();
});

/** Pauses between tries are short, or the tests would be long; the limits of waiting are as they are. */
const brisk: ApnsEnvironment = {
  ...realEnvironment,
  after: (milliseconds, run) =>
    realEnvironment.after(milliseconds < 5_000 ? milliseconds / 20 : milliseconds, run),
};

function client(options: Partial<ApnsClientOptions> = {}) {
  const made = createApnsClient({
    origin: apns.url,
    trust: authority.trust,
    certificate: identity.certificate,
    key: identity.key,
    topic: identity.topic,
    ...options,
  });
  open.push(made);
  return made;
}

test('a push has exactly the bytes and headers that Apple asks for', async () => {
  const { token, heard } = device();
  const now = Date.now();
  assert.deepEqual(await client().push({ token, magic: 'A "magic" ü' }), { outcome: 'accepted' });
  const [push] = apns.received;
  assert.equal(push?.body, '{"mdm":"A \\"magic\\" ü"}');
  assert.equal(push?.headers[':path'], `/3/device/${token.toString('hex')}`);
  assert.equal(push?.headers['apns-topic'], identity.topic);
  assert.equal(push?.headers['apns-push-type'], 'mdm');
  assert.equal(push?.headers['apns-priority'], '10');
  const expiration = Number(push?.headers['apns-expiration']);
  assert.ok(Math.abs(expiration - now / 1000 - 86_400) < 60, 'a day from now, in seconds');
  assert.deepEqual(heard, ['A "magic" ü']);
});

test('a thousand pushes travel over one connection', async () => {
  const before = apns.connections;
  const sender = client({ connections: 1 });
  const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => sender.push(device())));
  assert.ok(outcomes.every(({ outcome }) => outcome === 'accepted'));
  assert.equal(apns.connections - before, 1);
});

test('no more requests are open at once than the other side allows', async () => {
  const narrow = await startSimulatedApns({ authority, maxConcurrentStreams: 3 });
  try {
    const sender = client({ origin: narrow.url });
    const all = Array.from({ length: 60 }, () => sender.push(device(narrow)));
    assert.ok((await Promise.all(all)).every(({ outcome }) => outcome === 'accepted'));
    assert.ok(narrow.connections <= 2);
  } finally {
    await narrow.close();
  }
});

test('a burst for one device is one push under way and one that follows', async () => {
  const sender = client();
  await sender.push(device());
  (apns.received as unknown[]).length = 0;
  const target = device();
  const all = await Promise.all(Array.from({ length: 50 }, () => sender.push(target)));
  assert.ok(all.every(({ outcome }) => outcome === 'accepted'));
  assert.equal(apns.received.length, 2);
});

test('every class of answer becomes its outcome', async () => {
  const cases = [
    [
      { status: 410, reason: 'Unregistered', timestamp: 5 },
      { outcome: 'dead-token', reason: 'Unregistered', since: 5 },
    ],
    [
      { status: 400, reason: 'BadDeviceToken' },
      { outcome: 'token-mismatch', reason: 'BadDeviceToken' },
    ],
    [
      { status: 400, reason: 'BadTopic' },
      { outcome: 'request-refused', reason: 'BadTopic' },
    ],
    [
      { status: 429, reason: 'TooManyRequests', retryAfterSeconds: 7 },
      { outcome: 'throttled', reason: 'TooManyRequests', retryAfterMs: 7_000 },
    ],
    [
      { status: 403, reason: 'BadCertificate' },
      { outcome: 'certificate-refused', reason: 'BadCertificate' },
    ],
  ] as const;
  for (const [verdict, expected] of cases) {
    apns.next({ kind: 'answer', verdict });
    assert.deepEqual(await client().push(device()), expected);
  }
});

test('after a refused certificate nothing more is sent with it for a while', async () => {
  let now = Date.now();
  const sender = client({ environment: { ...brisk, now: () => now }, refusalMs: 60_000 });
  apns.next({ kind: 'answer', verdict: { status: 403, reason: 'BadCertificateEnvironment' } });
  await sender.push(device());
  const sent = apns.received.length;
  assert.deepEqual(await sender.push(device()), {
    outcome: 'certificate-refused',
    reason: 'BadCertificateEnvironment',
  });
  assert.equal(apns.received.length, sent);
  now += 60_001;
  assert.deepEqual(await sender.push(device()), { outcome: 'accepted' });
});

test('a certificate that Apple did not make, or that has expired, is refused', async () => {
  const expired = authority.issuePushCertificate({
    notBefore: 1_700_000_000_000,
    notAfter: 1_710_000_000_000,
  });
  const foreign = createAppleAuthority().issuePushCertificate();
  for (const { certificate, key, topic } of [expired, foreign]) {
    const answer = await client({ certificate, key, topic }).push(device());
    assert.deepEqual(answer, { outcome: 'certificate-refused', reason: 'BadCertificate' });
  }
});

test('a certificate that TLS itself refuses, as OpenSSL does it, is a refused certificate', async () => {
  const strict = await startOpenSslServer(authority);
  try {
    const expired = authority.issuePushCertificate({
      notBefore: 1_700_000_000_000,
      notAfter: 1_710_000_000_000,
    });
    const foreign = createAppleAuthority().issuePushCertificate();
    for (const { certificate, key, topic } of [expired, foreign]) {
      const answer = await client({ origin: strict.url, certificate, key, topic }).push(device());
      assert.equal(answer.outcome, 'certificate-refused');
      assert.match('reason' in answer ? answer.reason : '', /ALERT_(?:CERTIFICATE_EXPIRED|DECRYPT_ERROR)/);
    }
  } finally {
    strict.close();
  }
});

test('a server that ends every connection at once is not run against', async () => {
  const curt = await startSimulatedApns({ authority, refuseInTls: true });
  try {
    const { certificate, key, topic } = createAppleAuthority().issuePushCertificate();
    const sender = client({ origin: curt.url, certificate, key, topic, patienceMs: 1_200 });
    assert.equal((await sender.push(device())).outcome, 'unreachable');
    assert.ok(curt.connections < 6, `${curt.connections} connections in 1.2 s`);
  } finally {
    await curt.close();
  }
});

test('a key that does not belong to the certificate is a refused certificate, not a crash', async () => {
  const { key } = authority.issuePushCertificate();
  assert.equal((await client({ key }).push(device())).outcome, 'certificate-refused');
});

test('a topic that is not the certificate’s is our fault', async () => {
  const answer = await client({ topic: 'com.apple.mgmt.External.other' }).push(device());
  assert.deepEqual(answer, { outcome: 'request-refused', reason: 'TopicDisallowed' });
});

test('a throttled device is left alone for as long as Apple says, the others are not', async () => {
  let now = Date.now();
  const sender = client({ environment: { ...realEnvironment, now: () => now } });
  const target = device();
  apns.next({ kind: 'answer', verdict: { status: 429, reason: 'TooManyRequests', retryAfterSeconds: 30 } });
  assert.equal((await sender.push(target)).outcome, 'throttled');
  const sent = apns.received.length;
  assert.deepEqual(await sender.push(target), {
    outcome: 'throttled',
    reason: 'TooManyRequests',
    retryAfterMs: 30_000,
  });
  assert.equal(apns.received.length, sent, 'Apple is not asked');
  assert.equal((await sender.push(device())).outcome, 'accepted');
  now += 30_001;
  assert.equal((await sender.push(target)).outcome, 'accepted');
});

test('Apple’s trouble is met with a pause, another connection, and the same push again', async () => {
  const before = apns.connections;
  const sender = client();
  const target = device();
  const began = performance.now();
  apns.next(
    { kind: 'answer', verdict: { status: 503, reason: 'ServiceUnavailable' } },
    { kind: 'answer', verdict: { status: 500, reason: 'InternalServerError' } },
  );
  assert.equal((await sender.push(target)).outcome, 'accepted');
  assert.equal(apns.connections - before, 3);
  assert.ok(performance.now() - began > 700, 'half of 0.5 s and half of 1 s at least');
  assert.deepEqual(target.heard, [target.magic]);
});

test('trouble without end is given up, and nobody waits for ever', async () => {
  apns.always({ status: 503, reason: 'ServiceUnavailable' });
  try {
    const answer = await client({ environment: brisk }).push(device());
    assert.deepEqual(answer, { outcome: 'unreachable', reason: 'ServiceUnavailable' });
  } finally {
    apns.always(undefined);
  }
});

test('IdleTimeout means another connection and the same push again', async () => {
  const before = apns.connections;
  apns.next({ kind: 'answer', verdict: { status: 400, reason: 'IdleTimeout' } });
  assert.equal((await client().push(device())).outcome, 'accepted');
  assert.equal(apns.connections - before, 2);
});

test('after GOAWAY what stands above its last stream is sent again on a new connection', async () => {
  const sender = client({ connections: 1 });
  const first = apns.connections;
  await sender.push(device());
  const devices = Array.from({ length: 20 }, () => device());
  apns.next({ kind: 'go-away', code: 0 });
  const outcomes = await Promise.all(devices.map((each) => sender.push(each)));
  assert.ok(outcomes.every(({ outcome }) => outcome === 'accepted'));
  assert.equal(apns.connections - first, 2);
  for (const { heard } of devices) assert.ok(heard.length >= 1);
});

test('GOAWAY with an error loses nothing either', async () => {
  const sender = client({ environment: brisk });
  await sender.push(device());
  const devices = Array.from({ length: 20 }, () => device());
  apns.next({ kind: 'go-away', code: 11 });
  const outcomes = await Promise.all(devices.map((each) => sender.push(each)));
  assert.ok(outcomes.every(({ outcome }) => outcome === 'accepted'));
});

test('a polite GOAWAY between pushes costs no push', async () => {
  const sender = client();
  await sender.push(device());
  apns.goAway();
  await pause(50);
  assert.equal((await sender.push(device())).outcome, 'accepted');
});

test('a connection that breaks costs no push', async () => {
  const sender = client({ environment: brisk });
  const devices = Array.from({ length: 10 }, () => device());
  apns.next({ kind: 'hang-up' }, { kind: 'hang-up' });
  const outcomes = await Promise.all(devices.map((each) => sender.push(each)));
  assert.ok(outcomes.every(({ outcome }) => outcome === 'accepted'));
});

test('a request without an answer is sent again on another connection', async () => {
  let now = Date.now();
  const environment: ApnsEnvironment = {
    now: () => now,
    random: () => 0,
    after(milliseconds, run) {
      // time passes as timers ask for it
      return realEnvironment.after(20, () => {
        now += milliseconds;
        run();
      });
    },
  };
  const sender = client({ environment });
  apns.next({ kind: 'silence' });
  assert.equal((await sender.push(device())).outcome, 'accepted');
});

test('without a network a push is given up after its time, and the next one works again', async () => {
  const gone = await startSimulatedApns({ authority });
  const port = Number(gone.url.port);
  await gone.close();
  // Without chance, the pauses are half their length: the last try before it gives up is at 1.75 s, the next one at 3.75 s.
  const environment: ApnsEnvironment = { ...brisk, random: () => 0 };
  const sender = client({ origin: gone.url, environment, patienceMs: 3_000 });
  assert.deepEqual(await sender.push(device()), { outcome: 'unreachable', reason: 'ECONNREFUSED' });
  const back = await startSimulatedApns({ authority, port });
  try {
    assert.equal((await sender.push(device(back))).outcome, 'accepted');
  } finally {
    await sender.close();
    await back.close();
  }
});

test('a server that is not Apple’s gets no push', async () => {
  const impostor = await startSimulatedApns();
  try {
    const answer = client({ origin: impostor.url, environment: brisk, patienceMs: 1_500 }).push(
      device(impostor),
    );
    assert.equal((await answer).outcome, 'unreachable');
    assert.equal(impostor.received.length, 0);
  } finally {
    await impostor.close();
  }
});

test('the queue is bounded: what does not fit is told so at once', async () => {
  const sender = client({ queueLimit: 10 });
  const outcomes = await Promise.all(Array.from({ length: 15 }, () => sender.push(device())));
  assert.equal(outcomes.filter(({ outcome }) => outcome === 'accepted').length, 10);
  assert.equal(outcomes.filter(({ outcome }) => outcome === 'queue-full').length, 5);
  assert.equal(sender.waiting, 0);
});

test('a closed client ends what waits and takes nothing new', async () => {
  const sender = client();
  const waiting = sender.push(device());
  await sender.close();
  assert.ok(['closed', 'accepted'].includes((await waiting).outcome));
  assert.deepEqual(await sender.push(device()), { outcome: 'closed' });
});

test('APNs keeps one waiting push for a device that is away', async () => {
  const sender = client();
  const target = device();
  apns.sleep(target.token);
  for (const magic of ['one', 'two', 'three']) await sender.push({ token: target.token, magic });
  assert.deepEqual(target.heard, []);
  apns.wake(target.token);
  assert.deepEqual(target.heard, ['three']);
});
