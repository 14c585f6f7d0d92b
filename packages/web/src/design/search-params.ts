/** The part of an address behind `?`: plain names and plain values, so that people can read, copy and change it. */

export type Search = Readonly<Record<string, string>>;

/** The first value of each name. */
export function parseSearch(text: string): Search {
  const found: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) found[name] ??= value;
  return found;
}

/** Empty values are left out; the order is that of the object. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === '' || value === false) continue;
    written.set(name, String(value));
  }
  const text = written.toString();
  return text === '' ? '' : `?${text}`;
}

/** `/devices` and its search as one address. */
export function addressWith(path: string, search: Readonly<Record<string, unknown>>): string {
  return `${path}${stringifySearch(search)}`;
}
