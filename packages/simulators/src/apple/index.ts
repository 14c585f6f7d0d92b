/** Simulated iPhones, iPads, Macs, Apple TVs and Vision Pros that speak Apple's device management protocol. */
export { type AppleFamily, type DeviceModel, deviceModels } from './device-models.ts';
export {
  type Declaration,
  type DeviceOptions,
  type DeviceState,
  eraseDevice,
  type InstalledApp,
  type InstalledProfile,
  type KeychainIdentity,
  newAppleDevice,
} from './device-state.ts';
export { meets, passcodeRules } from './answer-queries.ts';
export { knownRequestTypes, ProfileRefused } from './carry-out.ts';
export { DeclarativeManagement } from './declarative-management.ts';
export { ServerRefusal } from './mdm-connection.ts';
export type { Misbehaviour } from './misbehaviour.ts';
export { readProfile } from './read-profile.ts';
export { downloadProfile, PageRefusal, type PageVisit } from './visit-page.ts';
export { identityPem, obtainCertificate } from './scep-client.ts';
export type { SignedInUser, UserChannel } from './user-channel.ts';
export {
  type AppleDeviceEvent,
  SimulatedAppleDevice,
  type SimulatedAppleDeviceOptions,
} from './simulated-apple-device.ts';
