/**
 * What people may do to their own devices in the portal: each action is one command; the organization says for which devices it is
 * theirs (ACT-15). What destroys, opens or tracks asks for the password again, because a session may be in other hands (POR-02).
 */
import { commandDefinition } from '../commands/catalogue.ts';
import type { CommandName } from '../commands/catalogue.ts';
import type { Ownership } from '../devices/device.ts';
import type { Permission } from '../permissions/catalogue.ts';

interface OwnActionDefinition {
  readonly command: CommandName;
  /** The password was shown again within {@link proofLifeMs}. */
  readonly needsProof: boolean;
  /** Counts for the budget of one device a day, and the person is written to. */
  readonly grave: boolean;
  /** Of which devices, where the organization says nothing. */
  readonly byDefault: readonly Ownership[];
}

const every: readonly Ownership[] = ['corporate', 'personal', 'unspecified'];

export const ownActionCatalogue = {
  refresh: { command: 'refresh-device', needsProof: false, grave: false, byDefault: every },
  lock: { command: 'lock-device', needsProof: false, grave: false, byDefault: every },
  locate: { command: 'locate-device', needsProof: true, grave: false, byDefault: every },
  'mark-lost': { command: 'enable-lost-mode', needsProof: true, grave: false, byDefault: every },
  sound: { command: 'play-lost-mode-sound', needsProof: false, grave: false, byDefault: every },
  'mark-found': { command: 'disable-lost-mode', needsProof: true, grave: false, byDefault: every },
  'reset-passcode': { command: 'clear-passcode', needsProof: true, grave: true, byDefault: every },
  'remove-company-data': { command: 'selective-wipe', needsProof: true, grave: true, byDefault: every },
  // Everything a person has on a private phone goes with it, so that takes a decision of the organization's (ACT-17).
  erase: { command: 'full-wipe', needsProof: true, grave: true, byDefault: ['corporate'] },
} as const satisfies Record<string, OwnActionDefinition>;

export type OwnAction = keyof typeof ownActionCatalogue;
export const ownActions = Object.keys(ownActionCatalogue) as readonly OwnAction[];

/** For so long a password that was shown counts for what asks for it. */
export const proofLifeMs = 5 * 60_000;
/** Devices that one person may do something grave to within {@link graveWindowMs} (POR-02). */
export const graveDevices = 1;
export const graveWindowMs = 24 * 3_600_000;

export interface PortalSettings {
  /** Of which devices each action is the user's own. */
  readonly actions: Readonly<Record<OwnAction, readonly Ownership[]>>;
  /** Whether people may enrol further devices by themselves. */
  readonly enrol: boolean;
  /** Whether people see the names of administrators who looked at their devices, or their roles alone. */
  readonly names: boolean;
}

export function ownAction(action: OwnAction): OwnActionDefinition {
  return ownActionCatalogue[action];
}

/** Stored settings were validated when they were set; what does not fit counts as absent. */
export function portalSettings(stored: unknown): PortalSettings {
  const { actions, enrol, names } = (stored ?? {}) as Readonly<Record<string, unknown>>;
  const given = (actions ?? {}) as Readonly<Record<string, unknown>>;
  const allowed = (action: OwnAction): readonly Ownership[] => {
    const value = given[action];
    return Array.isArray(value) ? every.filter((each) => value.includes(each)) : ownAction(action).byDefault;
  };
  return {
    actions: Object.fromEntries(
      ownActions.map((action) => [action, allowed(action)]),
    ) as PortalSettings['actions'],
    enrol: enrol !== false,
    names: names === true,
  };
}

/** What a person may do to a device of that ownership, as rights for the guard; no other right comes with it (POR-04). */
export function rightsOverOwn(settings: PortalSettings, ownership: Ownership): ReadonlySet<Permission> {
  const rights = new Set<Permission>();
  for (const action of ownActions) {
    if (!settings.actions[action].includes(ownership)) continue;
    const { permission, personalPermission } = commandDefinition(ownAction(action).command);
    rights.add(permission);
    if (personalPermission !== undefined) rights.add(personalPermission);
  }
  return rights;
}

/** The action that sends this command, if there is one. */
export function ownActionOf(command: string): OwnAction | undefined {
  return ownActions.find((action) => ownAction(action).command === command);
}
