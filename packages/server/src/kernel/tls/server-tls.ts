// The server's TLS identities. People and programs meet the operator's certificate where there is one, else the local
// authority's. Enrolled devices always meet the local authority's: they trust what was handed to them when they enrolled and
// nothing else, so a certificate that the operator puts in place, or changes, must not be able to shut them all out. Both are
// renewed while the server runs; listeners take the new one for their next connection.
import { constants } from 'node:crypto';
import type { SecureContextOptions, Server as TlsServer } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { hostsOf } from './hosts.ts';
import { ensureLocalIdentity, pemOf } from './local-authority.ts';
import { type OperatorFiles, readOperatorIdentity, stampOf } from './operator-certificate.ts';

/** What a listener serves with. */
export interface ListenerIdentity {
  /** Key and certificate chain of this moment, to start a listener with. */
  readonly context: SecureContextOptions;
  readonly notAfter: number;
  /** Gives the listener each new certificate. */
  follow(server: Pick<TlsServer, 'setSecureContext'>): void;
}

/** Itself the identity of every listener but the devices'. */
export interface ServerTls extends ListenerIdentity {
  readonly devices: ListenerIdentity;
  /** What a device must trust to reach either, DER; handed over in the enrolment, under its proof. */
  readonly anchors: readonly Uint8Array[];
  /** Host names and addresses that the listeners answer to. */
  readonly hosts: ReadonlySet<string>;
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

interface Loaded {
  readonly cert: string;
  readonly key: string;
  readonly anchor: Uint8Array;
  readonly notAfter: number;
}

/** @throws Error with a sentence for the operator when the configured files cannot serve. */
export function openServerTls(options: ServerTlsOptions): ServerTls {
  const { clock, log, operator, directory } = options;
  const hosts = hostsOf(options.addresses);

  function loadLocal(): Loaded {
    const { root, leaf, replacedRoot } = ensureLocalIdentity(directory, hosts, clock.now());
    if (replacedRoot) {
      log.warn(
        'the names of this server have changed, so its local authority was made anew; devices enrolled before must enrol again',
      );
    }
    const pem = pemOf(leaf);
    return { cert: pem, key: pem, anchor: root.certificate.der, notAfter: leaf.certificate.notAfter };
  }

  let stamp = '';
  function loadOperator(files: OperatorFiles, before?: Loaded): Loaded {
    const seen = stampOf(files);
    if (before && seen === stamp) return before;
    const identity = readOperatorIdentity(files, hosts, clock.now());
    stamp = seen;
    for (const complaint of identity.complaints) log.warn(complaint);
    const { certificatePem: cert, keyPem: key, anchor, notAfter } = identity;
    return { cert, key, anchor, notAfter };
  }

  const local = renewable(loadLocal, log);
  const main = operator ? renewable((before) => loadOperator(operator, before), log) : local;
  const refresh = () => {
    for (const identity of new Set([local, main])) identity.refresh();
  };
  const timer = setInterval(refresh, options.refreshEveryMs ?? (operator ? 60_000 : 3_600_000));
  timer.unref();

  return {
    get context() {
      return main.context;
    },
    get notAfter() {
      return main.notAfter;
    },
    follow: main.follow,
    devices: local,
    get anchors() {
      return [...new Set([main, local])].map((identity) => identity.anchor);
    },
    hosts: new Set([...hosts.dns, ...hosts.ip]),
    refresh,
    close: () => clearInterval(timer),
  };
}

interface Renewable extends ListenerIdentity {
  readonly anchor: Uint8Array;
  refresh(): void;
}

function renewable(load: (before?: Loaded) => Loaded, log: Log): Renewable {
  const listeners = new Set<Pick<TlsServer, 'setSecureContext'>>();
  let current = load();
  return {
    get context() {
      return contextOf(current);
    },
    get anchor() {
      return current.anchor;
    },
    get notAfter() {
      return current.notAfter;
    },
    follow: (server) => void listeners.add(server),
    refresh() {
      try {
        const next = load(current);
        if (next.cert === current.cert) return;
        current = next;
        for (const listener of listeners) listener.setSecureContext(contextOf(next));
        log.info({ notAfter: new Date(next.notAfter).toISOString() }, 'a server certificate was renewed');
      } catch (error) {
        // What serves now goes on serving: a half-written file is complete a moment later.
        log.error({ err: error }, 'a server certificate could not be read again');
      }
    },
  };
}

/**
 * TLS 1.2 with ECDHE and AEAD only, and 1.3. Groups stay at OpenSSL's default, which prefers the hybrid post-quantum one. Set
 * with every context, because a listener's new context takes nothing over from the one before.
 */
function contextOf({ cert, key }: Loaded): SecureContextOptions {
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers:
      'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20',
    honorCipherOrder: true,
    // Who a connection belongs to is read once: it must not be able to become somebody else's half way.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    sessionTimeout: 3_600,
  };
}
