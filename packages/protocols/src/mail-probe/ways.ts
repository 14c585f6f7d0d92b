/**
 * Every way by which mail may leave a mail server, as what one has to send to find out: paths of web servers and ports of mail programs. None of it
 * carries a credential, and none changes anything at the server.
 */

export const gatewayPath = '/Microsoft-Server-ActiveSync';
export const autodiscoverPath = '/autodiscover/autodiscover.xml';

export const wayNames = [
  'activesync',
  'activesync-plain',
  'autodiscover',
  'exchange-services',
  'outlook',
  'webmail',
  'traveler',
  'jmap',
  'imap',
  'pop',
  'submission',
] as const;
export type WayName = (typeof wayNames)[number];

/** A question to a web server. */
export interface WebQuestion {
  readonly way: WayName;
  readonly method: 'OPTIONS' | 'GET' | 'POST';
  readonly path: string;
  /** Without TLS, at port 80. */
  readonly plain?: true;
}

/** A port at which a mail program speaks first. */
export interface Port {
  readonly way: WayName;
  readonly port: number;
  readonly tls: boolean;
  readonly greeting: RegExp;
}

export const webQuestions: readonly WebQuestion[] = [
  { way: 'activesync', method: 'OPTIONS', path: gatewayPath },
  // What holds for one spelling may not hold for another: IIS does not mind the case, many a rule before it does.
  { way: 'activesync', method: 'OPTIONS', path: gatewayPath.toLowerCase() },
  { way: 'activesync', method: 'OPTIONS', path: `${gatewayPath}/default.eas` },
  { way: 'activesync', method: 'OPTIONS', path: '/traveler/Microsoft-Server-ActiveSync' },
  // The same service under the name by which the web server knows it: a rule for the first path does not cover these.
  { way: 'activesync', method: 'OPTIONS', path: '/SOGo/Microsoft-Server-ActiveSync' },
  { way: 'activesync', method: 'OPTIONS', path: '/z-push/index.php' },
  { way: 'activesync-plain', method: 'OPTIONS', path: gatewayPath, plain: true },
  { way: 'exchange-services', method: 'GET', path: '/EWS/Exchange.asmx' },
  { way: 'outlook', method: 'GET', path: '/mapi/emsmdb/' },
  { way: 'outlook', method: 'GET', path: '/rpc/rpcproxy.dll' },
  { way: 'webmail', method: 'GET', path: '/owa/' },
  { way: 'webmail', method: 'GET', path: '/SOGo/' },
  { way: 'webmail', method: 'GET', path: '/zimbra/' },
  { way: 'webmail', method: 'GET', path: '/webapp/' },
  { way: 'webmail', method: 'GET', path: '/gw/webacc' },
  { way: 'webmail', method: 'GET', path: '/webmail/' },
  { way: 'webmail', method: 'GET', path: '/roundcube/' },
  { way: 'traveler', method: 'GET', path: '/traveler' },
  { way: 'traveler', method: 'GET', path: '/servlet/traveler' },
  { way: 'jmap', method: 'GET', path: '/.well-known/jmap' },
];

const imap = /^\* (?:OK|PREAUTH)\b/i;
const pop = /^\+OK\b/;
const smtp = /^220[ -]/;

export const ports: readonly Port[] = [
  { way: 'imap', port: 993, tls: true, greeting: imap },
  { way: 'imap', port: 143, tls: false, greeting: imap },
  { way: 'pop', port: 995, tls: true, greeting: pop },
  { way: 'pop', port: 110, tls: false, greeting: pop },
  { way: 'submission', port: 465, tls: true, greeting: smtp },
  { way: 'submission', port: 587, tls: false, greeting: smtp },
];

/** A request on a connection of its own. @param host as it stands in a URL, brackets around an IPv6 address */
export function encodeQuestion(
  { method, path }: Pick<WebQuestion, 'method' | 'path'>,
  host: string,
  body?: { readonly type: string; readonly content: Uint8Array },
): Uint8Array {
  if (!/^[\w.:[\]-]{1,260}$/.test(host) || !/^\/[\x21-\x7e]{0,200}$/.test(path))
    throw new TypeError('A question goes to a plain host and path');
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: Gatehouse-Mail-Probe',
    'Accept: */*',
    'Accept-Encoding: identity',
    'Connection: close',
    ...(body === undefined
      ? method === 'OPTIONS'
        ? ['Content-Length: 0']
        : []
      : [`Content-Type: ${body.type}`, `Content-Length: ${body.content.length}`]),
  ];
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'),
    body?.content ?? Buffer.alloc(0),
  ]);
}
