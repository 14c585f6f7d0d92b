// Which commands computers with our agent can be asked, and why not the others: told to whoever orders one, before it is queued.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';

type Support = 'carried out' | { readonly unsupported: string };

const appleOnly: Support = {
  unsupported: 'Only devices that are managed by Apple’s own protocol can do this; the agent cannot.',
};
const noLostMode: Support = { unsupported: 'Computers have no lost mode; lock or locate the device.' };
const noApps: Support = { unsupported: 'The agent does not install software.' };
const byPolicy: Support = {
  unsupported: 'A computer with the agent takes its configuration from the policy.',
};
const noEscrow: Support = { unsupported: 'The agent takes no passwords or keys into escrow.' };

export const agentCommands: Readonly<Record<CommandName, Support>> = {
  'lock-device': 'carried out',
  'send-message': 'carried out',
  'refresh-device': 'carried out',
  'locate-device': 'carried out',
  'selective-wipe': 'carried out',
  'full-wipe': 'carried out',
  'renew-identity': { unsupported: 'The agent renews its certificate by itself when it is time.' },
  'install-profile': byPolicy,
  'remove-profile': byPolicy,
  'sync-declarations': byPolicy,
  'clear-passcode': { unsupported: 'The agent does not change the passwords of accounts.' },
  'restart-device': { unsupported: 'The agent does not restart computers.' },
  'shut-down-device': { unsupported: 'The agent does not shut computers down.' },
  'enable-lost-mode': noLostMode,
  'disable-lost-mode': noLostMode,
  'play-lost-mode-sound': noLostMode,
  'install-app': noApps,
  'remove-app': noApps,
  'install-provisioning-profile': appleOnly,
  'remove-provisioning-profile': appleOnly,
  'change-settings': { unsupported: 'Computers with the agent get their settings by policy.' },
  'rotate-disk-recovery-key': noEscrow,
  'rotate-recovery-lock': noEscrow,
  'clear-recovery-lock': noEscrow,
  'rotate-administrator-password': noEscrow,
  'fetch-activation-lock-bypass-code': appleOnly,
  'clear-activation-lock-bypass-code': appleOnly,
  'update-os': { unsupported: 'The agent does not update the system; demand a version by policy.' },
  'delete-user': { unsupported: 'The agent does not touch the accounts of users.' },
  'rotate-firmware-password': noEscrow,
  'clear-firmware-password': noEscrow,
  'verify-firmware-password': noEscrow,
  'request-logs': 'carried out',
  'platform-command': { unsupported: 'Computers with the agent speak no protocol but ours.' },
};

/** @returns why a computer with the agent cannot be asked this; undefined when it can. */
export function agentRefusal(
  name: CommandName,
  params: Readonly<Record<string, unknown>>,
): string | undefined {
  const support = agentCommands[name];
  if (support !== 'carried out') return support.unsupported;
  return name === 'full-wipe' && params.returnToService === true
    ? 'Only phones and tablets return to service by themselves.'
    : undefined;
}
