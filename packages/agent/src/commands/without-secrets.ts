/**
 * Takes out of a text what may be a secret, by its form: the log is not meant to hold any, and what errors of others say is not in
 * our hands. Rather too much than too little; ids and paths stay, because without them a log is of no use.
 */

const removed = '[removed]';

/** In this order: what is longest first. */
const secrets: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, removed],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${removed}`],
  [
    /(authorization|cookie|passwords?|passwd|passphrase|secret|token|api[-_]?key|challenge|one-time (?:password|code))\b(["']?\s*[=:]\s*)(?!\[removed\])(?:"[^"\n]*"|'[^'\n]*'|[^\s,;]+)/gi,
    `$1$2${removed}`,
  ],
  [/(\/\/)[^\s/@:]+:[^\s/@]+@/g, `$1${removed}@`],
];

/** Long enough for a key, and no id: hexadecimal, or letters of both cases with digits. */
const dense = /(?<![\w+/=-])[\w+/=-]{32,}(?![\w+/=-])/g;
const id = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @returns the text, and how many places something was taken from. */
export function withoutSecrets(text: string): { readonly text: string; readonly removed: number } {
  let count = 0;
  let left = text;
  for (const [pattern, instead] of secrets) {
    left = left.replace(pattern, (...found: unknown[]) => {
      count += 1;
      return instead.replace(/\$(\d)/g, (_all, index: string) => String(found[Number(index)] ?? ''));
    });
  }
  left = left.replace(dense, (word) => {
    const mixed = /[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word);
    if (id.test(word) || !(mixed || /^[0-9a-f]+$/i.test(word))) return word;
    count += 1;
    return removed;
  });
  return { text: left, removed: count };
}
