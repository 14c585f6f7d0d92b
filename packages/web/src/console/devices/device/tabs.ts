/** The tabs of a device that somebody may open, in their order. */
import type { May } from '../../../session/session.ts';

const tabs = [
  ['overview', undefined],
  ['why', 'devices.explain'],
  ['facts', 'devices.facts.read'],
  ['policies', 'policies.read'],
  ['apps', 'devices.facts.read'],
  ['certificates', 'devices.read'],
  ['commands', 'commands.read'],
  ['location', 'devices.facts.sensitive.read'],
  ['history', 'devices.explain'],
] as const;

export type DeviceTab = (typeof tabs)[number][0];

export function tabsFor(may: May): readonly DeviceTab[] {
  return tabs.flatMap(([tab, permission]) => (permission === undefined || may(permission) ? [tab] : []));
}
