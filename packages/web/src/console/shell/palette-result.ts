/** Something that the palette leads to. */
export interface PaletteResult {
  readonly label: string;
  /** What kind of thing it is. */
  readonly group: string;
  readonly to: string;
  /** It is exactly what was typed, such as a serial number: it stands first. */
  readonly exact?: boolean;
}
