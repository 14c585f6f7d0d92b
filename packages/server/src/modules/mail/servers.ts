// Mail servers of an organization: named, changed, removed, and read for the gateway.
import type { MailServer, MailServerChanges, NewMailServer } from '@gatehouse/contracts/admin/mail.ts';
import { X509Certificate } from 'node:crypto';
import { DomainError } from '@gatehouse/core/errors.ts';
import type { MailServerStanding } from '@gatehouse/core/mail/decide-mail-access.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import { violatedConstraint } from '../../kernel/db/errors.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { announceMailAccess } from './access-news.ts';
import type { MailDeps } from './mail-deps.ts';
import {
  deleteMailServerRow,
  insertMailServer,
  lockMailServer,
  type MailServerRow,
  selectAnyMailServer,
  selectMailServer,
  selectMailServers,
  updateMailServerRow,
} from './server-queries.ts';
import { beginMail } from './settings.ts';

/** What the gateway needs of a server. It is the same for as long as the version is. */
export interface MailServerProfile {
  readonly serverId: string;
  readonly version: number;
  readonly name: string;
  readonly url: URL;
  /** PEM; undefined: what the system trusts. */
  readonly trust: string | undefined;
  readonly loginForm: MailServerRow['login_form'];
  readonly windowsDomain: string | undefined;
  /** undefined: all that the server offers. */
  readonly protocolVersions: readonly string[] | undefined;
  /** Lower case; the host of the URL is always among them. */
  readonly redirectHosts: readonly string[];
  readonly autodiscoverUrl: URL | undefined;
  readonly lockout: { readonly attempts: number; readonly windowMs: number };
  readonly timeoutMs: number;
  /** For clients that proved themselves by certificate; undefined: the server takes nobody's word. */
  readonly vouching:
    | {
        readonly userHeader: string;
        readonly secretHeader: string | undefined;
        readonly secret: string | undefined;
      }
    | undefined;
}

const defaults = {
  enabled: true,
  trust: null,
  loginForm: 'as-given',
  windowsDomain: null,
  protocolVersions: null,
  redirectHosts: [] as string[],
  autodiscoverUrl: null,
  lockoutAttempts: 5,
  lockoutMinutes: 30,
  timeoutSeconds: 30,
  userHeader: null,
  secretHeader: null,
} as const satisfies Omit<NewMailServer, 'name' | 'url' | 'secret'>;

export const noSuchServer = () => new DomainError('not-found', 'There is no such mail server.');

function presentServer(row: MailServerRow): MailServer {
  return {
    id: row.server_id,
    name: row.name,
    version: row.version,
    enabled: row.enabled,
    url: row.url,
    trust: row.trust,
    loginForm: row.login_form,
    windowsDomain: row.windows_domain,
    protocolVersions: row.protocol_versions as MailServer['protocolVersions'],
    redirectHosts: [...row.redirect_hosts],
    autodiscoverUrl: row.autodiscover_url,
    lockoutAttempts: row.lockout_attempts,
    lockoutMinutes: row.lockout_minutes,
    timeoutSeconds: row.timeout_seconds,
    userHeader: row.user_header,
    secretHeader: row.secret_header,
    hasSecret: row.secret !== null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export async function createMailServer(
  deps: MailDeps,
  principal: TenantPrincipal,
  input: NewMailServer,
): Promise<MailServer> {
  requirePermission(principal, 'mail.manage');
  const now = new Date(deps.clock.now());
  return namedOnce(() =>
    deps.database.withTenant(principal.organizationId, async (tx) => {
      const { secret = null, ...given } = input;
      const serverId = newId();
      const row = toRow({ ...defaults, ...given }, serverId, {
        version: 1,
        secret: secret === null ? null : await sealSecret(deps, tx, serverId, secret),
        createdAt: now,
        now,
      });
      await insertMailServer(tx, row);
      await beginMail(tx, now);
      await tellOfServer(deps, tx, principal, 'create', row);
      return presentServer(row);
    }),
  );
}

export async function updateMailServer(
  deps: MailDeps,
  principal: TenantPrincipal,
  serverId: string,
  { secret, ...changes }: MailServerChanges,
): Promise<MailServer> {
  requirePermission(principal, 'mail.manage');
  const now = new Date(deps.clock.now());
  return namedOnce(() =>
    deps.database.withTenant(principal.organizationId, async (tx) => {
      const before = await lockMailServer(tx, serverId);
      if (!before) throw noSuchServer();
      const {
        id: _id,
        version: _version,
        hasSecret: _has,
        createdAt: _at,
        updatedAt: _to,
        ...values
      } = presentServer(before);
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const moved = changes.url !== undefined && changes.url !== before.url;
      if (moved && secret === undefined && before.secret !== null) {
        // Whoever may change the address would have the secret sent to himself otherwise.
        throw new DomainError('invalid-input', 'With another address the secret has to be given anew.', {
          reason: 'secret-needed',
        });
      }
      const row = toRow({ ...values, ...given }, serverId, {
        version: before.version + 1,
        secret:
          secret === undefined
            ? before.secret
            : secret === null
              ? null
              : await sealSecret(deps, tx, serverId, secret),
        createdAt: before.created_at,
        now,
      });
      await updateMailServerRow(tx, row);
      await tellOfServer(deps, tx, principal, 'update', row);
      return presentServer(row);
    }),
  );
}

export async function deleteMailServer(
  deps: MailDeps,
  principal: TenantPrincipal,
  serverId: string,
): Promise<void> {
  requirePermission(principal, 'mail.manage');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await lockMailServer(tx, serverId);
    if (!row) throw noSuchServer();
    await deleteMailServerRow(tx, serverId);
    await tellOfServer(deps, tx, principal, 'delete', row);
  });
}

