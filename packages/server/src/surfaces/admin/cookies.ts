// The two cookies of the admin surface. Both carry the __Host- prefix: set over TLS by this very host, for no other.
import {
  knownBrowserCookie,
  knownBrowserSeconds,
  sessionCookie,
} from '../../modules/administrators/index.ts';

/** A cookie's value. Two of one name are none: which one counts must not be a matter of order. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** Ends with the browser's session; the server ends it earlier. */
export function setSessionCookie(value: string): string {
  return `${sessionCookie}=${value}; ${attributes}`;
}

export function clearSessionCookie(): string {
  return `${sessionCookie}=; ${attributes}; Max-Age=0`;
}

export function setKnownBrowserCookie(value: string): string {
  return `${knownBrowserCookie}=${value}; ${attributes}; Max-Age=${knownBrowserSeconds}`;
}
