// HTTP Basic (RFC 7617) as ISE sends it with every call, and the ways in which its user name may say which tenant is meant.

export interface Credentials {
  /** The organization's slug, when the user name names one: `acme\ise@acme.example` or `acme/ise@acme.example`. */
  readonly organization: string | undefined;
  readonly email: string;
  readonly password: string;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** @returns undefined when the header is missing or is no Basic header with user name and password. */
export function readBasic(header: string | undefined): Credentials | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  let text: string;
  try {
    text = utf8.decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
  const colon = text.indexOf(':');
  const userName = text.slice(0, colon);
  const password = text.slice(colon + 1);
  if (colon < 1 || password === '' || userName.length > 320 || password.length > 1024) return undefined;
  const [, organization, email = userName] = /^([a-z0-9-]{1,40})[\\/](.+)$/i.exec(userName) ?? [];
  return { organization: organization?.toLowerCase(), email, password };
}
