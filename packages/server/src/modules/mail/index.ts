/**
 * Mail: who fetches it with which device, from which server, and whether he may. The gateway asks here and reports here; what it
 * says to clients, and how, is its own.
 */
export { onMailAccessNews } from './access-news.ts';
export {
  type CertifiedDevice,
  type CertifyMailClient,
  createMailCertification,
  linkCertified,
} from './certified.ts';
export { recordMailDeviceInformation, type MailDeviceInformation } from './device-facts.ts';
export { createMailDirectory, type MailDirectory } from './directory.ts';
export { type Discovery, discoverMailDevice, type SeenMailDevice } from './discover.ts';
export { mailWipeAcknowledged, mailWipeFetched } from './finish-wipe.ts';
export { explainMailClients } from './list-mail-devices.ts';
export type { MailDeps } from './mail-deps.ts';
export { noteLoop } from './note-loop.ts';
export { carryOutMailWipe, type RelayedWipe, relayServerWipe } from './order-wipe.ts';
export { acknowledgePolicy, issuePolicyKey } from './policy-keys.ts';
export { mailJobs, mailSubscriptions, mailTasks } from './reactions.ts';
export { type MailServerProfile, profileToTry, readAnyMailServer, readMailServer } from './servers.ts';
export { readMailSettings } from './settings.ts';
export {
  type AskMailStanding,
  concernsOf,
  createMailStandings,
  type MailQuestion,
} from './standings.ts';
export { noteMailTraffic } from './traffic.ts';
export { type MailTrafficNote, MailTrafficSums } from './traffic-sums.ts';
