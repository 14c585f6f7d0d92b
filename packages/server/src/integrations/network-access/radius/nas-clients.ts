// Network devices: made, changed and removed by administrators. A secret is made here unless one is brought; it is shown once.
import { randomInt } from 'node:crypto';
import type { NasClient, NasClientChanges, NewNasClient } from '@gatehouse/contracts/admin/network-access.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../../kernel/db/database.ts';
import type { PageAnswer, PageRequest, TenantPrincipal } from '../../../kernel/http/route.ts';
import { pageOfRows } from '../../../kernel/http/route.ts';
import { newId } from '../../../kernel/ids.ts';
import { addReceiver, removeReceiver } from '../../../kernel/jobs/jobs.ts';
import { recordAudit } from '../../../modules/audit/index.ts';
import type { GateDeps } from '../gate-deps.ts';
import { gateAddress } from '../gate-address.ts';
import { tellGatesKind } from '../tell-gates-kind.ts';
import {
  deleteNas,
  insertNas,
  lockNas,
  type NasRow,
  type NasSettings,
  selectNas,
  selectNasPage,
  updateNas,
} from './nas-queries.ts';
import { vendorTemplates } from './vendor-templates.ts';

export const noSuchNas = () => new DomainError('not-found', 'There is no such network device.');

/** No characters that look alike, none that a configuration file would take for something else. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
const newSecret = () => Array.from({ length: 32 }, () => alphabet[randomInt(alphabet.length)]).join('');
const shortestGoodSecret = 16;

export async function listNasClients(
  deps: Pick<GateDeps, 'database'>,
  actor: TenantPrincipal,
  page: PageRequest,
): Promise<PageAnswer<NasClient>> {
  requirePermission(actor, 'gates.read');
  const after = page.after?.[0];
  const rows = await deps.database.withTenant(
    actor.organizationId,
    (tx) => selectNasPage(tx, typeof after === 'string' ? after : null, page.limit + 1),
    { readOnly: true },
  );
  return pageOfRows(rows, page.limit, presentNas, (row) => [row.nas_id]);
}

export async function getNasClient(
  deps: Pick<GateDeps, 'database'>,
  actor: TenantPrincipal,
  nasId: string,
): Promise<NasClient> {
  requirePermission(actor, 'gates.read');
  const row = await deps.database.withTenant(actor.organizationId, (tx) => selectNas(tx, nasId), {
    readOnly: true,
  });
  if (!row) throw noSuchNas();
  return presentNas(row);
}

/** @throws DomainError `conflict` when another network device has this address. */
export async function createNasClient(
  deps: GateDeps,
  actor: TenantPrincipal,
  input: NewNasClient,
): Promise<NasClient & { secret?: string }> {
  requirePermission(actor, 'gates.manage');
  const template = templateNamed(input.template);
  const secret = input.secret ?? newSecret();
  const at = new Date(deps.clock.now());
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const nasId = newId(at.getTime());
    const row: NasSettings = {
      nas_id: nasId,
      name: input.name,
      address: gateAddress(input.address, deps.reachable),
      port: input.port ?? template.port,
      secret: await seal(deps, tx, nasId, secret),
      secret_weak: secret.length < shortestGoodSecret,
      template: input.template,
      tell: input.tell ?? 'reauthenticate',
      message_authenticator: input.messageAuthenticator ?? true,
      interim_seconds: input.interimSeconds ?? 600,
      most_per_second: input.mostPerSecond ?? 200,
      enabled: input.enabled ?? true,
    };
    if (!(await insertNas(tx, row, at))) {
      throw new DomainError('conflict', 'Another network device has this address.', {
        reason: 'address-taken',
      });
    }
    await addReceiver(tx, tellGatesKind, `nas:${nasId}`);
    await record(tx, actor, 'network-access.nas.create', row);
    const stored = await selectNas(tx, nasId);
    if (!stored) throw noSuchNas();
    return { ...presentNas(stored), ...(input.secret === undefined ? { secret } : {}) };
  });
}

