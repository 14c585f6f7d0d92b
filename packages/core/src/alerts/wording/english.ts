/** Alerts in English. */
import type { AlertDetail, AlertKind, AlertSeverity } from '../alert-kind.ts';
import type { Teller } from './teller.ts';

/** Of one kind of alert: what it tells in general, and this one in particular. */
export interface AlertWords<K extends AlertKind> {
  readonly title: string;
  tell(detail: AlertDetail<K>, teller: Teller): string;
}

export interface AlertWording {
  readonly kinds: { readonly [K in AlertKind]: AlertWords<K> };
  readonly severities: Readonly<Record<AlertSeverity, string>>;
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const devices = (count: number): string => (count === 1 ? '1 device' : `${count} devices`);

export const english: AlertWording = {
  severities: { info: 'information', warning: 'warning', critical: 'critical' },
  kinds: {
    'destruction-held': {
      title: 'Destructive commands wait for a second person.',
      tell: ({ command, devices: count, askedBy }, { commandTitle, actor }) =>
        `“${commandTitle(command)}” of ${devices(count)} ${count === 1 ? 'waits' : 'wait'} for a second person; ${actor(askedBy)} asked for it.`,
    },
    'destruction-overridden': {
      title: 'Somebody went ahead in an emergency without a second person.',
      tell: ({ by, devices: count, reason }, { actor }) =>
        `${capital(actor(by))} destroyed data on ${devices(count)} without a second person: “${reason}”.`,
    },
    'budget-change-asked': {
      title: 'Somebody asks for another budget of destructive commands.',
      tell: ({ askedBy }, { actor }) =>
        `${capital(actor(askedBy))} asks for another budget of destructive commands; a second person has to agree.`,
    },
    'first-device-failed': {
      title: 'The first device of many did not do as it was told; the others wait.',
      tell: ({ devices: count }) =>
        `The first of ${count} devices did not carry out its command; the others wait until somebody releases or rejects them.`,
    },
    'rule-broken': {
      title: 'A compliance rule says that administrators shall know.',
      tell: ({ rule, ruleName, stage, says }, { ruleTitle, render }) =>
        `The rule “${ruleName === '' ? ruleTitle(rule) : ruleName}” is broken (stage ${stage}): ${render(says)}`,
    },
    'action-refused': {
      title: 'What a compliance rule demands may not be done to this device.',
      tell: ({ command, why }, { commandTitle, told }) =>
        `A rule demands “${commandTitle(command)}”, which was not done: ${told(why)}`,
    },
    'carrier-to-be-told': {
      title: 'A device was stolen; its carrier can bar it.',
      tell: ({ deviceId }) =>
        `The device ${deviceId} was stolen and is reset to factory state; ask its carrier to bar it, so that it cannot be sold.`,
    },
    'watch-list': {
      title: 'Devices entered or left a watch list.',
      tell: ({ list, direction, count }) =>
        `${count === 1 ? 'A device' : devices(count)} ${direction} the watch list “${list}”.`,
    },
    'rollout-halted': {
      title: 'More devices than were simulated stopped being compliant; the rollout waits for a person.',
      tell: ({ notCompliant, expected }) =>
        `A rollout has halted: ${devices(notCompliant)} stopped being compliant, ${expected} ${expected === 1 ? 'was' : 'were'} expected.`,
    },
    'playbook-stuck': {
      title: 'A procedure for a lost or stolen device cannot go on by itself.',
      tell: ({ playbook, deviceId, step, why }, { playbookName, stepTitle, told }) =>
        `The procedure “${playbookName(playbook)}” for the device ${deviceId} ended at “${stepTitle(step)}”: ${told(why)}`,
    },
    'mail-device-unknown': {
      title: 'Devices that nobody knows ask for mail.',
      tell: () => 'A device that nobody knows asks for mail; see the mail devices in the state “unknown”.',
    },
    'mail-device-looping': {
      title: 'A mail client asks for the same again and again.',
      tell: ({ command, times, withinSeconds }) =>
        `A mail client has sent “${command}” ${times} times within ${withinSeconds} seconds and is slowed down.`,
    },
    'mail-server-wipe': {
      title: 'A mail server orders a device to be wiped.',
      tell: ({ outcome }) =>
        ({
          held: 'A mail server orders a device to be wiped. A second person has to agree; until then the device gets no mail.',
          'account-instead':
            'A mail server orders a device to be reset that is not known as corporate. Only the mail account is removed from it.',
          device: 'A mail server orders a corporate device to be reset, and it is.',
          account: 'A mail server orders a mail account to be removed from a device, and it is.',
        })[outcome],
    },
    'mail-probe-open': {
      title: 'Mail can be had round the gateway.',
      tell: ({ server, openWays }, { ways }) =>
        `Mail of the server ${server} can be had round the gateway, by: ${ways(openWays)}.`,
    },
    'mail-wipe-failed': {
      title: 'A mail client could not do the wipe that it was told to do.',
      tell: () => 'A mail client says that it could not be wiped. It gets no mail any more.',
    },
    'signals-interrupted': {
      title: 'A receiver of signals or a webhook is not told of changes any more.',
      tell: ({ what, receiver }) =>
        ({
          'receiver-refuses':
            'A receiver of signals refuses some of them. They are kept for those who look after it.',
          'receiver-silent':
            'A receiver of signals has not taken them for too long. They are held, of each device the newest.',
          stopped: 'A receiver of signals is no longer told of changes.',
          deleted: 'A receiver of signals is no longer told of changes: its stream was deleted.',
          'subjects-removed': 'A receiver of signals no longer wants to be told of some devices.',
          'webhook-fails': `The webhook ${receiver} does not take its messages. They can be sent again.`,
          'webhook-gone': `The webhook ${receiver} is disabled: its receiver says that it is gone.`,
        })[what],
    },
  },
};
