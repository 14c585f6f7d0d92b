// What of a mail server’s answer a client gets to see: these headers and no others; where the mail server is, what it runs on and who
// stands before it is nobody’s business (EAS-T04).

const passed: ReadonlyMap<string, string> = new Map(
  [
    'Content-Type',
    'Content-Encoding',
    'Content-Length',
    'Content-Disposition',
    'MS-Server-ActiveSync',
    'MS-ASProtocolCommands',
    'X-MS-ASThrottle',
    'X-MS-Credentials-Expire',
    'X-MS-Credential-Service-Url',
    'X-MS-ASError',
    'Retry-After',
    'Set-Cookie',
  ].map((name) => [name.toLowerCase(), name]),
);

export const securityHeaders: readonly string[] = [
  'Cache-Control',
  'no-store',
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'",
];

/** A cookie is for the gateway’s name, whatever the mail server calls itself. */
const withoutDomain = (cookie: string): string =>
  cookie
    .split(';')
    .filter((part) => !/^\s*domain\s*=/i.test(part))
    .join(';');

/**
 * @param headers of the mail server: names in lower case and values, in turn.
 * @param rewrite for the few names whose values are made anew: undefined leaves one out.
 */
export function answerHeaders(
  headers: readonly string[],
  rewrite: (name: string, value: string) => string | undefined,
): string[] {
  const out = [...securityHeaders];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    const shown = passed.get(name);
    if (shown !== undefined) out.push(shown, name === 'set-cookie' ? withoutDomain(value) : value);
    else if (name === 'ms-asprotocolversions' || name === 'x-ms-rp') {
      const narrowed = rewrite(name, value);
      if (narrowed !== undefined)
        out.push(name === 'x-ms-rp' ? 'X-MS-RP' : 'MS-ASProtocolVersions', narrowed);
    }
  }
  return out;
}
