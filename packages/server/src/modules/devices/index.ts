/** Devices: what they are, what is known of them, and where they stand in their life. */
export { barDevice, holdersOfCertificates, secureDevice, unbarDevice } from './bar-device.ts';
export {
  blockDevice,
  changeStanding,
  shutOutClones,
  unblockDevice,
  unmanageDevice,
} from './change-standing.ts';
export { readCollectionPolicy } from './collection-policy.ts';
export { selectCollection } from './facts-queries.ts';
export { createPendingDevice, type PendingDevice } from './create-pending-device.ts';
export type { DeviceDeps, Reevaluate, StandingDeps } from './device-deps.ts';
export type { DeviceEvent } from './device-lifecycle.ts';
export {
  candidatesInEscrow,
  confirmEscrow,
  type EscrowDeps,
  type EscrowedValue,
  escrowForCommand,
  type EscrowPlace,
  takeIntoEscrow,
} from './escrow.ts';
export { type DeviceOutcome, type DevicesReport, inBatches, missing } from './device-batches.ts';
export { type Device, findDevice, findDevices } from './find-device.ts';
export { blockHardwareOf, unblockHardwareOf } from './hardware-blocks.ts';
export { type IdentifierKind, identifierKinds, macAddresses, normalizeIdentifier } from './identifiers.ts';
export {
  type DeviceListQuery,
  type DevicePresentation,
  getDevice,
  listDevices,
  searchRanges,
} from './list-devices.ts';
export { tellStandings } from './tell-standings.ts';
export { loadFacts } from './load-facts.ts';
export { lockDevice, lockDevices, type LockedDevice, noSuchDevice } from './lock-device.ts';
export { noteContact } from './note-contact.ts';
export { readmitDevice } from './readmit-device.ts';
export { factHistoryLength, type FactsOutcome, recordFacts, type StatedScan } from './record-facts.ts';
export { recordReport, recordReports, type Report, type ReportOutcome } from './record-report.ts';
export { registerDevice } from './register-device.ts';
