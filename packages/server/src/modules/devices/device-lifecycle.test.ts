import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deviceStates } from '@gatehouse/core/devices/device.ts';
import { applyDeviceEvent, deviceEvents } from './device-lifecycle.ts';

/** The whole product, written out a second time: every pair of state and event was decided. `-`: unchanged; `!`: refused. */
const decided = {
  //            register      block     unblock       begin-wipe end-wipe      unmanage     enrol-again
  pending: ['registered', '!', '!', '-', '-', 'unmanaged', '-'],
  registered: ['-', 'blocked', '-', 'wiping', '-', 'unmanaged', 'pending'],
  wiping: ['-', '!', '!', '-', 'registered', 'unmanaged', 'pending'],
  blocked: ['!', '-', 'registered', '!', '-', 'unmanaged', '!'],
  unmanaged: ['!', '!', '!', '!', '-', '-', 'pending'],
} as const;

describe('the life of a device', () => {
  for (const state of deviceStates) {
    test(`${state}: each event does what was decided`, () => {
      const outcomes = deviceEvents.map((event) => {
        const transition = applyDeviceEvent(state, event);
        return transition.kind === 'moved' ? transition.to : transition.kind === 'refused' ? '!' : '-';
      });
      assert.deepEqual(outcomes, decided[state]);
    });
  }

  test('ENR-19 nothing but the first answered check-in makes a pending device registered', () => {
    const ways = deviceEvents.filter((event) => {
      const transition = applyDeviceEvent('pending', event);
      return transition.kind === 'moved' && transition.to === 'registered';
    });
    assert.deepEqual(ways, ['register']);
  });

  test('an unmanaged device comes back by a new enrolment only, and then has to prove itself first', () => {
    const ways = deviceEvents.filter((event) => applyDeviceEvent('unmanaged', event).kind === 'moved');
    assert.deepEqual(ways, ['enrol-again']);
    assert.deepEqual(applyDeviceEvent('unmanaged', 'enrol-again'), { kind: 'moved', to: 'pending' });
  });
});
