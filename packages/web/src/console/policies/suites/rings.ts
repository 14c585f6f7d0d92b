/** Shares of a roll-out as somebody writes them: `5, 25, 100`. @returns undefined for what is no rising row that ends with all */
export function readRings(text: string): readonly number[] | undefined {
  const parts = text.split(/[\s,;%]+/).filter(Boolean);
  const shares = parts.map(Number);
  const sound =
    shares.length > 0 &&
    shares.length <= 20 &&
    shares.every(
      (share, index) =>
        Number.isInteger(share) && share > 0 && share <= 100 && share > (shares[index - 1] ?? 0),
    );
  return sound && shares.at(-1) === 100 ? shares : undefined;
}