export async function getMailServer(
  deps: Pick<MailDeps, 'database'>,
  principal: TenantPrincipal,
  serverId: string,
): Promise<MailServer> {
  requirePermission(principal, 'mail.read');
  const row = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectMailServer(tx, serverId),
    { readOnly: true },
  );
  if (!row) throw noSuchServer();
  return presentServer(row);
}

export async function listMailServers(
  deps: Pick<MailDeps, 'database'>,
  principal: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<MailServer>> {
  requirePermission(principal, 'mail.read');
  const rows = await deps.database.withTenant(
    principal.organizationId,
    (tx) => selectMailServers(tx, afterOf(page), page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentServer, (row) => [row.server_id]);
}

export const afterOf = (page: PageRequest): string | null =>
  page.after === undefined ? null : String(page.after[0]);

/** One that is in use, always the same for a name that nobody has: such names spread over all servers as those of people do. */
export async function readAnyMailServer(tx: TenantTx, name: string): Promise<MailServerStanding | null> {
  const row = await selectAnyMailServer(tx, name);
  return row ? { serverId: row.server_id, version: row.version } : null;
}

/** undefined: it was deleted. Its secret is opened here and nowhere else. */
export async function readMailServer(
  deps: Pick<MailDeps, 'database' | 'sealer'>,
  organizationId: string,
  serverId: string,
): Promise<MailServerProfile | undefined> {
  return deps.database.withTenant(
    organizationId,
    async (tx) => {
      const row = await selectMailServer(tx, serverId);
      if (!row) return undefined;
      const secret =
        row.secret === null
          ? undefined
          : (await deps.sealer.open(tx, 'mail_servers.secret', serverId, row.secret)).toString();
      const url = new URL(row.url);
      return {
        serverId,
        version: row.version,
        name: row.name,
        url,
        trust: row.trust ?? undefined,
        loginForm: row.login_form,
        windowsDomain: row.windows_domain ?? undefined,
        protocolVersions: row.protocol_versions ?? undefined,
        redirectHosts: [...new Set([url.hostname, ...row.redirect_hosts])],
        autodiscoverUrl: row.autodiscover_url === null ? undefined : new URL(row.autodiscover_url),
        lockout: { attempts: row.lockout_attempts, windowMs: row.lockout_minutes * 60_000 },
        timeoutMs: row.timeout_seconds * 1_000,
        vouching:
          row.user_header === null
            ? undefined
            : { userHeader: row.user_header, secretHeader: row.secret_header ?? undefined, secret },
      };
    },
    { readOnly: true },
  );
}

/** For an administrator who wants to know whether it answers. @throws DomainError `forbidden`, `not-found` */
export async function profileToTry(
  deps: Pick<MailDeps, 'database' | 'sealer'>,
  principal: TenantPrincipal,
  serverId: string,
): Promise<MailServerProfile> {
  requirePermission(principal, 'mail.manage');
  const profile = await readMailServer(deps, principal.organizationId, serverId);
  if (profile === undefined) throw noSuchServer();
  await deps.database.withTenant(principal.organizationId, (tx) =>
    recordAudit(tx, {
      actor: principal,
      action: 'mail-servers.try',
      target: { kind: 'mail-server', id: serverId },
      outcome: 'done',
      show: { name: profile.name, host: profile.url.host },
    }),
  );
  return profile;
}

type Values = Omit<MailServer, 'id' | 'version' | 'hasSecret' | 'createdAt' | 'updatedAt'>;

/** What the gateway writes itself, or what frames a request: a second one of a name would be read by somebody as the first. */
const ownHeaders: ReadonlySet<string> = new Set([
  'accept-encoding',
  'accept-language',
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'ms-asacceptmultipart',
  'ms-asprotocolversion',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-ms-policykey',
]);

/** @throws DomainError `invalid-input` */
function toRow(
  values: Values,
  serverId: string,
  state: {
    readonly version: number;
    readonly secret: Buffer | null;
    readonly createdAt: Date;
    readonly now: Date;
  },
): MailServerRow {
  const { secret } = state;
  const hasSecret = secret !== null;
  if ((values.secretHeader !== null) !== hasSecret || (hasSecret && values.userHeader === null)) {
    throw new DomainError(
      'invalid-input',
      'A header that names users, the one with the secret, and the secret belong together.',
      { reason: 'vouching' },
    );
  }
  for (const name of [values.userHeader, values.secretHeader]) {
    if (name !== null && ownHeaders.has(name.toLowerCase()))
      throw new DomainError('invalid-input', `The gateway says something else in ${name}.`, {
        reason: 'vouching-header',
      });
  }
  if (values.secretHeader !== null && values.secretHeader.toLowerCase() === values.userHeader?.toLowerCase())
    throw new DomainError('invalid-input', 'One header cannot hold both the user and the secret.', {
      reason: 'vouching-header',
    });
  if (values.loginForm === 'windows' && values.windowsDomain === null)
    throw new DomainError('invalid-input', 'This form of log-in needs a domain of Windows.', {
      reason: 'windows-domain',
    });
  return {
    server_id: serverId,
    name: values.name,
    version: state.version,
    enabled: values.enabled,
    url: serviceUrl(values.url).href,
    trust: values.trust === null ? null : checkedTrust(values.trust),
    login_form: values.loginForm,
    windows_domain: values.windowsDomain,
    protocol_versions: values.protocolVersions,
    redirect_hosts: values.redirectHosts,
    autodiscover_url: values.autodiscoverUrl === null ? null : serviceUrl(values.autodiscoverUrl).href,
    lockout_attempts: values.lockoutAttempts,
    lockout_minutes: values.lockoutMinutes,
    timeout_seconds: values.timeoutSeconds,
    user_header: values.userHeader,
    secret_header: values.secretHeader,
    secret,
    created_at: state.createdAt,
    updated_at: state.now,
  };
}

/** No credentials, query or fragment in it: what is sent there is ours to say. */
function serviceUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    (url.protocol !== 'https:' && url.protocol !== 'http:') ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new DomainError('invalid-input', 'The address is no plain http or https URL.', { reason: 'url' });
  }
  return url;
}

