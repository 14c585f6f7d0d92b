import { broken, met, type Opinion, recorded, unknown } from '../finding.ts';
import type { DeviceState } from '../../devices/device.ts';
import { defineRule, everyGate } from '../rule.ts';
import { say } from '../wording/message.ts';

/**
 * CMP-04. Gates are shut without management anyway; the rule is there for what else should follow when a user removes it, such
 * as telling the administrators.
 */
export const enrollment = defineRule({
  kind: 'enrollment',
  severity: 'critical',
  purpose: 'security',
  defaultGates: everyGate,
  reads: [],
  demand: (demand) => demand,
  judge: (_demand, { device, now }) => [
    {
      ...(device.barred === null ? opinions[device.state] : barred),
      evidence: [recorded('management-state', device.state, now, now)],
      holdsUntil: null,
    },
  ],
});

const barred = met(say('enrollment.barred'));
const again = say('standing.enrol-again');

const opinions: Readonly<Record<DeviceState, Opinion>> = {
  registered: met(say('standing.registered')),
  pending: unknown(say('standing.pending'), say('standing.finish-enrolment')),
  blocked: met(say('enrollment.blocked')),
  wiping: broken(say('enrollment.ending'), again),
  unmanaged: broken(say('enrollment.removed'), again),
};
