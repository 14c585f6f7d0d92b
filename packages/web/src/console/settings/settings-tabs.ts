/** The pages of settings, in their order, and what one needs to see each. */
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';

const tabs = {
  organization: 'organizations.read',
  privacy: 'organizations.read',
  branding: 'organizations.read',
  legal: 'terms.read',
  administrators: 'administrators.read',
  roles: 'administrators.read',
  tokens: 'tokens.manage',
  guard: 'approvals.read',
  notifications: 'alerts.read',
} as const satisfies Record<string, Permission>;

export type SettingsTab = keyof typeof tabs;

export function tabsFor(may: (permission: Permission) => boolean): readonly SettingsTab[] {
  return (Object.keys(tabs) as SettingsTab[]).filter((tab) => may(tabs[tab]));
}
