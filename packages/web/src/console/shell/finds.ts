/** Devices, people and groups by a few letters, for the palette. What one may not see is not asked for. */
import { useDebouncedValue } from '@mantine/hooks';
import { useRead } from '../../api/hooks.ts';
import { findDevices } from '../../api/operations/fleet.ts';
import { listGroups, listUsers } from '../../api/operations/people.ts';
import { plainLine } from '../../design/plain-text.ts';
import { useMay } from '../../session/session.ts';
import { exactDevice } from './exact-device.ts';
import type { PaletteResult } from './palette-result.ts';
import { bestOf } from './palette-ranking.ts';
import { shellTexts } from './texts.ts';

const shortest = 2;
const most = 6;

export function useDevicesFound(typed: string): readonly PaletteResult[] {
  const t = shellTexts.use();
  const may = useMay();
  const [wanted] = useDebouncedValue(typed, 150);
  const { data } = useRead(
    findDevices,
    { query: { search: wanted, limit: most } },
    { enabled: wanted.length >= shortest && may('devices.read') },
  );
  if (wanted.length < shortest || wanted !== typed) return [];
  return (data?.items ?? []).map((device) => ({
    label: plainLine(device.name === '' ? device.id : device.name, 60),
    group: t('devices'),
    to: `/devices/${device.id}`,
    exact: exactDevice(device, typed),
  }));
}

export function useUsersFound(typed: string): readonly PaletteResult[] {
  const t = shellTexts.use();
  const may = useMay();
  const [wanted] = useDebouncedValue(typed, 150);
  const { data } = useRead(
    listUsers,
    { query: { search: wanted, limit: most } },
    { enabled: wanted.length >= shortest && may('users.read') },
  );
  if (wanted.length < shortest || wanted !== typed) return [];
  return (data?.items ?? []).map((user) => ({
    label: plainLine(user.displayName === '' ? user.email : `${user.displayName} (${user.email})`, 80),
    group: t('users'),
    to: `/users/${user.id}`,
  }));
}

/** There are few enough of them to be read at once. */
export function useGroupsFound(typed: string): readonly PaletteResult[] {
  const t = shellTexts.use();
  const may = useMay();
  const isAsked = typed.length >= shortest && may('groups.read');
  const { data } = useRead(listGroups, { query: { limit: 500 } }, { enabled: isAsked });
  if (!isAsked) return [];
  const groups = (data?.items ?? []).map((group) => ({
    label: plainLine(group.name, 60),
    group: t('groups'),
    to: `/groups/${group.id}`,
  }));
  return bestOf(groups, typed, most);
}
