/** What is kept of a device so that its owner can get in when nobody else can. Values are sealed; reading one needs a right and a reason. */
export const escrowCatalogue = {
  'lock-pin': 'The PIN that a computer was locked with.',
  'erase-pin': 'The PIN that a computer asks for after it was erased.',
  'disk-recovery-key': 'What opens the encrypted disk without its user.',
  'recovery-lock': 'The password before the recovery system.',
  'firmware-password': 'The password before the firmware of a computer.',
  'administrator-password': 'The password of the administrator account that set-up made.',
  'activation-lock-bypass-code': 'What frees the device from its former user’s account.',
} as const satisfies Record<string, string>;

export type EscrowKind = keyof typeof escrowCatalogue;

export const escrowKinds = Object.keys(escrowCatalogue) as readonly EscrowKind[];
