/** Which of many things somebody means by a few letters. */

export interface Findable {
  readonly label: string;
  /** What it is called as well: other words, old names, the other language. */
  readonly words?: string;
}

const plain = (text: string) => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');

/** 0: not at all. The label counts more than other words, the beginning more than the middle. */
export function rank(thing: Findable, wanted: string): number {
  const parts = plain(wanted).split(/\s+/).filter(Boolean);
  if (parts.length === 0) return 1;
  const label = plain(thing.label);
  const words = plain(thing.words ?? '');
  let sum = 0;
  for (const part of parts) {
    const score = label.startsWith(part)
      ? 8
      : label.includes(` ${part}`)
        ? 6
        : label.includes(part)
          ? 4
          : words.split(' ').some((word) => word.startsWith(part))
            ? 2
            : 0;
    if (score === 0) return 0;
    sum += score;
  }
  return sum;
}

export function bestOf<Thing extends Findable>(
  things: readonly Thing[],
  wanted: string,
  most: number,
): readonly Thing[] {
  return things
    .map((thing) => ({ thing, score: rank(thing, wanted) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.thing.label.localeCompare(b.thing.label))
    .slice(0, most)
    .map(({ thing }) => thing);
}
