/** What the daemon said since it was started, for machines that keep no journal: the last lines, each cut to a length. */

const mostLines = 1_000;
const longestLine = 500;

export class RecentLog {
  readonly #lines: { readonly at: number; readonly line: string }[] = [];

  add(at: number, line: string): void {
    this.#lines.push({ at, line: line.slice(0, longestLine) });
    if (this.#lines.length > mostLines) this.#lines.shift();
  }

  /** @param from ms since the epoch */
  since(from: number): string {
    return this.#lines
      .filter(({ at }) => at >= from)
      .map(({ at, line }) => `${new Date(at).toISOString()} ${line}`)
      .join('\n');
  }
}
