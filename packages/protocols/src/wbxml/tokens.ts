/** The global tokens of WBXML 1.3 (section 7.1) and the bits of a tag. */

export const switchPage = 0x00;
export const end = 0x01;
export const entity = 0x02;
export const inlineString = 0x03;
export const tableString = 0x83;
export const opaque = 0xc3;

/** A tag byte: the token in its low six bits, and whether content and attributes follow. */
export const tokenBits = 0x3f;
export const contentBit = 0x40;
export const attributesBit = 0x80;
/** Below are the global tokens of each group of 64. */
export const firstTag = 0x05;

/** Globals that are refused, as the errors name them. */
export const refusedGlobals: ReadonlyMap<number, string> = new Map([
  [0x04, 'LITERAL'],
  [0x44, 'LITERAL_C'],
  [0x84, 'LITERAL_A'],
  [0xc4, 'LITERAL_AC'],
  [0x43, 'PI'],
  [0x40, 'EXT_I_0'],
  [0x41, 'EXT_I_1'],
  [0x42, 'EXT_I_2'],
  [0x80, 'EXT_T_0'],
  [0x81, 'EXT_T_1'],
  [0x82, 'EXT_T_2'],
  [0xc0, 'EXT_0'],
  [0xc1, 'EXT_1'],
  [0xc2, 'EXT_2'],
]);

/** IANA numbers of the character sets that are UTF-8 or a part of it; 0 says that it is not known. */
export const readableCharsets: ReadonlySet<number> = new Set([0, 3, 106]);
