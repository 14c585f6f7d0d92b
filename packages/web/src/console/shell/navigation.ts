/** The menu and what the palette knows of pages: one list. What somebody may not see is not there. */
import type { Permission } from '@gatehouse/core/permissions/catalogue.ts';
import {
  IconActivity,
  IconAdjustments,
  IconBuildingBroadcastTower,
  IconDeviceMobile,
  IconDoorEnter,
  IconLayoutDashboard,
  type IconProps,
  IconPlugConnected,
  IconScale,
  IconSettings,
  IconUserPlus,
  IconUsers,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { shellTexts } from './texts.ts';

type TextKey = Parameters<typeof shellTexts.say>[0];

export interface Destination {
  readonly text: TextKey;
  readonly to: string;
  /** One of these is enough; absent: everybody. */
  readonly permission?: readonly Permission[];
  /** What people also call it, for the palette; either language. */
  readonly words?: string;
}

export interface MenuEntry extends Destination {
  readonly icon: ComponentType<IconProps>;
  /** Pages below it, which the menu shows while one of them is open. */
  readonly pages?: readonly Destination[];
}

export const menu: readonly MenuEntry[] = [
  {
    text: 'overview',
    to: '/',
    icon: IconLayoutDashboard,
    permission: ['devices.read'],
    words: 'dashboard home start',
  },
  {
    text: 'devices',
    to: '/devices',
    icon: IconDeviceMobile,
    permission: ['devices.read'],
    words: 'inventory phones computers geräte',
  },
  {
    text: 'people',
    to: '/users',
    icon: IconUsers,
    pages: [
      { text: 'users', to: '/users', permission: ['users.read'], words: 'people owners personen' },
      { text: 'groups', to: '/groups', permission: ['groups.read'], words: 'smart groups teams dynamische' },
    ],
  },
  {
    text: 'policies',
    to: '/policies/suites',
    icon: IconAdjustments,
    pages: [
      {
        text: 'suites',
        to: '/policies/suites',
        permission: ['policies.read'],
        words: 'profiles configuration settings richtlinien',
      },
      {
        text: 'resources',
        to: '/policies/resources',
        permission: ['resources.read'],
        words: 'wi-fi vpn mail account certificates wlan',
      },
      {
        text: 'schedules',
        to: '/policies/schedules',
        permission: ['policies.read'],
        words: 'connection peak check-in rückmeldung',
      },
    ],
  },
  {
    text: 'compliance',
    to: '/compliance/rules',
    icon: IconScale,
    pages: [
      {
        text: 'rules',
        to: '/compliance/rules',
        permission: ['rules.read'],
        words: 'conditional access regeln',
      },
      {
        text: 'exceptions',
        to: '/compliance/exceptions',
        permission: ['rules.read'],
        words: 'exempt ausnahmen',
      },
      {
        text: 'simulations',
        to: '/compliance/simulations',
        permission: ['simulations.run'],
        words: 'what if preview vorschau',
      },
      {
        text: 'rollouts',
        to: '/compliance/rollouts',
        permission: ['simulations.run'],
        words: 'rings stufen',
      },
      {
        text: 'playbooks',
        to: '/compliance/playbooks',
        permission: ['playbooks.run'],
        words: 'lost stolen verloren gestohlen',
      },
      {
        text: 'alerts',
        to: '/compliance/alerts',
        permission: ['alerts.read'],
        words: 'warnings notifications warnungen',
      },
    ],
  },
  {
    text: 'gates',
    to: '/gates/network',
    icon: IconDoorEnter,
    pages: [
      {
        text: 'networkGate',
        to: '/gates/network',
        permission: ['gates.read'],
        words: 'ise radius nac 802.1x sessions netz',
      },
      { text: 'mailGate', to: '/gates/mail', permission: ['mail.read'], words: 'activesync exchange eas' },
      { text: 'vpnGate', to: '/gates/vpn', permission: ['gates.read'], words: 'anyconnect tunnel' },
    ],
  },
  {
    text: 'enrolment',
    to: '/enrolment',
    icon: IconUserPlus,
    permission: ['enrollments.read'],
    words: 'invitations staging codes einladungen',
  },
  {
    text: 'integrations',
    to: '/integrations',
    icon: IconPlugConnected,
    permission: ['gates.read', 'push.read', 'webhooks.manage'],
    words: 'apns ise radius webhooks preflight',
  },
  {
    text: 'activity',
    to: '/activity/approvals',
    icon: IconActivity,
    pages: [
      {
        text: 'approvals',
        to: '/activity/approvals',
        permission: ['approvals.read'],
        words: 'two person freigaben',
      },
      { text: 'audit', to: '/activity/audit', permission: ['audit.read'], words: 'log history protokoll' },
      { text: 'jobs', to: '/activity/jobs', permission: ['jobs.read'], words: 'dead letters queue aufträge' },
    ],
  },
  {
    text: 'settings',
    to: '/settings',
    icon: IconSettings,
    permission: ['organizations.read', 'settings.manage', 'administrators.read'],
    words: 'organization roles administrators tokens branding einstellungen',
  },
  {
    text: 'system',
    to: '/system',
    icon: IconBuildingBroadcastTower,
    permission: ['system.operate'],
    words: 'organizations tenants operator health backups',
  },
];

/** Reached from the top bar and the palette. */
export const besides: readonly Destination[] = [
  { text: 'account', to: '/account', words: 'password second factor passkey sessions profile konto' },
];

type Has = (permission: Permission) => boolean;

export function isPermitted(destination: Destination, has: Has): boolean {
  return destination.permission === undefined || destination.permission.some(has);
}

/** The menu of somebody with these rights; an entry leads to the first of its pages that they may see. */
export function menuFor(has: Has, entries: readonly MenuEntry[] = menu): readonly MenuEntry[] {
  return entries.flatMap((entry) => {
    const pages = entry.pages?.filter((page) => isPermitted(page, has));
    if (pages !== undefined) {
      const [first] = pages;
      return first === undefined ? [] : [{ ...entry, to: first.to, pages }];
    }
    return isPermitted(entry, has) ? [entry] : [];
  });
}

/** Every page that somebody may open, for the palette. */
export function destinationsFor(has: Has): readonly Destination[] {
  return [
    ...menuFor(has).flatMap((entry) => entry.pages ?? [entry]),
    ...besides.filter((page) => isPermitted(page, has)),
  ];
}

/** Whether somebody may open an address: the most particular entry that it belongs to decides. */
export function mayOpen(path: string, has: Has): boolean {
  const entry = [...menu.flatMap((each) => each.pages ?? [each]), ...besides]
    .filter((each) => isWithin(path, each.to))
    .sort((a, b) => b.to.length - a.to.length)[0];
  return entry === undefined || isPermitted(entry, has);
}

/** Whether an address is that entry's or one below it. */
export function isWithin(path: string, to: string): boolean {
  return to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
}
