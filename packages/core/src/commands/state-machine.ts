/**
 * The life of a command.
 *
 * queued        waits for the device to come; nothing outside has happened yet, so it can still be cancelled.
 * delivered     handed to the device, whose answer is awaited. If the connection broke the device may not have it, so it
 *               may be handed out again; devices apply each command id once. A device that cannot do it at the moment says
 *               so ("not now"), and the command waits again.
 * acknowledged  the device says it is done.
 * failed        the device says it cannot.
 * expired       the deadline passed without an answer. Truth may still arrive late: an answer to an expired command is
 *               recorded, because a device that was wiped a day too late was wiped all the same.
 * cancelled     withdrawn before delivery; it is never handed out.
 *
 * The first answer stands: repeating it changes nothing (DEV-07), contradicting it is refused. Every pair of state and
 * event is decided in the table below, and `applyCommandEvent` is the only thing that changes a state.
 */

export const commandStates = [
  'queued',
  'delivered',
  'acknowledged',
  'failed',
  'expired',
  'cancelled',
] as const;
export type CommandState = (typeof commandStates)[number];

export const commandEvents = ['deliver', 'acknowledge', 'fail', 'defer', 'expire', 'cancel'] as const;
export type CommandEvent = (typeof commandEvents)[number];

export type Transition =
  | { readonly kind: 'moved'; readonly to: CommandState }
  /** The event repeats what is known; write nothing, announce nothing. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly reason: string };

const to = (state: CommandState): Transition => ({ kind: 'moved', to: state });
const same: Transition = { kind: 'unchanged' };
const no = (reason: string): Transition => ({ kind: 'refused', reason });

const neverHandedOut = no('not-delivered');
const finished = no('already-finished');
const answered = no('already-answered');
const onTheDevice = no('already-delivered');
const withdrawn = no('cancelled');

const table = {
  queued: {
    deliver: to('delivered'),
    acknowledge: neverHandedOut,
    fail: neverHandedOut,
    // Said before and repeated; or of a command that the device never had, which it may put off for as long as it likes.
    defer: same,
    expire: to('expired'),
    cancel: to('cancelled'),
  },
  delivered: {
    deliver: same,
    acknowledge: to('acknowledged'),
    fail: to('failed'),
    defer: to('queued'),
    expire: to('expired'),
    cancel: onTheDevice,
  },
  acknowledged: {
    deliver: finished,
    acknowledge: same,
    fail: answered,
    defer: answered,
    expire: finished,
    cancel: finished,
  },
  failed: {
    deliver: finished,
    acknowledge: answered,
    fail: same,
    defer: answered,
    expire: finished,
    cancel: finished,
  },
  expired: {
    deliver: finished,
    acknowledge: to('acknowledged'),
    fail: to('failed'),
    // Too late to put off, and nothing happened.
    defer: same,
    expire: same,
    cancel: finished,
  },
  cancelled: {
    deliver: withdrawn,
    acknowledge: withdrawn,
    fail: withdrawn,
    defer: same,
    expire: finished,
    cancel: same,
  },
} as const satisfies Record<CommandState, Record<CommandEvent, Transition>>;

export function applyCommandEvent(state: CommandState, event: CommandEvent): Transition {
  return table[state][event];
}

/** States in which somebody still waits for something; the rest leave the hot tables. */
export function isOpen(state: CommandState): boolean {
  return state === 'queued' || state === 'delivered';
}
