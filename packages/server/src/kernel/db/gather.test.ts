import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '@gatehouse/core/errors.ts';
import { gatherQuestions } from './gather.ts';

interface Sent {
  readonly organizationId: string;
  readonly questions: readonly string[];
  answer(): void;
  fail(error: Error): void;
}

/** A database that answers when it is told to. */
function heldDatabase(atOnce = 1) {
  const sent: Sent[] = [];
  const ask = gatherQuestions<string, string>(
    (organizationId, questions) =>
      new Promise((resolve, reject) => {
        const answers = questions.map((question) => `answer to ${question}`);
        sent.push({ organizationId, questions, answer: () => resolve(answers), fail: reject });
      }),
    { atOnce },
  );
  return { ask, sent };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function answerAll(sent: readonly Sent[]): Promise<void> {
  await turn();
  for (let index = 0; index < sent.length; index += 1) {
    sent[index]?.answer();
    await turn();
    await turn();
  }
}

test('what is asked in one turn leaves together at its end', async () => {
  const { ask, sent } = heldDatabase();
  const answers = ['A', 'B', 'A'].map((question) => ask('acme', question));
  assert.equal(sent.length, 0);
  await answerAll(sent);
  assert.deepEqual(
    sent.map(({ questions }) => questions),
    [['A', 'B', 'A']],
  );
  assert.deepEqual(await Promise.all(answers), ['answer to A', 'answer to B', 'answer to A']);
});

test('a question never joins a statement that has left; those that wait for it leave together', async () => {
  const { ask, sent } = heldDatabase();
  const first = ask('acme', 'A');
  await turn();
  const later = [ask('acme', 'A'), ask('acme', 'B')];
  await turn();
  assert.equal(sent.length, 1);
  await answerAll(sent);
  await Promise.all([first, ...later]);
  assert.deepEqual(
    sent.map(({ questions }) => questions),
    [['A'], ['A', 'B']],
  );
});

test('where statements keep their distance the first leaves at once, and what comes soon after it leaves together', async () => {
  const sent: { readonly questions: readonly string[]; readonly at: number }[] = [];
  const ask = gatherQuestions<string, string>(
    async (_, questions) => {
      sent.push({ questions, at: performance.now() });
      return questions;
    },
    { spacingMs: 40 },
  );
  assert.equal(await ask('acme', 'A'), 'A');
  const later = [ask('acme', 'B')];
  await turn();
  later.push(ask('acme', 'C'));
  assert.deepEqual(await Promise.all(later), ['B', 'C']);
  assert.deepEqual(
    sent.map(({ questions }) => questions),
    [['A'], ['B', 'C']],
  );
  const [first, second] = sent;
  assert.ok(first !== undefined && second !== undefined && second.at - first.at >= 38);
});

test('nobody waits long behind a statement that hangs', async () => {
  const { ask, sent } = heldDatabase();
  const hung = ask('acme', 'A');
  await turn();
  const behind = [ask('acme', 'B'), ask('acme', 'C')];
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.deepEqual(sent[1]?.questions, ['B', 'C']);
  sent[1]?.answer();
  await Promise.all(behind);
  sent[0]?.answer();
  await hung;
});

test('a database that hangs is given four statements of a tenant and no more', async () => {
  const { ask, sent } = heldDatabase();
  const answers: Promise<string>[] = [];
  for (let round = 0; round < 6; round += 1) {
    answers.push(ask('acme', String(round)));
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  assert.equal(sent.length, 4);
  await answerAll(sent);
  assert.equal((await Promise.all(answers)).length, 6);
});

test('tenants never share a statement', async () => {
  const { ask, sent } = heldDatabase();
  const answers = ['acme', 'globex', 'acme', 'globex'].map((organization, index) =>
    ask(organization, `${organization} ${index}`),
  );
  await answerAll(sent);
  await Promise.all(answers);
  assert.deepEqual(
    sent.map(({ organizationId, questions }) => [organizationId, ...questions]),
    [
      ['acme', 'acme 0', 'acme 2'],
      ['globex', 'globex 1', 'globex 3'],
    ],
  );
});

test('a statement gathers at most 64 questions', async () => {
  const { ask, sent } = heldDatabase();
  const answers = Array.from({ length: 100 }, (_, index) => ask('acme', String(index)));
  await answerAll(sent);
  assert.equal((await Promise.all(answers))[99], 'answer to 99');
  assert.deepEqual(
    sent.map(({ questions }) => questions.length),
    [64, 36],
  );
});

test('where two may be under way, the third waits for one of them', async () => {
  const { ask, sent } = heldDatabase(2);
  const asked: Promise<string>[] = [];
  for (const question of ['A', 'B', 'C', 'D']) {
    asked.push(ask('acme', question));
    await turn();
  }
  const leftSoFar = () => sent.map(({ questions }) => questions);
  assert.deepEqual(leftSoFar(), [['A'], ['B']]);
  sent[1]?.answer();
  await turn();
  await turn();
  assert.deepEqual(leftSoFar(), [['A'], ['B'], ['C', 'D']]);
  await answerAll(sent);
  assert.equal((await Promise.all(asked)).length, 4);
});

test('a question whose value the database refuses fails alone', async () => {
  const statements: (readonly string[])[] = [];
  const ask = gatherQuestions<string, string>(async (_lane, questions) => {
    statements.push(questions);
    if (questions.includes('bad')) throw Object.assign(new Error('invalid value'), { code: '22021' });
    return questions;
  });
  const asked = ['A', 'bad', 'B'].map((question) => ask('acme', question));
  assert.deepEqual(
    (await Promise.allSettled(asked)).map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.deepEqual(statements, [['A', 'bad', 'B'], ['A'], ['bad'], ['B']]);
});

test('a database that is away is not asked again for each question', async () => {
  let statements = 0;
  const ask = gatherQuestions<string, string>(async () => {
    statements += 1;
    throw new DomainError('unavailable', 'The database cannot be reached');
  });
  await Promise.allSettled(['A', 'B', 'C'].map((question) => ask('acme', question)));
  assert.equal(statements, 1);
});

test('a failed statement fails its own questions and no others', async () => {
  const { ask, sent } = heldDatabase();
  const first = ask('acme', 'A');
  await turn();
  const second = ask('acme', 'B');
  sent[0]?.fail(new Error('gone'));
  await assert.rejects(first, /gone/);
  await answerAll(sent);
  assert.equal(await second, 'answer to B');
});
