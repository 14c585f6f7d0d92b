/** What the parts of a drawn chain are told. */
import type { Device } from '@gatehouse/contracts/admin/devices.ts';
import type { Gate } from '@gatehouse/core/compliance/gate.ts';
import type { DeviceExplanation } from '../../../../api/operations/device.ts';
import type { Why, WhyPath } from './why-of.ts';

export interface ChainProps {
  readonly path: WhyPath;
  readonly why: Why;
  readonly gate: Gate;
  readonly explanation: DeviceExplanation;
  readonly device: Device;
}
