import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, suite, test } from 'node:test';
import {
  decodePacket,
  encodeAttribute,
  parseAttribute,
  signRequest,
  signResponse,
} from '@gatehouse/protocols/radius/index.ts';
import { type NasAnswer, type SimulatedNas, startSimulatedNas } from '@gatehouse/simulators/nas/index.ts';
import { type ChangeOutcome, createRadiusSender, type RadiusSender } from './index.ts';

const secret = 'quaver-plinth-ocelot-tumbril-0042';
const session = [parseAttribute('Calling-Station-Id', 'AA-BB-CC-DD-EE-FF')].map(encodeAttribute);
/** As in the field, a hundred times as fast. */
const quick = { retryAfterMs: [30, 60, 120], lastWaitMs: 50 };

suite('the sender of dynamic authorization', () => {
  const open: (SimulatedNas | RadiusSender)[] = [];
  after(async () => {
    for (const one of open) {
      if ('close' in one) one.close();
      else await one[Symbol.asyncDispose]();
    }
  });
  async function nas(options: Partial<Parameters<typeof startSimulatedNas>[0]> = {}) {
    const started = await startSimulatedNas({ secret, ...options });
    open.push(started);
    return started;
  }
  function sender(options: Parameters<typeof createRadiusSender>[0] = quick) {
    const made = createRadiusSender(options);
    open.push(made);
    return made;
  }
  const send = (
    to: { readonly port: number },
    by: RadiusSender,
    more: { messageAuthenticator?: boolean; secret?: string; name?: 'Disconnect-Request' } = {},
  ): Promise<ChangeOutcome> =>
    by.send({
      name: more.name ?? 'CoA-Request',
      nas: {
        address: '127.0.0.1',
        port: to.port,
        secret: Buffer.from(more.secret ?? secret),
        messageAuthenticator: more.messageAuthenticator ?? true,
      },
      attributes: session,
    });

  test('a change is accepted, with and without Message-Authenticator, and carries the time', async () => {
    const switchboard = await nas({ window: 300 });
    const by = sender();
    assert.deepEqual(await send(switchboard, by), { outcome: 'accepted' });
    assert.deepEqual(await send(switchboard, by, { messageAuthenticator: false }), { outcome: 'accepted' });
    assert.deepEqual(await send(switchboard, by, { name: 'Disconnect-Request' }), { outcome: 'accepted' });
    const [first, second, third] = switchboard.requests;
    assert.deepEqual(first?.all('Calling-Station-Id'), ['AA-BB-CC-DD-EE-FF']);
    assert.equal(first?.all('Message-Authenticator').length, 1);
    assert.equal(second?.all('Message-Authenticator').length, 0);
    assert.equal(third?.name, 'Disconnect-Request');
    assert.equal(by.waiting, 0);
  });

  const naks: readonly (readonly [NasAnswer, ChangeOutcome['outcome']])[] = [
    [{ nak: 'Session-Context-Not-Found' }, 'session-gone'],
    [{ nak: 'Request-Initiated' }, 'accepted'],
    [{ nak: 'Missing-Attribute' }, 'configuration'],
    [{ nak: 'NAS-Identification-Mismatch' }, 'configuration'],
    [{ nak: 'Invalid-Request' }, 'configuration'],
    [{ nak: 'Invalid-Attribute-Value' }, 'configuration'],
    [{ nak: 'Session-Context-Not-Removable' }, 'refused'],
    [{ nak: undefined }, 'refused'],
  ];
  for (const [answer, outcome] of naks) {
    test(`a NAK ${JSON.stringify(answer)} means ${outcome} and is not asked again`, async () => {
      const switchboard = await nas({ answer: () => answer });
      assert.equal((await send(switchboard, sender())).outcome, outcome);
      assert.equal(switchboard.requests.length, 1);
    });
  }

  test('silence: the same bytes again after each pause, then no answer', async () => {
    const switchboard = await nas({ answer: () => 'silence' });
    assert.deepEqual(await send(switchboard, sender()), { outcome: 'no-answer', ignored: 0 });
    assert.equal(switchboard.requests.length, 4);
    assert.equal(
      new Set(switchboard.requests.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size,
      1,
    );
    const [a = 0, b = 0, c = 0, d = 0] = switchboard.requests.map(({ at }) => at);
    assert.ok(b - a >= 25 && c - b >= 55 && d - c >= 115, `${b - a}, ${c - b}, ${d - c}`);
  });

  test('a lost packet costs one pause', async () => {
    const switchboard = await nas({ answer: (_, transmission) => (transmission < 3 ? 'silence' : 'ack') });
    assert.deepEqual(await send(switchboard, sender()), { outcome: 'accepted' });
    assert.equal(switchboard.requests.length, 3);
  });

  test('a NAS that is busy is asked again with a new packet, and in the end reported', async () => {
    let asked = 0;
    const recovers = await nas({
      answer: () => ((asked += 1) < 3 ? { nak: 'Resources-Unavailable' } : 'ack'),
    });
    assert.deepEqual(await send(recovers, sender()), { outcome: 'accepted' });
    assert.equal(new Set(recovers.requests.map(({ identifier }) => identifier)).size, 3);
    const never = await nas({ answer: () => ({ nak: 'Resources-Unavailable' }) });
    assert.deepEqual(await send(never, sender()), { outcome: 'busy', cause: 'Resources-Unavailable' });
    assert.equal(never.requests.length, 4);
  });

  test('RAD-01 answers with a wrong authenticator, identifier or source are ignored, and the request is sent again', async () => {
    const forger = await nas({ answer: () => 'forged' });
    assert.deepEqual(await send(forger, sender()), { outcome: 'no-answer', ignored: 4 });
    const confused = await nas({ answer: () => 'other-identifier' });
    assert.deepEqual(await send(confused, sender()), { outcome: 'no-answer', ignored: 0 });
    const recovers = await nas({ answer: (_, transmission) => (transmission === 1 ? 'forged' : 'ack') });
    assert.deepEqual(await send(recovers, sender()), { outcome: 'accepted' });

    // Somebody who knows even the secret, from another port: the right ACK reaches nobody.
    const stranger = createSocket('udp4');
    const victim = createSocket('udp4');
    victim.on('message', (bytes, { port }) => {
      const packet = decodePacket(bytes);
      stranger.send(
        signResponse('CoA-ACK', packet, [], { secret: Buffer.from(secret), messageAuthenticator: true }),
        port,
        '127.0.0.1',
      );
    });
    victim.bind(0, '127.0.0.1');
    await once(victim, 'listening');
    const outcome = await send({ port: (victim.address() as AddressInfo).port }, sender());
    assert.deepEqual(outcome, { outcome: 'no-answer', ignored: 0 });
    stranger.close();
    victim.close();
  });

  test('a NAS with another secret drops the request without an answer', async () => {
    const switchboard = await nas();
    const outcome = await send(switchboard, sender(), { secret: 'something else altogether' });
    assert.deepEqual(outcome, { outcome: 'no-answer', ignored: 0 });
    assert.deepEqual(new Set(switchboard.dropped), new Set(['a wrong authenticator']));
  });

  test('RAD-08 a recorded request is refused by a NAS with a window of 300 s once it is old', async () => {
    const switchboard = await nas({ window: 300, requireMessageAuthenticator: true });
    const time = (seconds: number) =>
      encodeAttribute({ name: 'Event-Timestamp', value: Math.floor(Date.now() / 1000) - seconds });
    const play = createSocket('udp4');
    for (const seconds of [301, 0]) {
      const bytes = signRequest('CoA-Request', 1, [...session, time(seconds)], {
        secret: Buffer.from(secret),
        messageAuthenticator: true,
      });
      play.send(bytes, switchboard.port, '127.0.0.1');
    }
    await once(play, 'message');
    play.close();
    assert.deepEqual(switchboard.dropped, ['an Event-Timestamp outside the window']);
    assert.deepEqual(await send(switchboard, sender()), { outcome: 'accepted' }, 'ours bears the time');
  });

  test('1,000 changes at once to one NAS: no identifier twice under way, and every one has its answer', async () => {
    const switchboard = await nas();
    const by = sender({ ...quick, retryAfterMs: [1_000, 1_000, 1_000] });
    const outcomes = await Promise.all(Array.from({ length: 1_000 }, () => send(switchboard, by)));
    assert.ok(outcomes.every(({ outcome }) => outcome === 'accepted'));
    assert.equal(by.waiting, 0);
  });

  test('what waits ends when the sender is closed; what is too much is refused', async () => {
    const switchboard = await nas({ answer: () => 'silence' });
    const by = sender({ ...quick, retryAfterMs: [10_000], atOncePerNas: 1, queuePerNas: 1 });
    const [first, second] = [send(switchboard, by), send(switchboard, by)];
    assert.deepEqual(await send(switchboard, by), { outcome: 'queue-full' });
    by.close();
    assert.deepEqual(await Promise.all([first, second]), [{ outcome: 'closed' }, { outcome: 'closed' }]);
  });

  test('over IPv6 too, and an address that leads nowhere is told', async () => {
    const switchboard = await nas({ host: '::1' });
    const by = sender();
    const toSix = { address: '0:0::1', port: switchboard.port };
    const common = { secret: Buffer.from(secret), messageAuthenticator: true };
    const change = { name: 'CoA-Request', attributes: session } as const;
    assert.deepEqual(await by.send({ ...change, nas: { ...toSix, ...common } }), { outcome: 'accepted' });
    const nowhere = await by.send({ ...change, nas: { address: '127.0.0.1', port: 0, ...common } });
    assert.equal(nowhere.outcome, 'unreachable');
    const huge = Array.from({ length: 20 }, () => ({ type: 25, value: new Uint8Array(253) }));
    const tooLong = await by.send({
      name: 'CoA-Request',
      attributes: huge,
      nas: { ...toSix, ...common },
    });
    assert.equal(tooLong.outcome, 'configuration');
  });
});
