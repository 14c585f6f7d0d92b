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
  for (let index = 0; index < sent.length; index += 1) {
    sent[index]?.answer();
    await settle();
  }
}

test('questions that arrive while a statement is under way travel together in the next one', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const questions = ['A', 'B', 'C', 'B'].map((value) => reader.find(asker, mac(value)));
  assert.deepEqual(
    sent.map(({ pairs }) => pairs),
    [['mac A']],
  );
  await answerAll(sent);
  assert.deepEqual(
    sent.map(({ pairs }) => pairs),
    [['mac A'], ['mac B', 'mac C', 'mac B']],
  );
  const devices = (await Promise.all(questions)).map((found) =>
    found.devices.flat().map((row) => row.deviceId),
  );
  assert.deepEqual(devices, [['device of A'], ['device of B'], ['device of C'], ['device of B']]);
});

test('a question never joins a statement that has left: its answer is read after it was asked', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const questions = [reader.find(asker, mac('A')), reader.find(asker, mac('A'))];
  await answerAll(sent);
  await Promise.all(questions);
  assert.equal(sent.length, 2);
});

test('nobody waits long behind a statement that hangs', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const hung = reader.find(asker, mac('A'));
  const behind = [reader.find(asker, mac('B')), reader.find(asker, mac('C'))];
  assert.equal(sent.length, 1);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.deepEqual(sent[1]?.pairs, ['mac B', 'mac C']);
  sent[1]?.answer();
  await Promise.all(behind);
  sent[0]?.answer();
  await hung;
});

test('questions of different accounts and tenants never share a statement', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const askers = [asker, { ...asker, organizationId: 'other' }, { ...asker, administratorId: 'second' }];
  const questions = askers.flatMap((who) => ['A', 'B', 'C'].map((value) => reader.find(who, mac(value))));
  assert.equal(sent.length, 3);
  await answerAll(sent);
  await Promise.all(questions);
  assert.deepEqual(
    sent.map(({ organizationId, pairs }) => [organizationId, pairs.length]),
    [
      ['acme', 1],
      ['other', 1],
      ['acme', 1],
      ['acme', 2],
      ['other', 2],
      ['acme', 2],
    ],
  );
});

test('a statement gathers at most 64 identifiers, and a larger question goes alone and at once', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const questions = Array.from({ length: 100 }, (_, index) => reader.find(asker, mac(`M${index}`)));
  const many = Array.from({ length: 500 }, (_, index) => ({ kind: 'mac', value: `X${index}` }));
  questions.push(reader.find(asker, many));
  assert.deepEqual(
    sent.map(({ pairs }) => pairs.length),
    [1, 500],
  );
  await answerAll(sent);
  await Promise.all(questions);
  assert.deepEqual(
    sent.map(({ pairs }) => pairs.length),
    [1, 500, 64, 35],
  );
});

test('a failed statement fails its own questions and no others', async () => {
  const { database, sent } = heldDatabase();
  const reader = createPostureReader(database);
  const questions = ['A', 'B', 'C'].map((value) => reader.find(asker, mac(value)));
  sent[0]?.fail(new Error('gone'));
  await assert.rejects(questions[0] ?? Promise.resolve(), /gone/);
  await settle();
  sent[1]?.answer();
  assert.equal((await questions[1])?.devices.length, 1);
  assert.equal((await questions[2])?.devices.length, 1);
});
