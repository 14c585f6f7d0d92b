/** Devices: what they are, what is known of them, and where they stand in their life. */
export { createPendingDevice, type PendingDevice } from './create-pending-device.ts';
export { registerDevice } from './register-device.ts';
