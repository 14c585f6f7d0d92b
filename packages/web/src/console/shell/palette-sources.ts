/** What the palette finds besides pages. */

export interface PaletteResult {
  readonly label: string;
  /** What kind of thing it is. */
  readonly group: string;
  readonly to: string;
  /** It is exactly what was typed, such as a serial number: it stands first. */
  readonly exact?: boolean;
}

/** Asked on every keystroke; an empty text finds nothing. One line for each kind of thing: `...useDevicesFound(wanted),` */
export function usePaletteFinds(_wanted: string): readonly PaletteResult[] {
  return [];
}
