// ISE servers that are told of changes: made, changed, tried and removed by administrators. The password is never shown again.
import type {
  IseServer,
  IseServerChanges,
  NewIseServer,
  TryOutcome,
} from '@gatehouse/contracts/admin/network-access.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import { decodePem } from '@gatehouse/protocols/x509/index.ts';
import { DecodeError } from '@gatehouse/protocols/decode-error.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import {
  type PageAnswer,
  type PageRequest,
  pageOfRows,
  type TenantPrincipal,
} from '../../../kernel/http/route.ts';
import { newId } from '../../../kernel/ids.ts';
import { addReceiver, removeReceiver } from '../../../kernel/jobs/jobs.ts';
import { OutboundError } from '../../../kernel/outbound/outbound-error.ts';
import { receiverUrl } from '../../../kernel/outbound/outbound.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import type { GateDeps } from '../gate-deps.ts';
import { sentence } from '../sentence.ts';
import { tellGatesKind } from '../tell-gates-kind.ts';
import type { IseCalls } from './ise-calls.ts';
import {
  deleteIse,
  isIseNameTaken,
  type IseRow,
  type IseSettings,
  lockIse,
  selectIse,
  selectIsePage,
  writeIse,
} from './ise-queries.ts';
import { targetOf } from './teller.ts';

const noSuchIse = () => new DomainError('not-found', 'There is no such ISE server.');

export async function listIseServers(
  deps: Pick<GateDeps, 'database'>,
  actor: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<IseServer>> {
  requirePermission(actor, 'gates.read');
  const after = page.after?.[0];
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) => selectIsePage(tx, typeof after === 'string' ? after : null, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, present, (row) => [row.ise_id]);
}

export async function getIseServer(
  deps: Pick<GateDeps, 'database'>,
  actor: TenantPrincipal,
  iseId: string,
): Promise<IseServer> {
  requirePermission(actor, 'gates.read');
  const row = await deps.database.withTenant(actor.organizationId, (tx) => selectIse(tx, iseId), {
    readOnly: true,
  });
  if (!row) throw noSuchIse();
  return present(row);
}

/** @throws DomainError `invalid-input`, or `conflict` when another has this name. */
export async function createIseServer(
  deps: GateDeps,
  actor: TenantPrincipal,
  input: NewIseServer,
): Promise<IseServer> {
  requirePermission(actor, 'gates.manage');
  const at = new Date(deps.clock.now());
  const iseId = newId(at.getTime());
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await apply(deps, tx, undefined, iseId, input);
    await writeIse(tx, row, at);
    await addReceiver(tx, tellGatesKind, `ise:${iseId}`);
    await record(tx, actor, 'create', row);
    return present((await lockIse(tx, iseId)) as IseRow);
  });
}

export async function updateIseServer(
  deps: GateDeps,
  actor: TenantPrincipal,
  iseId: string,
  changes: IseServerChanges,
): Promise<IseServer> {
  requirePermission(actor, 'gates.manage');
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const before = await lockIse(tx, iseId);
    if (!before) throw noSuchIse();
    const row = await apply(deps, tx, before, iseId, changes);
    await writeIse(tx, row, before.created_at);
    await record(tx, actor, 'update', row, changes.password !== undefined);
    return present((await lockIse(tx, iseId)) as IseRow);
  });
}

export async function removeIseServer(
  deps: Pick<GateDeps, 'database'>,
  actor: TenantPrincipal,
  iseId: string,
): Promise<void> {
  requirePermission(actor, 'gates.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const before = await lockIse(tx, iseId);
    if (!before) throw noSuchIse();
    await deleteIse(tx, iseId);
    await removeReceiver(tx, tellGatesKind, `ise:${iseId}`);
    await record(tx, actor, 'delete', before);
  });
}

/** Asks it something that changes nothing. */
export async function tryIseServer(
  deps: GateDeps & { readonly iseCalls: IseCalls },
  actor: TenantPrincipal,
  iseId: string,
): Promise<TryOutcome> {
  requirePermission(actor, 'gates.manage');
  const target = await deps.database.withTenant(actor.organizationId, async (tx) => {
    const row = await lockIse(tx, iseId);
    if (!row) throw noSuchIse();
    await record(tx, actor, 'try', row);
    const password = await deps.sealer.open(tx, 'ise_servers.password', iseId, row.password);
    return targetOf(row, password.toString('utf8'));
  });
  const outcome = await deps.iseCalls.ask(target);
  return {
    works: outcome.outcome === 'accepted',
    outcome: outcome.outcome,
    text:
      'cause' in outcome
        ? sentence(`Of the ISE server: ${outcome.cause}`)
        : 'The ISE server answers and knows the account.',
  };
}

