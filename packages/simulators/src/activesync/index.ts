/** Simulated mail clients that speak Exchange ActiveSync, for tests and the demonstration. */
export type { MailItem } from './answers.ts';
export type { BadHabits } from './bad-habits.ts';
export type { MailAccount, MailAnswer } from './mail-client.ts';
export {
  MailPhone,
  type MailPhoneEvent,
  type MailPhoneOptions,
  type MailPhoneState,
} from './mail-phone.ts';
export { type MakeName, makes } from './makes.ts';
export { type SimulatedMailServer, startSimulatedMailServer } from './mail-server.ts';
