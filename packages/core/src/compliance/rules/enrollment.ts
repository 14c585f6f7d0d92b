import { broken, met, type Opinion, recorded, unknown } from '../finding.ts';
import type { DeviceState } from '../../devices/device.ts';
import { defineRule, everyGate } from '../rule.ts';

/**
 * CMP-04. Gates are shut without management anyway; the rule is there for what else should follow when a user removes it, such
 * as telling the administrators.
 */
export const enrollment = defineRule({
  kind: 'enrollment',
  title: 'The device is under management',
  severity: 'critical',
  purpose: 'security',
  defaultGates: everyGate,
  reads: [],
  demand: (demand) => demand,
  judge: (_demand, { device, now }) => [
    {
      ...opinions[device.state],
      evidence: [recorded('management-state', device.state, now, now)],
      holdsUntil: null,
    },
  ],
});

const again = 'Enrol the device again.';

const opinions: Readonly<Record<DeviceState, Opinion>> = {
  registered: met('The device is under management.'),
  pending: unknown('The device has not completed its enrolment.', 'Finish the enrolment on the device.'),
  blocked: met('The device is under management; an administrator has blocked it.'),
  wiping: broken('The device is being taken out of management.', again),
  unmanaged: broken('Management has been removed from the device.', again),
};
