import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../../kernel/db/database.ts';
import { createPostureReader } from './posture-reader.ts';

interface Sent {
  readonly organizationId: string;
  readonly pairs: readonly string[];
  answer(): void;
  fail(error: Error): void;
}

/** A database that answers when it is told to: one device for each identifier, named after it. */
function heldDatabase(): { database: Pick<Database, 'tenantQuery'>; sent: Sent[] } {
  const sent: Sent[] = [];
  const tenantQuery = (organizationId: string, _statement: unknown, values: readonly unknown[] = []) =>
    new Promise<never[]>((resolve, reject) => {
      const [, kinds, texts] = values as [string, string[], string[]];
      const rows = kinds.map((_, index) => ({
        state: 'active',
        place: index + 1,
        device: [`device of ${texts[index]}`],
      }));
      sent.push({
        organizationId,
        pairs: kinds.map((kind, index) => `${kind} ${texts[index]}`),
        answer: () => resolve(rows as never[]),
        fail: reject,
      });
    });
  return { database: { tenantQuery }, sent };
}

const asker = { organizationId: 'acme', administratorId: 'ise' };
const mac = (value: string) => [{ kind: 'mac', value }];
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function answerAll(sent: readonly Sent[]): Promise<void> {
  await settle();
  for (let index = 0; index < sent.length; index += 1) {
    sent[index]?.answer();
    await settle();
    await settle();
  }
}

test('questions that one account asks at once travel together, and each gets its own answer', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const questions = ['A', 'B', 'C', 'B'].map((value) => reader.find(asker, mac(value)));
  await answerAll(sent);
  assert.deepEqual(
    sent.map(({ pairs }) => pairs),
    [['mac A', 'mac B', 'mac C', 'mac B']],
  );
  const devices = (await Promise.all(questions)).map((found) =>
    found.devices.flat().map((row) => row.deviceId),
  );
  assert.deepEqual(devices, [['device of A'], ['device of B'], ['device of C'], ['device of B']]);
});

test('a question never joins a statement that has left: its answer is read after it was asked', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const first = reader.find(asker, mac('A'));
  await settle();
  const second = reader.find(asker, mac('A'));
  await answerAll(sent);
  await Promise.all([first, second]);
  assert.equal(sent.length, 2);
});

test('questions of different accounts and tenants never share a statement', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const askers = [asker, { ...asker, organizationId: 'other' }, { ...asker, administratorId: 'second' }];
  const questions = askers.flatMap((who) => ['A', 'B', 'C'].map((value) => reader.find(who, mac(value))));
  await answerAll(sent);
  await Promise.all(questions);
  assert.deepEqual(
    sent.map(({ organizationId, pairs }) => [organizationId, pairs.length]),
    [
      ['acme', 3],
      ['other', 3],
      ['acme', 3],
    ],
  );
});

test('a statement gathers at most 64 identifiers, and a larger question goes alone and at once', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const questions = Array.from({ length: 50 }, (_, index) =>
    reader.find(asker, [...mac(`M${index}`), ...mac(`N${index}`)]),
  );
  const many = Array.from({ length: 500 }, (_, index) => ({ kind: 'mac', value: `X${index}` }));
  questions.push(reader.find(asker, many));
  await answerAll(sent);
  const found = await Promise.all(questions);
  assert.deepEqual(
    sent.map(({ pairs }) => pairs.length),
    [500, 64, 36],
  );
  assert.deepEqual(
    found.map(({ devices }) => devices.length),
    [...Array.from({ length: 50 }, () => 2), 500],
  );
});

test('a failed statement fails its own questions and no others', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const failed = reader.find(asker, mac('A'));
  await settle();
  const later = reader.find(asker, mac('B'));
  sent[0]?.fail(new Error('gone'));
  await assert.rejects(failed, /gone/);
  await answerAll(sent);
  assert.equal((await later).devices.length, 1);
});
