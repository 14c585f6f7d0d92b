/** What somebody pastes: lines, or values between commas, semicolons and tabs; quotes of spreadsheets fall away. */

export const mostPasted = 5_000;

export function pastedParts(text: string): readonly string[] {
  const parts = text
    .split(/[\n\r,;\t]+/)
    .map((part) =>
      part
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .trim(),
    )
    .filter((part) => part !== '' && part.length <= 254);
  return [...new Set(parts)];
}
