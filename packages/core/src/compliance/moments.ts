/** The first of some moments; null stands for never. */
export function earliest(moments: readonly (number | null)[]): number | null {
  return moments.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b)), null);
}
