// An expression that takes too many steps, where nothing of it has run before: a thread that ends with what it said and what it cost.
import { parentPort } from 'node:worker_threads';
import { costOf } from '../../../../tools/processor-time.ts';
import { compileExpression, evaluateExpression } from './compile.ts';
import { type Environment, string } from './types.ts';

export interface TooCostly {
  readonly answers: readonly unknown[];
  /** ms of the processor: the first time, the second, the third. */
  readonly costs: readonly number[];
}

const environment: Environment = {
  variables: new Map([
    [
      'apps.installed',
      { kind: 'list', maximumCount: 20_000, item: { kind: 'object', fields: new Map([['id', string]]) } },
    ],
  ]),
};
const installed = Array.from({ length: 20_000 }, (_, index) => ({ id: `app-${index}` }));
const known = new Map([['apps.installed', installed]]);
const source = `apps.installed.all(a, ${Array.from({ length: 9 }, () => 'a.id != "x"').join(' && ')})`;

const answers: unknown[] = [];
const costs = [1, 2, 3].map(() =>
  costOf(() => answers.push(evaluateExpression(compileExpression(source, environment), known)), 1),
);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
parentPort?.postMessage({ answers, costs } satisfies TooCostly);
