/** Simulated mail clients that speak Exchange ActiveSync, for tests and the demonstration. */
export type { MailFolder, MailItem, ReadPolicy } from './answers.ts';
export type { BadHabits } from './bad-habits.ts';
export {
  type MailAccount,
  type MailAnswer,
  MailPhone,
  type MailPhoneEvent,
  type MailPhoneOptions,
  type MailPhoneState,
} from './mail-phone.ts';
export { type MakeName, makes } from './makes.ts';
