import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  applyCommandEvent,
  type CommandEvent,
  type CommandState,
  commandEvents,
  commandStates,
  isOpen,
} from './state-machine.ts';

/** The whole product, written apart from the table it checks: a state is a move, `=` unchanged, `-` refused. */
const expected = `
              deliver    acknowledge   fail    defer   expire   cancel
queued        delivered  -             -       =       expired  cancelled
delivered     =          acknowledged  failed  queued  expired  -
acknowledged  -          =             -       -       -        -
failed        -          -             =       -       -        -
expired       -          acknowledged  failed  =       =        -
cancelled     -          -             -       =       -        =
`;

test('DEV-07: every pair of state and event is decided as written', () => {
  const [head = [], ...rows] = expected
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  assert.deepEqual(head, [...commandEvents]);
  assert.deepEqual(
    rows.map(([state]) => state),
    [...commandStates],
  );
  for (const [state, ...cells] of rows) {
    for (const [index, event] of commandEvents.entries()) {
      const transition = applyCommandEvent(state as CommandState, event);
      const shown = { moved: transition.kind === 'moved' ? transition.to : '', unchanged: '=', refused: '-' };
      assert.equal(shown[transition.kind], cells[index], `${state} × ${event}`);
    }
  }
});

test('DEV-07: in any sequence of events the first answer is applied once and stands', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...commandEvents), { maxLength: 40 }), (events) => {
      let state: CommandState = 'queued';
      const answers: CommandEvent[] = [];
      for (const event of events) {
        const transition = applyCommandEvent(state, event);
        if (transition.kind !== 'moved') continue;
        state = transition.to;
        if (event === 'acknowledge' || event === 'fail') answers.push(event);
      }
      assert.ok(answers.length <= 1);
      if (answers.length === 1) assert.equal(state, answers[0] === 'fail' ? 'failed' : 'acknowledged');
    }),
  );
});

test('no command waits for ever: from every open state the deadline leads to a closed one', () => {
  for (const state of commandStates.filter(isOpen)) {
    const transition = applyCommandEvent(state, 'expire');
    assert.ok(transition.kind === 'moved' && !isOpen(transition.to));
  }
});

test('a cancelled command is never handed out', () => {
  assert.equal(applyCommandEvent('cancelled', 'deliver').kind, 'refused');
});
