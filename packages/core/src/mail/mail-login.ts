/** Names under which people log in to their mail: an address, a short name, or a short name within a Windows domain. */

export interface MailLogin {
  /** As it was given, without the domain of Windows: what follows `\`. */
  readonly name: string;
  /** What stands before the `\` of `ACME\ann`, in lower case; null: none. */
  readonly windowsDomain: string | null;
  /** The domain of an address, in lower case; null: a short name. */
  readonly mailDomain: string | null;
}

const longest = 320;

/** Undefined for what is no name: empty, too long, or with control characters in it. */
export function readMailLogin(text: string): MailLogin | undefined {
  if (text.length === 0 || text.length > longest || /\p{Cc}/u.test(text)) return undefined;
  const at = text.lastIndexOf('\\');
  const [domain, name] = at < 0 ? [null, text] : [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
  if (name === '' || domain === '') return undefined;
  const sign = name.lastIndexOf('@');
  const mailDomain = sign <= 0 || sign === name.length - 1 ? null : name.slice(sign + 1).toLowerCase();
  return { name, windowsDomain: domain, mailDomain };
}

/**
 * Under which addresses or names the person may be known to us, best first. A short name is the left part of an address in the
 * organization's own domains, as servers of protocol 2.5 demand it (ENR-14); the left part of a foreign address is nobody's name.
 */
export function loginCandidates(login: MailLogin, mailDomains: readonly string[]): readonly string[] {
  const name = login.name.toLowerCase();
  if (login.mailDomain !== null) return [name];
  return [name, ...mailDomains.slice(0, 20).map((domain) => `${name}@${domain.toLowerCase()}`)];
}
