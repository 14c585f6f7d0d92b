/** Whether a text is what a pattern names: the same, or the same up to a `*` at its end; without regard to case. */
export function fits(pattern: string, text: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), text.toLowerCase()];
  return wanted.endsWith('*') ? given.startsWith(wanted.slice(0, -1)) : given === wanted;
}
