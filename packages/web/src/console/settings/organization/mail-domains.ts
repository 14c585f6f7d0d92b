/** Mail domains as people write them, one on each line. */

const pattern = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** @returns the domains in lower case, each once, and the first line that is none. */
export function readDomains(text: string): { readonly domains: readonly string[]; readonly wrong?: string } {
  const lines = text
    .split(/[\s,;]+/)
    .map((line) => line.trim().toLowerCase().replace(/^@/, ''))
    .filter((line) => line !== '');
  const wrong = lines.find((line) => !pattern.test(line));
  return { domains: [...new Set(lines)], ...(wrong === undefined ? {} : { wrong }) };
}
