// The environment, read once, checked, and turned into types. Nothing else reads process.env.
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { createAddressList } from './kernel/http/address-list.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `console`: admin API, set-up page. `nac`: what network access controllers ask. `mail`: what mail clients ask. */
export type MovableSurface = 'console' | 'nac' | 'mail';

export interface SurfacePlace {
  readonly listen: ListenAddress | undefined;
  /** Addresses and ranges that may reach it; undefined: any. */
  readonly from: readonly string[] | undefined;
}

export interface Config {
  readonly dataDirectory: string;
  /** External PostgreSQL; undefined: the embedded one in the data directory. */
  readonly databaseUrl: string | undefined;
  readonly allowPlaintextDatabase: boolean;
  readonly publicUrl: URL;
  readonly listen: ListenAddress;
  /** The listener that asks devices for their certificate. */
  readonly deviceListen: ListenAddress;
  /** What devices use to reach it. */
  readonly deviceUrl: URL;
  /** Listeners of their own for parts of the main one; undefined: they stay there (CRY-10). */
  readonly surfaces: Readonly<Record<MovableSurface, SurfacePlace>>;
  /** Where mail clients reach the gateway. */
  readonly mailGatewayUrl: URL;
  /** Its own listener speaks plain HTTP, to trusted proxies alone: they end TLS. */
  readonly mailGatewayPlain: boolean;
  /** Mail clients may prove by a certificate who they are. */
  readonly mailGatewayCertificates: boolean;
  /** Plain HTTP for /metrics and details of /readyz, loopback by default. */
  readonly operationsListen: ListenAddress;
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly masterKeyFile: string;
  readonly logLevel: string;
  /** Proxies whose X-Forwarded-For and Client-Cert headers are believed: addresses or CIDR ranges. */
  readonly trustedProxies: readonly string[];
  /** Which header of the proxy carries a device's certificate; undefined: none is believed. */
  readonly clientCertificateHeader: 'rfc9440' | 'nginx' | undefined;
  /** Apple devices speak to the main listener and sign each message, because a proxy passes no certificates on. */
  readonly appleSignMessages: boolean;
  /** The mail server for invitations; undefined: links are given out by hand. */
  readonly smtp: { readonly url: URL; readonly from: string } | undefined;
  /** Where text messages are handed to a provider; undefined: people are written to by mail instead. */
  readonly sms: { readonly url: URL; readonly token: string | undefined } | undefined;
  /** Apple's push service, or what stands in for it, with a PEM file of the authorities to trust then. */
  readonly apns: { readonly url: URL; readonly trustFile: string | undefined };
  /**
   * Calls to addresses that tenants choose: which that are not public may be called, and a PEM file of authorities to trust beside
   * the public ones.
   */
  readonly outbound: { readonly allow: readonly string[]; readonly trustFile: string | undefined };
  /** One of this machine’s addresses that no mail server lets in, to look at them from (GAP-13). */
  readonly mailProbeFrom: string | undefined;
  readonly demo: boolean;
}

class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

function address(name: string, text: string): ListenAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535)
    throw new ConfigError(`${name} must be HOST:PORT, such as 0.0.0.0:8443`);
  return { host: host === '' ? '0.0.0.0' : host, port };
}

function ownAddress(name: string, text: string | undefined): string | undefined {
  if (text !== undefined && isIP(text) === 0)
    throw new ConfigError(`${name} must be an IP address of this machine`);
  return text;
}

function httpsUrl(name: string, text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ConfigError(`${name} must be an address such as https://mdm.example.org`);
  }
  if (url.protocol !== 'https:' || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new ConfigError(`${name} must be https://HOST[:PORT] and nothing else`);
  }
  return url;
}