async function apply(
  deps: GateDeps,
  tx: TenantTx,
  before: IseSettings | undefined,
  iseId: string,
  changes: IseServerChanges,
): Promise<IseSettings> {
  const given = <T>(value: T | undefined, otherwise: T): T => (value === undefined ? otherwise : value);
  const password =
    changes.password === undefined
      ? before?.password
      : await deps.sealer.seal(tx, 'ise_servers.password', iseId, Buffer.from(changes.password, 'utf8'));
  const row = {
    ise_id: iseId,
    name: given(changes.name, before?.name ?? ''),
    mnt_url: given(changes.mntUrl, before?.mnt_url ?? null),
    psn: given(changes.psn, before?.psn ?? null),
    coa: given(changes.coa, before?.coa ?? 'reauthenticate'),
    coa_option: given(changes.coaOption, before?.coa_option ?? 0) as 0 | 1 | 2,
    again_seconds: given(changes.againSeconds, before?.again_seconds ?? null),
    ers_url: given(changes.ersUrl, before?.ers_url ?? null),
    anc_policy: given(changes.ancPolicy, before?.anc_policy ?? null),
    user_name: given(changes.userName, before?.user_name ?? ''),
    password: password ?? Buffer.alloc(0),
    trust: given(changes.trust, before?.trust ?? null),
    enabled: given(changes.enabled, before?.enabled ?? true),
  };
  for (const url of [row.mnt_url, row.ers_url]) if (url !== null) requireUrl(url);
  requireTrust(row.trust);
  if (row.user_name.includes(':'))
    throw new DomainError('invalid-input', 'A user name of HTTP Basic has no colon', { reason: 'user-name' });
  if (await isIseNameTaken(tx, row.name, iseId))
    throw new DomainError('conflict', 'Another ISE server has this name.', { reason: 'name-taken' });
  // The password is for the place that it was given for: at another, whoever stands there would learn it.
  const moved = before !== undefined && (before.mnt_url !== row.mnt_url || before.ers_url !== row.ers_url);
  if (moved && changes.password === undefined) {
    throw new DomainError('invalid-input', 'With another address the password has to be given again', {
      reason: 'password-required',
    });
  }
  return row;
}

function requireUrl(text: string): void {
  let url: URL;
  try {
    url = receiverUrl(text);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw new DomainError('invalid-input', error.message, { reason: error.reason });
  }
  if (url.pathname !== '/' || url.search !== '')
    throw new DomainError('invalid-input', 'The address of an ISE is https://HOST[:PORT]', {
      reason: 'address',
    });
}

function requireTrust(pem: string | null): void {
  if (pem === null) return;
  try {
    if (decodePem('CERTIFICATE', pem).length > 0) return;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new DomainError('invalid-input', 'trust holds no certificate (PEM)', { reason: 'trust' });
}

async function record(
  tx: TenantTx,
  actor: TenantPrincipal,
  what: string,
  row: IseSettings,
  passwordChanged = false,
): Promise<void> {
  await recordAudit(tx, {
    actor,
    action: `network-access.ise.${what}`,
    target: { kind: 'ise', id: row.ise_id },
    outcome: 'done',
    show: {
      name: row.name,
      mntUrl: row.mnt_url,
      ersUrl: row.ers_url,
      coa: row.coa,
      ancPolicy: row.anc_policy,
      userName: row.user_name,
      enabled: row.enabled,
      passwordChanged,
    },
  });
}

function present(row: IseRow): IseServer {
  return {
    id: row.ise_id,
    name: row.name,
    mntUrl: row.mnt_url,
    psn: row.psn,
    coa: row.coa,
    coaOption: row.coa_option,
    againSeconds: row.again_seconds,
    ersUrl: row.ers_url,
    ancPolicy: row.anc_policy,
    userName: row.user_name,
    trust: row.trust,
    enabled: row.enabled,
    answeredAt: row.answered_at?.toISOString() ?? null,
    problem: row.problem,
    problemAt: row.problem_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}
