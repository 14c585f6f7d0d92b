/** A simulated APNs and the part of Apple that signs push certificates. */
export {
  createAppleAuthority,
  type IssuedPushCertificate,
  type SimulatedAppleAuthority,
} from './apple-authority.ts';
export type { ApnsVerdict } from './judge-request.ts';
export type { PushedDevice } from './push-mailbox.ts';
export { type ReceivedPush, type SimulatedApns, startSimulatedApns } from './simulated-apns.ts';
