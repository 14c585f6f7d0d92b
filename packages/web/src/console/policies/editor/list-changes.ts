/** Lists with one thing changed; places that are none change nothing. */

export const replaced = (items: readonly unknown[], place: number, item: unknown): readonly unknown[] =>
  items.map((each, index) => (index === place ? item : each));

export const without = (items: readonly unknown[], place: number): readonly unknown[] =>
  items.filter((_each, index) => index !== place);

export function moved(items: readonly unknown[], from: number, to: number): readonly unknown[] {
  if (from === to || from < 0 || to < 0 || from >= items.length || to >= items.length) return items;
  return without(items, from).toSpliced(to, 0, items[from]);
}
