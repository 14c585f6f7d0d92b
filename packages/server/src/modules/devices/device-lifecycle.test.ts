import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deviceStates } from '@gatehouse/core/devices/device.ts';
import { applyDeviceEvent, deviceEvents } from './device-lifecycle.ts';

/** The whole product, written out a second time: every pair of state and event was decided. `-`: unchanged; `!`: refused. */
const decided = {
  //            register      block     unblock       begin-wipe end-wipe      unmanage
  pending: ['registered', '!', '!', '-', '-', 'unmanaged'],
  registered: ['-', 'blocked', '-', 'wiping', '-', 'unmanaged'],
  wiping: ['-', '!', '!', '-', 'registered', 'unmanaged'],
  blocked: ['!', '-', 'registered', '!', '-', 'unmanaged'],
  unmanaged: ['!', '!', '!', '!', '-', '-'],
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

  test('an unmanaged device never comes back by an event', () => {
    for (const event of deviceEvents) assert.notEqual(applyDeviceEvent('unmanaged', event).kind, 'moved');
  });
});
