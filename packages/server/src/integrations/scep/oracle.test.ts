import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { envelope, parseEnvelope } from '@gatehouse/protocols/cms/index.ts';
import { decodeScepAnswer, encodeScepMessage } from '@gatehouse/protocols/scep/index.ts';
import { after, before, describe, test } from 'node:test';
import { newRsaKey, outcomeOf, openScepTestWorld, type ScepTestWorld } from './test-world.ts';

describe('altered envelopes', () => {
  let world: ScepTestWorld;
  before(async () => {
    world = await openScepTestWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  test('SCEP-02 a thousand altered envelopes get the same answer, whatever went wrong inside', {
    timeout: 120_000,
  }, async () => {
    const { acme, scep } = world;
    const { deviceId, challenge, key } = await world.ready();
    const attacker = newRsaKey();
    const victim = await world.request(acme, { key, commonName: deviceId, challenge });
    const closed = Buffer.from(
      envelope({ content: victim.content, recipient: victim.server, cipher: 'aes-128-cbc' }),
    );
    const { recipients, encrypted } = parseEnvelope(closed);
    const wrapped = closed.indexOf(Buffer.from(recipients[0]?.wrappedKey ?? []));
    const content = closed.indexOf(Buffer.from(encrypted));
    const own = await world.request(acme, { key: attacker });
    const form = {
      type: 'PKCSReq',
      transactionId: 'oracle',
      senderNonce: Buffer.alloc(16),
      certificate: own.certificate,
      key: attacker,
    } as const;
    const seen = new Set<string>();
    const times: Record<'key' | 'padding' | 'content', number[]> = { key: [], padding: [], content: [] };
    const asked = { ...own, transactionId: 'oracle', senderNonce: form.senderNonce };
    for (let round = 0; round < 1_000; round++) {
      const altered = Buffer.from(closed);
      const kind = (['key', 'padding', 'content'] as const)[round % 3] ?? 'key';
      const places = {
        key: [wrapped, 255],
        padding: [altered.length - 32, 16],
        content: [content, encrypted.length - 48],
      } as const;
      const [start, length] = places[kind];
      const at = start + (randomBytes(2).readUInt16BE() % length);
      altered[at] = (altered[at] ?? 0) ^ (1 + ((randomBytes(1)[0] ?? 0) % 255));
      const message = encodeScepMessage({ ...form, envelope: altered });
      const began = process.hrtime.bigint();
      const reply = await scep.operate({ organizationId: acme.organizationId, message, requestId: 'oracle' });
      times[kind].push(Number(process.hrtime.bigint() - began) / 1e6);
      const answer = decodeScepAnswer(reply?.body ?? new Uint8Array(), asked);
      const { signedBy, senderNonce, ...rest } = answer.message;
      seen.add(
        JSON.stringify([answer.status, rest, senderNonce.length, signedBy.fingerprint, reply?.body.length]),
      );
    }
    assert.equal(seen.size, 1, [...seen].join('\n'));
    assert.match([...seen][0] ?? '', /badMessageCheck/);
    // The unaltered envelope in the attacker's message is no different from an altered one.
    const replayed = encodeScepMessage({ ...form, envelope: closed });
    const reply = await scep.operate({
      organizationId: acme.organizationId,
      message: replayed,
      requestId: 'oracle',
    });
    assert.equal(outcomeOf(decodeScepAnswer(reply?.body ?? new Uint8Array(), asked)), 'badMessageCheck');
    // No kind of failure is answered sooner by more than what chance makes of it.
    const median = (list: number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
    const spread = (list: number[]) => {
      const sorted = list.toSorted((a, b) => a - b);
      return (sorted[Math.floor(sorted.length * 0.9)] ?? 0) - (sorted[Math.floor(sorted.length * 0.1)] ?? 0);
    };
    const medians = Object.values(times).map(median);
    const difference = Math.max(...medians) - Math.min(...medians);
    assert.ok(
      difference < Math.max(...Object.values(times).map(spread)),
      `medians ${medians.map((value) => value.toFixed(3)).join(' ')}`,
    );
    // The challenge is still good for whom it was made.
    assert.equal((await world.send(acme, victim)).status, 'success');
  });
});
