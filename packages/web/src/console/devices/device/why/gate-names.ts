/** The names of gates among the texts of the design. */
import type { Gate } from '@gatehouse/core/compliance/gate.ts';

export const gateNames = {
  network: 'gateNetwork',
  mail: 'gateMail',
  vpn: 'gateVpn',
  apps: 'gateApps',
  content: 'gateContent',
} as const satisfies Record<Gate, string>;