/** smtps:// is TLS from the first byte; smtp:// begins TLS before anything is said, save on this machine itself. */
function smtpSettings(text: string | undefined, from: string | undefined, host: string): Config['smtp'] {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The value is not repeated: it may hold a password.
  if (!url || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new ConfigError('GATEHOUSE_SMTP_URL must be smtp[s]://[USER:PASSWORD@]HOST[:PORT]');
  }
  const sender = from ?? `Gatehouse <gatehouse@${host}>`;
  if (!/^[^\p{Cc}]{3,320}$/u.test(sender) || !sender.includes('@'))
    throw new ConfigError('GATEHOUSE_MAIL_FROM must be an e-mail address, such as IT <it@example.org>');
  return { url, from: sender };
}

/** The provider's address, or that of something on this machine that knows the provider. */
function smsSettings(text: string | undefined, token: string | undefined): Config['sms'] {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const here = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  // The value is not repeated: it may hold a password.
  if (!url || !(url.protocol === 'https:' || (here && url.protocol === 'http:')) || url.username !== '') {
    throw new ConfigError(
      'GATEHOUSE_SMS_URL must be an https:// address; the token goes into GATEHOUSE_SMS_TOKEN',
    );
  }
  return { url, token };
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[] = [],
): Config {
  const get = (name: string) => (env[name] === undefined || env[name] === '' ? undefined : env[name]);
  const dataDirectory = resolve(get('GATEHOUSE_DATA_DIR') ?? './data');
  const listen = address('GATEHOUSE_LISTEN', get('GATEHOUSE_LISTEN') ?? '0.0.0.0:8443');
  const publicUrl = httpsUrl(
    'GATEHOUSE_PUBLIC_URL',
    get('GATEHOUSE_PUBLIC_URL') ?? `https://localhost:${listen.port}`,
  );
  const deviceListen = address(
    'GATEHOUSE_DEVICE_LISTEN',
    get('GATEHOUSE_DEVICE_LISTEN') ?? `${listen.host}:${listen.port === 0 ? 0 : listen.port + 1}`,
  );
  const deviceUrl = httpsUrl(
    'GATEHOUSE_DEVICE_URL',
    get('GATEHOUSE_DEVICE_URL') ?? `https://${publicUrl.hostname}:${deviceListen.port}`,
  );
  const certificate = get('GATEHOUSE_TLS_CERT');
  const key = get('GATEHOUSE_TLS_KEY');
  if ((certificate === undefined) !== (key === undefined)) {
    throw new ConfigError('GATEHOUSE_TLS_CERT and GATEHOUSE_TLS_KEY go together');
  }
  const header = get('GATEHOUSE_CLIENT_CERTIFICATE_HEADER');
  if (header !== undefined && header !== 'rfc9440' && header !== 'nginx') {
    throw new ConfigError('GATEHOUSE_CLIENT_CERTIFICATE_HEADER must be rfc9440 or nginx');
  }
  const list = (name: string) => {
    const entries = get(name)
      ?.split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    try {
      createAddressList(entries ?? []);
    } catch (error) {
      throw new ConfigError(
        `${name} must be addresses or ranges with commas between: ${(error as Error).message}`,
      );
    }
    return entries;
  };
  const place = (surface: string): SurfacePlace => {
    const listenName = `GATEHOUSE_${surface}_LISTEN`;
    const own = get(listenName);
    const from = list(`GATEHOUSE_${surface}_FROM`);
    return { listen: own === undefined ? undefined : address(listenName, own), from };
  };
  // GATEHOUSE_MAIL_FROM has been the sender of letters for longer.
  const mailPlace = place('MAIL_GATEWAY');
  const mailGatewayPlain = get('GATEHOUSE_MAIL_GATEWAY_PLAIN') === 'yes';
  const trustedProxies = list('GATEHOUSE_TRUSTED_PROXIES') ?? [];
  if (mailGatewayPlain && (mailPlace.listen === undefined || trustedProxies.length === 0)) {
    throw new ConfigError(
      'GATEHOUSE_MAIL_GATEWAY_PLAIN needs GATEHOUSE_MAIL_GATEWAY_LISTEN and GATEHOUSE_TRUSTED_PROXIES: plain HTTP is for a proxy that ends TLS',
    );
  }
  const mailGatewayCertificates = get('GATEHOUSE_MAIL_GATEWAY_CERTIFICATES') === 'yes';
  const endsTlsForMail = mailPlace.listen !== undefined && !mailGatewayPlain;
  if (mailGatewayCertificates && !endsTlsForMail && (header === undefined || trustedProxies.length === 0)) {
    throw new ConfigError(
      'GATEHOUSE_MAIL_GATEWAY_CERTIFICATES needs a TLS listener of its own (GATEHOUSE_MAIL_GATEWAY_LISTEN), or a proxy that passes certificates on (GATEHOUSE_CLIENT_CERTIFICATE_HEADER and GATEHOUSE_TRUSTED_PROXIES)',
    );
  }
  const ownMailUrl =
    mailPlace.listen === undefined || mailGatewayPlain
      ? publicUrl.href
      : `https://${publicUrl.hostname}:${mailPlace.listen.port}`;
  const mailGatewayUrl = httpsUrl(
    'GATEHOUSE_MAIL_GATEWAY_URL',
    get('GATEHOUSE_MAIL_GATEWAY_URL') ?? ownMailUrl,
  );
  const logLevel = get('GATEHOUSE_LOG_LEVEL') ?? 'info';
  if (!logLevels.includes(logLevel))
    throw new ConfigError(`GATEHOUSE_LOG_LEVEL must be one of ${logLevels.join(', ')}`);
  const demo = argv.includes('--demo');
  if (demo && !['localhost', '127.0.0.1', '[::1]'].includes(publicUrl.hostname)) {
    throw new ConfigError(
      '--demo makes data with known simulated devices; it runs only with a loopback GATEHOUSE_PUBLIC_URL',
    );
  }
  return {
    dataDirectory,
    databaseUrl: get('GATEHOUSE_DATABASE_URL'),
    allowPlaintextDatabase: get('GATEHOUSE_DATABASE_ALLOW_PLAINTEXT') === 'yes',
    publicUrl,
    listen,
    deviceListen,
    deviceUrl,
    surfaces: { console: place('CONSOLE'), nac: place('NAC'), mail: mailPlace },
    mailGatewayUrl,
    mailGatewayPlain,
    mailGatewayCertificates,
    operationsListen: address(
      'GATEHOUSE_OPERATIONS_LISTEN',
      get('GATEHOUSE_OPERATIONS_LISTEN') ?? '127.0.0.1:9443',
    ),
    tls: certificate === undefined || key === undefined ? undefined : { certificate, key },
    masterKeyFile: get('GATEHOUSE_MASTER_KEY_FILE') ?? `${dataDirectory}/master.key`,
    logLevel,
    trustedProxies,
    clientCertificateHeader: header,
    appleSignMessages: get('GATEHOUSE_APPLE_SIGN_MESSAGES') === 'yes',
    sms: smsSettings(get('GATEHOUSE_SMS_URL'), get('GATEHOUSE_SMS_TOKEN')),
    smtp: smtpSettings(get('GATEHOUSE_SMTP_URL'), get('GATEHOUSE_MAIL_FROM'), publicUrl.hostname),
    apns: {
      url: httpsUrl('GATEHOUSE_APNS_URL', get('GATEHOUSE_APNS_URL') ?? 'https://api.push.apple.com'),
      trustFile: get('GATEHOUSE_APNS_CA'),
    },
    outbound: { allow: list('GATEHOUSE_OUTBOUND_ALLOW') ?? [], trustFile: get('GATEHOUSE_OUTBOUND_CA') },
    mailProbeFrom: ownAddress('GATEHOUSE_MAIL_PROBE_FROM', get('GATEHOUSE_MAIL_PROBE_FROM')),
    demo,
  };
}
