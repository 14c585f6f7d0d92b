import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { createEvents } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import { streamLimits } from './event-stream.ts';
import { openTestAdminSurface, type TestAdminSurface, type TestOrganization } from './test-surface.ts';

interface Frame {
  readonly id?: string;
  readonly event?: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what comes is looked into
  readonly data?: any;
}

describe('the stream of events', () => {
  let surface: TestAdminSurface;
  let origin: string;
  const open: AbortController[] = [];
  const events = createEvents({}, () => undefined);

  before(async () => {
    surface = await openTestAdminSurface();
    await surface.server.listen({ host: '127.0.0.1', port: 0 });
    origin = `http://127.0.0.1:${(surface.server.server.address() as AddressInfo).port}`;
  });
  after(async () => {
    for (const each of open) each.abort();
    await surface[Symbol.asyncDispose]();
  });

  async function follow(token: string, headers: Record<string, string> = {}, query = '') {
    const abort = new AbortController();
    open.push(abort);
    const answer = await fetch(`${origin}/api/v1/events${query}`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: abort.signal,
    });
    const frames: Frame[] = [];
    let ended = false;
    if (answer.status === 200 && answer.body)
      void (async () => {
        let text = '';
        for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
          text += Buffer.from(chunk).toString();
          const parts = text.split('\n\n');
          text = parts.pop() ?? '';
          for (const part of parts) {
            const fields = Object.fromEntries(
              part
                .split('\n')
                .filter((line) => !line.startsWith(':'))
                .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
            );
            frames.push({ ...fields, ...(fields['data'] ? { data: JSON.parse(fields['data']) } : {}) });
          }
        }
        ended = true;
      })().catch(() => (ended = true));
    const heard = () => frames.filter(({ event }) => event !== undefined);
    return {
      answer,
      frames,
      heard,
      ended: () => ended,
      close: () => abort.abort(),
      async wait(count: number) {
        for (let n = 0; n < 300 && heard().length < count; n += 1) await pause(10);
        assert.ok(heard().length >= count, `${heard().length} of ${count} events were heard`);
        return heard();
      },
    };
  }
  const happen = (organization: TestOrganization, name: string, payload: object = {}) =>
    surface.db.database.withTenant(organization.id, (tx) =>
      events.emit(tx, { name, subjectId: newId(), payload: { ...payload } }),
    );
  const token = (role: keyof TestOrganization['administrators'] = 'org-admin', of = surface.acme) =>
    of.administrators[role].token;

  test('what happens from now on is heard within a second, with name, time and place', async () => {
    await happen(surface.acme, 'user.created', { n: 'before' });
    const stream = await follow(token());
    assert.match(stream.answer.headers.get('content-type') ?? '', /^text\/event-stream/);
    assert.equal(stream.answer.headers.get('cache-control'), 'no-store');
    for (let n = 0; n < 100 && stream.frames.length === 0; n += 1) await pause(10);
    const started = performance.now();
    await happen(surface.acme, 'user.created', { n: 1 });
    // While an older transaction is open somewhere, what was a moment before may still be to come.
    const isNew = ({ data }: Frame) => data.data.n === 1;
    for (let count = 1; !stream.heard().some(isNew); count += 1) await stream.wait(count);
    const first = stream.heard().find(isNew);
    assert.ok(performance.now() - started < 1_000);
    assert.equal(first?.event, 'user.created');
    assert.equal(first?.data.data.n, 1);
    assert.ok(Date.parse(first?.data.timestamp));
    stream.close();
  });

  test('after the Last-Event-ID it goes on without a gap and without a repetition', async () => {
    const stream = await follow(token());
    for (let n = 0; n < 100 && stream.frames.length === 0; n += 1) await pause(10);
    for (let n = 0; n < 5; n += 1) await happen(surface.acme, 'user.created', { n });
    const heard = await stream.wait(5);
    stream.close();
    for (let n = 5; n < 10; n += 1) await happen(surface.acme, 'user.created', { n });
    const again = await follow(token(), { 'last-event-id': heard[2]?.id ?? '' });
    assert.deepEqual(
      (await again.wait(7)).map(({ data }) => data.data.n),
      [3, 4, 5, 6, 7, 8, 9],
    );
    again.close();
    const beyond = await follow(token(), { 'last-event-id': '999999999999-1' });
    assert.equal((await beyond.wait(1))[0]?.event, 'reset');
    beyond.close();
    const nonsense = await follow(token(), { 'last-event-id': 'x'.repeat(100) });
    assert.equal(nonsense.answer.status, 200);
    nonsense.close();
  });

  test('ADM-16 nobody hears another organization, whatever he names; pages of other origins hear nothing', async () => {
    const stream = await follow(token());
    for (let n = 0; n < 100 && stream.frames.length === 0; n += 1) await pause(10);
    await happen(surface.globex, 'user.created', { n: 'foreign' });
    await happen(surface.acme, 'user.created', { n: 'own' });
    assert.deepEqual(
      (await stream.wait(1)).map(({ data }) => data.data.n),
      ['own'],
    );
    await pause(500);
    assert.equal(stream.heard().length, 1);
    stream.close();
    assert.equal((await follow(token(), {}, '?organization=globex')).answer.status, 404);
    // The place of an event of theirs is a place in our own list.
    const placed = await follow(token('org-admin', surface.globex));
    for (let n = 0; n < 100 && placed.frames.length === 0; n += 1) await pause(10);
    const foreign = await follow(token(), { 'last-event-id': placed.frames[0]?.id ?? '' });
    await pause(500);
    assert.ok(foreign.heard().every(({ data }) => data.data?.n !== 'foreign'));
    placed.close();
    foreign.close();
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }] as const)
      assert.equal((await follow(token(), headers as never)).answer.status, 403);
    const nobody = await fetch(`${origin}/api/v1/events`);
    assert.equal(nobody.status, 401);
  });

  test('each hears what he may read, and a role without the right hears nothing', async () => {
    assert.equal((await follow(token('help-desk'))).answer.status, 403);
    assert.equal((await follow(token('nac-service'))).answer.status, 403);
    const auditor = await follow(token('auditor'));
    for (let n = 0; n < 100 && auditor.frames.length === 0; n += 1) await pause(10);
    await happen(surface.acme, 'invitation.requested', { link: 'secret' });
    await happen(surface.acme, 'user.created', { n: 1 });
    await auditor.wait(1);
    assert.deepEqual(
      auditor.heard().map(({ event }) => event),
      ['user.created'],
    );
    auditor.close();
  });

  test('ADM-15 a right that is taken away ends the stream within a second', async () => {
    const admin = surface.operator(surface.acme);
    const made = await surface.call(token(), 'POST', '/tokens', {
      body: { role: 'auditor', expiresInSeconds: 3_600 },
    });
    const { id, token: secret } = made.json() as { id: string; token: string };
    assert.equal(admin.organizationId, surface.acme.id);
    const stream = await follow(secret);
    for (let n = 0; n < 100 && stream.frames.length === 0; n += 1) await pause(10);
    assert.equal(stream.ended(), false);
    const started = performance.now();
    await surface.call(token(), 'DELETE', `/tokens/${id}`);
    await happen(surface.acme, 'user.created', { n: 'late' });
    for (let n = 0; n < 200 && !stream.ended(); n += 1) await pause(10);
    assert.equal(stream.ended(), true);
    assert.ok(performance.now() - started < 1_000);
    assert.equal(stream.heard().length, 0);
    assert.equal((await follow(secret)).answer.status, 401);
  });

  test('streams are bounded for each, and a closed one makes room', async () => {
    const streams = [];
    for (let n = 0; n < streamLimits.perPrincipal; n += 1) streams.push(await follow(token()));
    assert.ok(streams.every(({ answer }) => answer.status === 200));
    const refused = await follow(token());
    assert.equal(refused.answer.status, 429);
    assert.ok(refused.answer.headers.get('retry-after'));
    assert.equal((await follow(token('auditor'))).answer.status, 200);
    streams[0]?.close();
    let status = 429;
    for (let n = 0; n < 100 && status !== 200; n += 1) {
      await pause(20);
      status = (await follow(token())).answer.status;
    }
    assert.equal(status, 200);
    for (const stream of streams) stream.close();
  });
});
