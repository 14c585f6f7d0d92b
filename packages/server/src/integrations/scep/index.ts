/** SCEP: how devices get the certificate that they prove themselves with (RFC 8894). */
export { createFairQueue, type FairQueue } from './fair-queue.ts';
export {
  createScepServer,
  type ScepDeps,
  type ScepOperation,
  type ScepReply,
  type ScepServer,
} from './scep-server.ts';
