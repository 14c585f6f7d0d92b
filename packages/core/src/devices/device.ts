/** The words that say what a device is: platform, ownership (OWN-01), and where it stands in its life. */

export const platforms = ['linux', 'macos', 'ios', 'android', 'windows'] as const;
export type Platform = (typeof platforms)[number];

/** `unspecified` is a valid state, not an omission (SCN-11); rules treat it with the care owed to a personal device. */
export const ownerships = ['corporate', 'personal', 'unspecified'] as const;
export type Ownership = (typeof ownerships)[number];

/**
 * pending: enrolled, has not yet completed its first answered check-in (ENR-19).
 * registered: managed. wiping: a wipe has been delivered and not yet confirmed.
 * unmanaged: management was removed, by the user or by us. blocked: an administrator shut it out.
 */
export const deviceStates = ['pending', 'registered', 'wiping', 'unmanaged', 'blocked'] as const;
export type DeviceState = (typeof deviceStates)[number];

/** Of a bar: somebody's order, or that no certificate is left by which the device could speak to us. */
export const barCauses = ['order', 'certificate'] as const;
export type BarCause = (typeof barCauses)[number];

/** Every gate is shut for a device that is managed all the same. */
export interface Bar {
  readonly cause: BarCause;
  /** In the words of whoever gave the order: for administrators, not for whoever holds the device. null: not told. */
  readonly reason: string | null;
}

export function isPlatform(value: unknown): value is Platform {
  return (platforms as readonly unknown[]).includes(value);
}

export function isOwnership(value: unknown): value is Ownership {
  return (ownerships as readonly unknown[]).includes(value);
}
