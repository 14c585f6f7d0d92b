/** What administrators are told of, and how much it matters. */

export const alertKinds = {
  'destruction-held': 'Destructive commands wait for a second person.',
  'destruction-overridden': 'Somebody went ahead in an emergency without a second person.',
  'budget-change-asked': 'Somebody asks for another budget of destructive commands.',
  'first-device-failed': 'The first device of many did not do as it was told; the others wait.',
  'rule-broken': 'A compliance rule says that administrators shall know.',
  'action-refused': 'What a compliance rule demands may not be done to this device.',
  'carrier-to-be-told': 'A device was stolen; its carrier can bar it.',
  'watch-list': 'Devices entered or left a watch list.',
  'rollout-halted':
    'More devices than were simulated stopped being compliant; the rollout waits for a person.',
  'playbook-stuck': 'A procedure for a lost or stolen device cannot go on by itself.',
  'mail-device-unknown': 'Devices that nobody knows ask for mail.',
  'mail-device-looping': 'A mail client asks for the same again and again.',
  'mail-server-wipe': 'A mail server orders a device to be wiped.',
  'mail-probe-open': 'Mail can be had round the gateway.',
  'mail-wipe-failed': 'A mail client could not do the wipe that it was told to do.',
  'signals-interrupted': 'A receiver of signals or a webhook is not told of changes any more.',
} as const satisfies Record<string, string>;
export type AlertKind = keyof typeof alertKinds;

export const alertSeverities = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];
