/** Ends a text with a full stop, unless it ends by itself. */
export function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
