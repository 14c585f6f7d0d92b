/** What can be done with a device: grouped as people look for it, with the weight of its question. */
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';

export const actionGroups = ['find', 'help', 'protect', 'remove'] as const;
export type ActionGroup = (typeof actionGroups)[number];

/** 0: done at once. 1: one question. 2: what goes, what stays, a reason, the name. 3: the same, and the budget. */
export type Tier = 0 | 1 | 2 | 3;

export type StandingVerb = 'block' | 'unblock' | 'bar' | 'unbar' | 'unmanage' | 'delete';

export interface ActionField {
  readonly name: string;
  readonly kind: 'text' | 'digits' | 'tick';
  readonly required?: true;
  readonly longest?: number;
}

interface Common {
  readonly group: ActionGroup;
  readonly tier: Tier;
  readonly fields?: readonly ActionField[];
}
export interface CommandAction extends Common {
  readonly name: ActionCommand;
}
export interface StandingAction extends Common {
  readonly name: StandingVerb;
}
export type DeviceAction = CommandAction | StandingAction;

type ActionCommand = Extract<
  CommandName,
  | 'locate-device'
  | 'enable-lost-mode'
  | 'disable-lost-mode'
  | 'play-lost-mode-sound'
  | 'refresh-device'
  | 'send-message'
  | 'clear-passcode'
  | 'restart-device'
  | 'shut-down-device'
  | 'request-logs'
  | 'lock-device'
  | 'rotate-disk-recovery-key'
  | 'rotate-recovery-lock'
  | 'selective-wipe'
  | 'full-wipe'
>;
export type ActionName = DeviceAction['name'];

const message = { name: 'message', kind: 'text', longest: 500 } as const;
const phoneNumber = { name: 'phoneNumber', kind: 'text', longest: 32 } as const;

/** In the order of the menu. */
export const commandActions: readonly CommandAction[] = [
  { name: 'locate-device', group: 'find', tier: 1 },
  { name: 'enable-lost-mode', group: 'find', tier: 1, fields: [{ ...message, required: true }, phoneNumber] },
  { name: 'play-lost-mode-sound', group: 'find', tier: 1 },
  { name: 'disable-lost-mode', group: 'find', tier: 1 },
  { name: 'refresh-device', group: 'help', tier: 0 },
  {
    name: 'send-message',
    group: 'help',
    tier: 1,
    fields: [{ name: 'text', kind: 'text', required: true, longest: 500 }],
  },
  { name: 'clear-passcode', group: 'help', tier: 1 },
  { name: 'restart-device', group: 'help', tier: 1 },
  { name: 'shut-down-device', group: 'help', tier: 1 },
  { name: 'request-logs', group: 'help', tier: 1 },
  {
    name: 'lock-device',
    group: 'protect',
    tier: 1,
    fields: [message, phoneNumber],
  },
  { name: 'rotate-disk-recovery-key', group: 'protect', tier: 1 },
  { name: 'rotate-recovery-lock', group: 'protect', tier: 1 },
  { name: 'selective-wipe', group: 'remove', tier: 2 },
  { name: 'full-wipe', group: 'remove', tier: 3, fields: [{ name: 'keepDataPlan', kind: 'tick' }] },
];

const standingActions: readonly (StandingAction & { readonly when: (device: Standing) => boolean })[] = [
  { name: 'bar', group: 'protect', tier: 1, when: ({ state, barred }) => state === 'registered' && !barred },
  { name: 'unbar', group: 'protect', tier: 1, when: ({ barred }) => barred },
  {
    name: 'block',
    group: 'protect',
    tier: 2,
    when: ({ state }) => state !== 'blocked' && state !== 'unmanaged',
  },
  { name: 'unblock', group: 'protect', tier: 1, when: ({ state }) => state === 'blocked' },
  { name: 'unmanage', group: 'remove', tier: 2, when: ({ state }) => state !== 'unmanaged' },
  {
    name: 'delete',
    group: 'remove',
    tier: 2,
    when: ({ state }) => state === 'unmanaged' || state === 'pending',
  },
];

interface Standing {
  readonly state: string;
  /** Its gates are shut, and it may still be talked to. */
  readonly barred: boolean;
}

/** What makes sense of a device as it stands now; whether one may is another question. */
export function standingActionsFor(device: Standing): readonly StandingAction[] {
  return standingActions.filter(({ when }) => when(device));
}

/** What whoever asks could order, as the server says it. */
export interface Availability {
  readonly available: boolean;
  readonly message: string | null;
  readonly needsApproval: boolean;
  readonly waitingCommandId: string | null;
}
