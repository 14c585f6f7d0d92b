// The server's TLS identity for all listeners: the operator's certificate, or the local authority's. Either is renewed while
// the server runs; listeners take the new one for their next connection.
import { constants } from 'node:crypto';
import type { SecureContextOptions, Server as TlsServer } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { hostsOf } from './hosts.ts';
import { ensureLocalIdentity, pemOf } from './local-authority.ts';
import { type OperatorFiles, readOperatorIdentity, stampOf } from './operator-certificate.ts';

export interface ServerTls {
  /** Key and certificate chain of this moment, to start a listener with. */
  readonly context: SecureContextOptions;
  /** What a device must trust to reach this server, DER; handed over in the enrolment, under its proof. */
  readonly anchors: readonly Uint8Array[];
  readonly notAfter: number;
  /** Host names and addresses that the listeners answer to. */
  readonly hosts: ReadonlySet<string>;
  /** Gives a listener each new certificate. */
  follow(server: Pick<TlsServer, 'setSecureContext'>): void;
  /** Looks at once whether a new certificate is due; otherwise it is done regularly. */
  refresh(): void;
  close(): void;
}

export interface ServerTlsOptions {
  /** DATA_DIR/tls: made when missing, for its owner alone. */
  readonly directory: string;
  /** The addresses under which people and devices reach this server. */
  readonly addresses: readonly URL[];
  readonly operator?: OperatorFiles | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly refreshEveryMs?: number;
}

interface Identity {
  readonly context: SecureContextOptions;
  readonly anchors: readonly Uint8Array[];
  readonly notAfter: number;
}

/** @throws Error with a sentence for the operator when the configured files cannot serve. */
export function openServerTls(options: ServerTlsOptions): ServerTls {
  const { clock, log, operator, directory } = options;
  const hosts = hostsOf(options.addresses);
  const listeners = new Set<Pick<TlsServer, 'setSecureContext'>>();
  let stamp = '';

  function load(): Identity {
    if (operator) {
      const seen = stampOf(operator);
      const identity = readOperatorIdentity(operator, hosts, clock.now());
      stamp = seen;
      for (const complaint of identity.complaints) log.warn(complaint);
      const { certificatePem: cert, keyPem: key, anchor, notAfter } = identity;
      return { context: { cert, key }, anchors: [anchor], notAfter };
    }
    const { root, leaf, replacedRoot } = ensureLocalIdentity(directory, hosts, clock.now());
    if (replacedRoot) {
      log.warn(
        'the names of this server have changed, so its local authority was made anew; devices enrolled before must enrol again',
      );
    }
    const pem = pemOf(leaf);
    return {
      context: { cert: pem, key: pem },
      anchors: [root.certificate.der],
      notAfter: leaf.certificate.notAfter,
    };
  }

  let current = load();

  function refresh(): void {
    try {
      if (operator && stampOf(operator) === stamp) return;
      const next = load();
      if (String(next.context.cert) === String(current.context.cert)) return;
      current = next;
      for (const listener of listeners) listener.setSecureContext(withParameters(next.context));
      log.info({ notAfter: new Date(next.notAfter).toISOString() }, 'the server certificate was renewed');
    } catch (error) {
      // What serves now goes on serving: a half-written file is complete a moment later.
      log.error({ err: error }, 'the server certificate could not be read again');
    }
  }

  const timer = setInterval(refresh, options.refreshEveryMs ?? (operator ? 60_000 : 3_600_000));
  timer.unref();

  return {
    get context() {
      return withParameters(current.context);
    },
    get anchors() {
      return current.anchors;
    },
    get notAfter() {
      return current.notAfter;
    },
    hosts: new Set([...hosts.dns, ...hosts.ip]),
    follow: (server) => void listeners.add(server),
    refresh,
    close: () => clearInterval(timer),
  };
}

/**
 * TLS 1.2 with ECDHE and AEAD only, and 1.3. Groups stay at OpenSSL's default, which prefers the hybrid post-quantum one. Set
 * with every context, because a listener's new context takes nothing over from the one before.
 */
function withParameters(context: SecureContextOptions): SecureContextOptions {
  return {
    ...context,
    minVersion: 'TLSv1.2',
    ciphers:
      'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20',
    honorCipherOrder: true,
    // Who a connection belongs to is read once: it must not be able to become somebody else's half way.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionTimeout: 3_600,
  };
}