function checkedTrust(text: string): string {
  const parts = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const readable = parts.filter((part) => {
    try {
      return new X509Certificate(part).fingerprint256 !== '';
    } catch {
      return false;
    }
  });
  if (parts.length === 0 || readable.length < parts.length) {
    throw new DomainError('invalid-input', 'The trusted certificates cannot be read.', {
      reason: 'trust',
    });
  }
  return parts.join('\n');
}

function sealSecret(
  { sealer }: Pick<MailDeps, 'sealer'>,
  tx: TenantTx,
  serverId: string,
  secret: string,
): Promise<Buffer> {
  return sealer.seal(tx, 'mail_servers.secret', serverId, Buffer.from(secret));
}

async function namedOnce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatedConstraint(error) !== 'mail_servers_name') throw error;
    throw new DomainError('conflict', 'Another mail server has this name.', { reason: 'name-taken' });
  }
}

export async function tellOfServer(
  deps: MailDeps,
  tx: TenantTx,
  principal: TenantPrincipal,
  verb: 'create' | 'update' | 'delete' | 'assign' | 'unassign',
  row: MailServerRow,
  more: Readonly<Record<string, string | number>> = {},
): Promise<void> {
  await Promise.all([
    recordAudit(tx, {
      actor: principal,
      action: `mail-servers.${verb}`,
      target: { kind: 'mail-server', id: row.server_id },
      outcome: 'done',
      show: { name: row.name, url: row.url, enabled: row.enabled, loginForm: row.login_form, ...more },
    }),
    deps.events.emit(tx, {
      name: 'mail-server.changed',
      subjectId: row.server_id,
      payload: { serverId: row.server_id, name: row.name, change: verb },
    }),
  ]);
  announceMailAccess(tx, deps, tx.organizationId);
}
