/** @param pattern the name of an event, or `device.*` */
export function matchesEvent(pattern: string, name: string): boolean {
  return pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
