/** Rows that Page Up and Page Down go. */
const pageRows = 10;

/** The row that a key leads to; undefined: it leads nowhere. */
export function nextRow(key: string, index: number, count: number): number | undefined {
  const last = count - 1;
  const wanted = {
    ArrowDown: index + 1,
    j: index + 1,
    ArrowUp: index - 1,
    k: index - 1,
    PageDown: index + pageRows,
    PageUp: index - pageRows,
    Home: 0,
    End: last,
  }[key];
  return wanted === undefined ? undefined : Math.max(0, Math.min(last, wanted));
}
