/** The geometry of small charts: numbers in, paths of SVG out. */

export interface Series {
  readonly label: string;
  readonly values: readonly number[];
}

const round = (value: number) => Math.round(value * 10) / 10;

/** One area above the other, from zero; `most` is the height of the picture in counts. */
export function stackSeries(
  series: readonly Series[],
  width: number,
  height: number,
): { readonly areas: readonly string[]; readonly most: number } {
  const count = Math.max(0, ...series.map((each) => each.values.length));
  const totals = Array.from({ length: count }, (_each, index) =>
    series.reduce((sum, each) => sum + (each.values[index] ?? 0), 0),
  );
  const most = Math.max(1, ...totals);
  const x = (index: number) => round(count <= 1 ? index * width : (index * width) / (count - 1));
  const y = (value: number) => round(height - (value / most) * height);
  let floor: readonly number[] = Array.from({ length: count }, () => 0);
  const areas = series.map((each) => {
    const top = floor.map((value, index) => value + (each.values[index] ?? 0));
    const points = count === 1 ? [0, 0] : top.map((_value, index) => index);
    const upper = points.map(
      (index, place) =>
        `${place === 0 ? 'M' : 'L'}${count === 1 ? place * width : x(index)} ${y(top[index] ?? 0)}`,
    );
    const lower = points
      .map((index, place) => `L${count === 1 ? place * width : x(index)} ${y(floor[index] ?? 0)}`)
      .reverse();
    floor = top;
    return count === 0 ? '' : `${upper.join('')}${lower.join('')}Z`;
  });
  return { areas, most };
}
