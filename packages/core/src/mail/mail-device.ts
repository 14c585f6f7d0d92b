/**
 * A mail device: an ActiveSync device id that was seen with one person's account. It may be known as an enrolled device as well
 * (a link), or only by its mail.
 */

/** What administrators have decided of it; unknown: nobody has, so what the organization does with strangers holds (ENR-17). */
export const mailDeviceStates = ['unknown', 'allowed', 'quarantined', 'blocked'] as const;
export type MailDeviceState = (typeof mailDeviceStates)[number];

/** device: factory state. account: the mail account and what it has brought, nothing else. */
export const mailWipeKinds = ['account', 'device'] as const;
export type MailWipeKind = (typeof mailWipeKinds)[number];

/** ordered: the device has not come yet. fetched: it was told. done, failed: what it said of it. cancelled: taken back in time. */
export const mailWipeStates = ['ordered', 'fetched', 'done', 'failed', 'cancelled'] as const;
export type MailWipeState = (typeof mailWipeStates)[number];

/** What a client says of a policy: all of it is applied, the passcode at least, nothing, or somebody else manages it. */
export const policyOutcomes = ['applied', 'partly', 'not-applied', 'managed-elsewhere'] as const;
export type PolicyOutcome = (typeof policyOutcomes)[number];

/** What happens to a mail device that nobody has let in and that belongs to no enrolled device. */
export const strangerTreatments = ['allow', 'quarantine', 'block'] as const;
export type StrangerTreatment = (typeof strangerTreatments)[number];

/** In bytes (MS-ASHTTP gives it a length byte; two is the shortest that was ever seen). */
export const deviceKeyLength = { minimum: 2, maximum: 200 } as const;

/** How a device id is shown: itself where it is plain ASCII, else in hexadecimal; ids are also raw GUIDs. */
export function showDeviceKey(key: Uint8Array): string {
  const text = Buffer.from(key).toString('latin1');
  return /^[\x21-\x7e]+$/.test(text) ? text : Buffer.from(key).toString('hex');
}