export async function updateNasClient(
  deps: GateDeps,
  actor: TenantPrincipal,
  nasId: string,
  changes: NasClientChanges,
): Promise<NasClient & { secret?: string }> {
  requirePermission(actor, 'gates.manage');
  if (changes.template !== undefined) templateNamed(changes.template);
  return deps.database.withTenant(actor.organizationId, async (tx) => {
    const before = await lockNas(tx, nasId);
    if (!before) throw noSuchNas();
    const made = changes.newSecret === true && changes.secret === undefined ? newSecret() : undefined;
    const secret = changes.secret ?? made;
    const row: NasSettings = {
      ...before,
      name: changes.name ?? before.name,
      port: changes.port ?? before.port,
      template: changes.template ?? before.template,
      tell: changes.tell ?? before.tell,
      message_authenticator: changes.messageAuthenticator ?? before.message_authenticator,
      interim_seconds: changes.interimSeconds ?? before.interim_seconds,
      most_per_second: changes.mostPerSecond ?? before.most_per_second,
      enabled: changes.enabled ?? before.enabled,
      ...(secret === undefined
        ? {}
        : {
            secret: await seal(deps, tx, nasId, secret),
            secret_weak: secret.length < shortestGoodSecret,
          }),
    };
    await updateNas(tx, row);
    await record(tx, actor, 'network-access.nas.update', row, { secretChanged: secret !== undefined });
    const stored = await selectNas(tx, nasId);
    if (!stored) throw noSuchNas();
    return { ...presentNas(stored), ...(made === undefined ? {} : { secret: made }) };
  });
}

export async function removeNasClient(
  deps: Pick<GateDeps, 'database'>,
  actor: TenantPrincipal,
  nasId: string,
): Promise<void> {
  requirePermission(actor, 'gates.manage');
  await deps.database.withTenant(actor.organizationId, async (tx) => {
    const before = await lockNas(tx, nasId);
    if (!before || !(await deleteNas(tx, nasId))) throw noSuchNas();
    await removeReceiver(tx, tellGatesKind, `nas:${nasId}`);
    await record(tx, actor, 'network-access.nas.delete', before);
  });
}

function templateNamed(name: string) {
  const template = Object.hasOwn(vendorTemplates, name) ? vendorTemplates[name] : undefined;
  if (template) return template;
  const known = Object.keys(vendorTemplates).join(', ');
  throw new DomainError('invalid-input', `There is no template of this name; there are ${known}`, {
    reason: 'template',
  });
}

function seal(deps: Pick<GateDeps, 'sealer'>, tx: TenantTx, nasId: string, secret: string) {
  return deps.sealer.seal(tx, 'nas_clients.secret', nasId, Buffer.from(secret, 'utf8'));
}

async function record(
  tx: TenantTx,
  actor: TenantPrincipal,
  action: string,
  row: NasSettings,
  more: { readonly secretChanged?: boolean } = {},
): Promise<void> {
  await recordAudit(tx, {
    actor,
    action,
    target: { kind: 'nas', id: row.nas_id },
    outcome: 'done',
    show: {
      name: row.name,
      address: row.address,
      port: row.port,
      template: row.template,
      tell: row.tell,
      messageAuthenticator: row.message_authenticator,
      weakSecret: row.secret_weak,
      enabled: row.enabled,
      ...more,
    },
  });
}

function presentNas(row: NasRow): NasClient {
  const warnings: NasClient['warnings'] = [];
  if (row.secret_weak) warnings.push('weak-secret');
  if (!row.message_authenticator) warnings.push('no-message-authenticator');
  return {
    id: row.nas_id,
    name: row.name,
    address: row.address,
    port: row.port,
    template: row.template,
    tell: row.tell,
    messageAuthenticator: row.message_authenticator,
    interimSeconds: row.interim_seconds,
    mostPerSecond: row.most_per_second,
    enabled: row.enabled,
    warnings,
    sessions: row.sessions,
    answeredAt: row.answered_at?.toISOString() ?? null,
    problem: row.problem,
    problemAt: row.problem_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  };
}
