import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { after, before, test } from 'node:test';
import {
  openTestAdminSurface,
  type TestAdminSurface,
} from '@gatehouse/server/surfaces/admin/test-surface.ts';
import type { Operation } from '../call.ts';

let surface: TestAdminSurface;
before(async () => {
  surface = await openTestAdminSurface();
});
after(() => surface[Symbol.asyncDispose]());

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'id' in value && 'method' in value && 'path' in value;
}

test('every operation that the console asks for is one of the public API, at the address that it names', async () => {
  const served = new Map(surface.routes.map((route) => [route.operation, `${route.method} ${route.path}`]));
  served.set('followEvents', 'GET /events');
  let compared = 0;
  for (const file of globSync('*.ts', { cwd: import.meta.dirname }).filter(
    (name) => !name.endsWith('.test.ts'),
  )) {
    // The portal has an API of its own.
    if (file.startsWith('my-')) continue;
    const module = (await import(new URL(file, import.meta.url).href)) as Record<string, unknown>;
    for (const [name, operation] of Object.entries(module)) {
      if (!isOperation(operation)) continue;
      compared++;
      assert.equal(`${operation.method} ${operation.path}`, served.get(operation.id), `${file}: ${name}`);
    }
  }
  assert.ok(compared > 3);
});
