import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, recentLines } from './log.ts';

test('LOG-02 the last lines are there newest first, by level, request and words, and no more of them than is told', () => {
  const log = createLog({ level: 'debug', console: () => undefined });
  log.info({ requestId: 'r1', route: '/users', secret: 'canary' }, 'a request was refused');
  log.warn({ code: 'unavailable' }, 'the database is away');
  log.error({ err: new Error('broken pipe') }, 'a request failed');
  const read = (filter: object = {}) => recentLines(log).read({ limit: 100, ...filter });
  assert.deepEqual(
    read().map(({ message }) => message),
    ['a request failed', 'the database is away', 'a request was refused'],
  );
  assert.deepEqual(
    read({ level: 'warn' }).map(({ level }) => level),
    ['error', 'warn'],
  );
  assert.equal(read({ requestId: 'r1' })[0]?.route, '/users');
  assert.equal(read({ search: 'BROKEN' })[0]?.error, 'Error: broken pipe');
  assert.equal(read({ limit: 1 }).length, 1);
  assert.ok(!JSON.stringify(read()).includes('canary'));
});

test('LOG-02 old lines make room, and a line that was cut is left out', () => {
  const log = createLog({ level: 'debug', console: () => undefined });
  for (let index = 0; index < 2_500; index += 1) log.info({ requestId: `r${index}` }, 'line');
  log.info('x'.repeat(9_000));
  const lines = recentLines(log).read({ limit: 5_000 });
  assert.equal(lines.length, 1_999);
  assert.deepEqual([lines[0]?.requestId, lines.at(-1)?.requestId], ['r2499', 'r501']);
});
