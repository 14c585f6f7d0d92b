/** What the palette finds besides pages. */
import { useDevicesFound, useGroupsFound, useUsersFound } from './finds.ts';
import type { PaletteResult } from './palette-result.ts';

/** Asked on every keystroke; an empty text finds nothing. One line for each kind of thing. */
export function usePaletteFinds(wanted: string): readonly PaletteResult[] {
  return [...useDevicesFound(wanted), ...useUsersFound(wanted), ...useGroupsFound(wanted)];
}
