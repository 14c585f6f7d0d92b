/**
 * The procedures for lost and stolen devices (LST-01 … LST-06): which steps, by whose device it is. Pure: a preview and the run
 * itself are the same plan.
 *
 *   stolen   personal: what belongs to the organization is removed (LST-01). corporate: one of three options.
 *            1 the secured group: emptied, locked down, and under management still, for whoever looks into it (LST-03)
 *            2 shut out, and the organization's data removed; the device becomes unmanaged (LST-04)
 *            3 shut out, and reset to factory state; the carrier is to bar it (LST-05)
 *   lost     first it is looked for, by lost mode, its place and its sound; after a while it is treated like a stolen one (LST-02)
 *   secure   option 1 at once
 *   found    whatever of these can be taken back is; a device that was wiped may enrol again (WIP-08)
 */
import type { CommandName } from '../commands/catalogue.ts';
import type { Ownership } from '../devices/device.ts';
import type { Permission } from '../permissions/catalogue.ts';

export const playbookNames = ['stolen', 'lost', 'secure', 'found'] as const;
export type PlaybookName = (typeof playbookNames)[number];

export const playbookOptions = [1, 2, 3] as const;
export type PlaybookOption = (typeof playbookOptions)[number];

interface StepDefinition {
  /** What it does, for people. */
  readonly title: string;
  /** What whoever starts the procedure must be allowed; null: nothing beyond starting it. */
  readonly permission: Permission | null;
  /** What it orders of the device. */
  readonly command: CommandName | null;
  /** What a device cannot do, or may not be made to do, is left out; other steps end the procedure when they fail. */
  readonly mayBeSkipped: boolean;
}

const step = (title: string, more: Partial<Omit<StepDefinition, 'title'>> = {}): StepDefinition => ({
  title,
  permission: null,
  command: null,
  mayBeSkipped: false,
  ...more,
});

export const stepCatalogue = {
  bar: step('Shut every gate for the device, and have its sessions on the network ended'),
  'block-hardware': step('Keep its hardware from enrolling again until an administrator says otherwise'),
  secure: step('Take away what the organization gave it, and keep it under management'),
  lock: step('Declare it lost where it can be, else lock it', {
    permission: 'devices.lock',
    command: 'lock-device',
    mayBeSkipped: true,
  }),
  locate: step('Ask it where it is', {
    permission: 'devices.locate',
    command: 'locate-device',
    mayBeSkipped: true,
  }),
  ring: step('Make it ring', {
    permission: 'devices.lost-mode',
    command: 'play-lost-mode-sound',
    mayBeSkipped: true,
  }),
  wait: step('Wait for it to be found'),
  'tell-carrier': step('Ask administrators to have the carrier bar it'),
  'selective-wipe': step('Remove the organization’s data and management', {
    permission: 'devices.selective-wipe',
    command: 'selective-wipe',
  }),
  'full-wipe': step('Reset it to factory state', { permission: 'devices.full-wipe', command: 'full-wipe' }),
  'end-lost-mode': step('Declare it found', {
    permission: 'devices.lost-mode',
    command: 'disable-lost-mode',
    mayBeSkipped: true,
  }),
  unsecure: step('Give it back what the organization had given it'),
  // Whoever shut it out is asked, so that a talk on the telephone does not undo it (LST-08).
  'unblock-hardware': step('Let its hardware enrol again', {
    permission: 'devices.delete',
    mayBeSkipped: true,
  }),
  unbar: step('Let it pass the gates again', { permission: 'devices.delete', mayBeSkipped: true }),
} as const satisfies Record<string, StepDefinition>;

export type StepKind = keyof typeof stepCatalogue;

export const stepDefinition = (kind: StepKind): StepDefinition => stepCatalogue[kind];

export interface PlaybookOrder {
  readonly playbook: PlaybookName;
  readonly option?: PlaybookOption | undefined;
  readonly ownership: Ownership;
  /** Whether the device is shut out of the network as well; by default that of stolen ones is (LST-06). */
  readonly blacklist?: boolean | undefined;
}

export type PlaybookRefusal =
  | 'option-is-for-corporate'
  | 'option-needed'
  | 'secured-group-is-for-corporate'
  | 'no-options';

export const playbookRefusals = {
  'option-is-for-corporate':
    'The options are for corporate devices; of a private one the organization’s data is removed.',
  'option-needed':
    'Choose an option for this corporate device: 1 secured group, 2 selective wipe, 3 full wipe.',
  'secured-group-is-for-corporate': 'The secured group is for corporate devices.',
  'no-options': 'This procedure has no options.',
} as const satisfies Record<PlaybookRefusal, string>;

export type PlaybookPlan = { readonly steps: readonly StepKind[] } | { readonly refusal: PlaybookRefusal };

const search: readonly StepKind[] = ['lock', 'locate', 'ring', 'wait'];
const shutOut: readonly StepKind[] = ['bar', 'block-hardware'];

/** Ownership that nobody has declared protects the person, as everywhere. */
export function planPlaybook({ playbook, option, ownership, blacklist }: PlaybookOrder): PlaybookPlan {
  const corporate = ownership === 'corporate';
  if (option !== undefined && !corporate) return { refusal: 'option-is-for-corporate' };
  switch (playbook) {
    case 'found':
      if (option !== undefined) return { refusal: 'no-options' };
      return { steps: ['end-lost-mode', 'unsecure', 'unblock-hardware', 'unbar'] };
    case 'secure':
      if (!corporate) return { refusal: 'secured-group-is-for-corporate' };
      if (option !== undefined) return { refusal: 'no-options' };
      return { steps: corporateSteps(1, blacklist ?? false) };
    case 'stolen':
      if (!corporate) return { steps: personalSteps(blacklist ?? true) };
      if (option === undefined) return { refusal: 'option-needed' };
      return { steps: corporateSteps(option, blacklist ?? true) };
    case 'lost':
      return {
        steps: [
          ...search,
          ...(option === undefined
            ? personalSteps(blacklist ?? false)
            : // It was locked and looked for already.
              corporateSteps(option, blacklist ?? false).filter((kind) => !search.includes(kind))),
        ],
      };
    default:
      return playbook satisfies never;
  }
}

const personalSteps = (blacklist: boolean): readonly StepKind[] => [
  ...(blacklist ? shutOut : []),
  'selective-wipe',
];

/** Options 2 and 3 shut the device out whatever was said: that is what they are. */
function corporateSteps(option: PlaybookOption, blacklist: boolean): readonly StepKind[] {
  switch (option) {
    case 1:
      return [...(blacklist ? (['bar'] as const) : []), 'secure', 'lock', 'locate'];
    case 2:
      return [...shutOut, 'selective-wipe'];
    case 3:
      // Before the wipe: a phone that is never switched on again never answers it.
      return [...shutOut, 'tell-carrier', 'full-wipe'];
    default:
      return option satisfies never;
  }
}
