// Where the database is and as whom we enter it.
import { isIP } from 'node:net';
import pg from 'pg';
import { DomainError } from '@gatehouse/core/errors.ts';

/** `owner` migrates, `app` works inside one tenant, `system` serves the listed reasons across tenants. */
export type DatabaseRole = 'gh_owner' | 'gh_app' | 'gh_system';

export interface DatabaseAddress {
  readonly config: pg.ClientConfig;
  /** True on the embedded server's private socket: we log in as each role directly, not by `role=`. */
  readonly directRoles: boolean;
}

/** The embedded server: a socket in a directory that only we may enter. */
export function socketAddress(socket: { host: string; port: number; database: string }): DatabaseAddress {
  return { config: { ...socket, user: 'gatehouse' }, directRoles: true };
}

/**
 * An external server by URL. Off the machine it must be reached with `sslmode=verify-full` (DAT-04), unless the operator
 * says otherwise.
 */
export function urlAddress(url: string, options: { allowPlaintext?: boolean } = {}): DatabaseAddress {
  let parsed: URL;
  try {
    // `postgres://user@/db?host=/socket` has no host; give the parser one it accepts.
    parsed = new URL(url.replace(/^(postgres(?:ql)?:\/\/[^/@]*@?)\//, '$1socket.invalid/'));
  } catch {
    throw new DomainError('invalid-input', 'GATEHOUSE_DATABASE_URL is not a valid postgres:// address');
  }
  if (!/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new DomainError('invalid-input', 'GATEHOUSE_DATABASE_URL must begin with postgres://');
  }
  // The driver takes the last of two: `sslmode=verify-full&sslmode=disable` would be judged by one and connected by the other.
  for (const name of parsed.searchParams.keys()) {
    if (parsed.searchParams.getAll(name).length > 1)
      throw new DomainError('invalid-input', `GATEHOUSE_DATABASE_URL says ${name} more than once`);
  }
  const socket = parsed.searchParams.get('host');
  if (socket?.startsWith('/')) {
    const config: pg.ClientConfig = {
      host: socket,
      port: Number(parsed.searchParams.get('port') ?? 5432),
      user: decodeURIComponent(parsed.username || 'gatehouse'),
      database: decodeURIComponent(parsed.pathname.slice(1)),
    };
    if (parsed.password) config.password = decodeURIComponent(parsed.password);
    return { config, directRoles: false };
  }
  const mode = parsed.searchParams.get('sslmode');
  if (mode !== 'verify-full' && options.allowPlaintext !== true) {
    throw new DomainError(
      'invalid-input',
      'The database would be reached without a verified TLS connection. Add sslmode=verify-full to ' +
        'GATEHOUSE_DATABASE_URL, or set GATEHOUSE_DATABASE_ALLOW_PLAINTEXT=yes if the network between is yours alone.',
    );
  }
  const host = (socket ?? parsed.hostname).replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && options.allowPlaintext !== true) {
    // The driver compares the certificate of such a server with the name "localhost".
    throw new DomainError(
      'invalid-input',
      'GATEHOUSE_DATABASE_URL must name the database’s host, not its IP address, so that its certificate can be verified',
    );
  }
  return { config: { connectionString: url }, directRoles: false };
}

/** Connection settings to enter as `role`. */
export function connectAs(address: DatabaseAddress, role: DatabaseRole | 'login'): pg.ClientConfig {
  // statement_timeout bounds every statement; idle transactions are ended so that no lock outlives its owner.
  const settings = [
    '-c search_path=gh',
    '-c statement_timeout=30000',
    '-c idle_in_transaction_session_timeout=60000',
  ];
  const config: pg.ClientConfig = { ...address.config, application_name: `gatehouse ${role}` };
  if (role === 'login') {
    return config;
  }
  if (address.directRoles) config.user = role;
  else settings.push(`-c role=${role}`);
  config.options = settings.join(' ');
  return config;
}
