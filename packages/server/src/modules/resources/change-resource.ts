// Resources are made, changed and deleted here: each change a new version, and the devices that have it are told (idea 3).
import { actorReference } from '@gatehouse/core/actor.ts';
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  isResourceKind,
  type ResourceKind,
  type ResourceSecrets,
} from '@gatehouse/core/resources/catalogue.ts';
import { type ParsedResource, parseResource } from '@gatehouse/core/resources/parse.ts';
import { variablesOfFields } from '@gatehouse/core/resources/texts.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { newId } from '../../kernel/ids.ts';
import { recordAudit } from '../audit/index.ts';
import { presentResource, type ResourcePresentation } from './present-resource.ts';
import {
  deleteResourceRow,
  holdKinds,
  insertResource,
  insertVersion,
  isNameTaken,
  lockResource,
  type ResourceRow,
  selectReferring,
  updateResourceRow,
  writeReferences,
} from './queries.ts';
import type { ResourceDeps } from './resource-deps.ts';
import { openSecrets, sealSecrets } from './secrets.ts';

export interface NewResource {
  readonly kind: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** Fields of the kind, secret ones among them. */
  readonly fields: unknown;
}

export interface ResourceChanges {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** All fields; a secret that is not given stays, one given as null goes. */
  readonly fields?: unknown;
  /** Why; kept with the version. */
  readonly reason?: string | undefined;
  readonly expectedVersion?: number | undefined;
}

export const noSuchResource = () => new DomainError('not-found', 'There is no such resource.');
const nameTaken = () =>
  new DomainError('conflict', 'Another resource has this name.', { reason: 'name-taken' });

/** @throws DomainError `invalid-input` naming every field that is wrong, `conflict` (`name-taken`). */
export async function createResource(
  deps: ResourceDeps,
  principal: TenantPrincipal,
  input: NewResource,
): Promise<ResourcePresentation> {
  requirePermission(principal, 'resources.manage');
  const { kind, name, description = '' } = input;
  if (!isResourceKind(kind)) throw new DomainError('invalid-input', 'There is no such kind of resource.');
  const parsed = parseResource(kind, input.fields);
  const variables = checkContent(deps, kind, parsed, parsed.secrets);
  const [resourceId, now] = [newId(), new Date(deps.clock.now())];
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    await requireReferences(tx, parsed);
    const row = await insertResource(
      tx,
      {
        resourceId,
        kind,
        name,
        description,
        fields: parsed.fields,
        secrets: await sealSecrets(deps, tx, resourceId, parsed.secrets),
        secretNames: Object.keys(parsed.secrets),
        variables,
      },
      now,
    );
    if (!row) throw nameTaken();
    await insertVersion(tx, row, row.secret_names, actorReference(principal), now);
    await writeReferences(tx, resourceId, idsOf(parsed));
    await record(deps, tx, principal, 'create', row, row.secret_names);
    return presentResource(row);
  });
}

export async function updateResource(
  deps: ResourceDeps,
  principal: TenantPrincipal,
  resourceId: string,
  changes: ResourceChanges,
): Promise<ResourcePresentation> {
  requirePermission(principal, 'resources.manage');
  const now = new Date(deps.clock.now());
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const before = await lockResource(tx, resourceId);
    if (!before) throw noSuchResource();
    if (changes.expectedVersion !== undefined && changes.expectedVersion !== before.version) {
      throw new DomainError('conflict', 'The resource has been changed meanwhile.', {
        reason: 'version-changed',
        detail: { version: before.version },
      });
    }
    const name = changes.name ?? before.name;
    if (name !== before.name && (await isNameTaken(tx, name, resourceId))) throw nameTaken();
    const secretsBefore = (await openSecrets(deps, tx, [resourceId])).get(resourceId) ?? {};
    const parsed =
      changes.fields === undefined
        ? undefined
        : parseResource(before.kind, changes.fields, Object.keys(secretsBefore));
    const secrets = parsed ? mergeSecrets(parsed, secretsBefore) : secretsBefore;
    if (parsed) await requireReferences(tx, parsed, resourceId);
    const row = await updateResourceRow(
      tx,
      {
        resourceId,
        name,
        description: changes.description ?? before.description,
        fields: parsed?.fields ?? before.fields,
        secrets: await sealSecrets(deps, tx, resourceId, secrets),
        secretNames: Object.keys(secrets),
        variables: parsed ? checkContent(deps, before.kind, parsed, secrets) : before.variables,
        version: parsed ? before.version + 1 : before.version,
      },
      now,
    );
    if (!row) throw noSuchResource();
    const changedSecrets = changedNames(secretsBefore, secrets);
    if (parsed) {
      await insertVersion(tx, row, changedSecrets, actorReference(principal), now, changes.reason);
      await writeReferences(tx, resourceId, idsOf(parsed));
      const users = await selectReferring(tx, resourceId);
      await deps.resourceAssignments.announce(tx, [resourceId, ...users.map((user) => user.resource_id)]);
    }
    await record(deps, tx, principal, 'update', row, changedSecrets);
    return presentResource(row);
  });
}

/** Its assignments go with it, and the devices that have it lose it. */
export async function deleteResource(
  deps: ResourceDeps,
  principal: TenantPrincipal,
  resourceId: string,
): Promise<void> {
  requirePermission(principal, 'resources.manage');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await lockResource(tx, resourceId);
    if (!row) throw noSuchResource();
    const users = await selectReferring(tx, resourceId);
    if (users.length > 0) {
      throw new DomainError('conflict', `It is used by: ${users.map(({ name }) => name).join(', ')}.`, {
        reason: 'resource-in-use',
      });
    }
    await deps.resourceAssignments.withdraw(tx, resourceId);
    await deleteResourceRow(tx, resourceId);
    await record(deps, tx, principal, 'delete', row, []);
  });
}

async function record(
  deps: ResourceDeps,
  tx: TenantTx,
  principal: TenantPrincipal,
  verb: 'create' | 'update' | 'delete',
  row: ResourceRow,
  changedSecrets: readonly string[],
): Promise<void> {
  const { resource_id: id, kind, name, version } = row;
  const past = { create: 'created', update: 'updated', delete: 'deleted' }[verb];
  await Promise.all([
    recordAudit(tx, {
      actor: principal,
      action: `resources.${verb}`,
      target: { kind: 'resource', id },
      outcome: 'done',
      // Fields are in the versions; a ready-made declaration may be long, and the record names what changed, not all of it.
      show: { kind, name, version, changedSecrets: changedSecrets.join() },
    }),
    deps.events.emit(tx, { name: `resource.${past}`, subjectId: id, payload: { kind, version } }),
  ]);
}

/** @returns the variables that it holds. @throws DomainError `invalid-input` for content that its platform cannot use. */
function checkContent(
  deps: ResourceDeps,
  kind: ResourceKind,
  { fields }: ParsedResource,
  secrets: ResourceSecrets,
): readonly string[] {
  const { problems, variables = [] } = deps.checkContent(kind, fields, secrets);
  if (problems.length > 0) {
    throw new DomainError('invalid-input', `The resource is wrong: ${problems.join('; ')}.`, {
      detail: { problems },
    });
  }
  return [...new Set([...variablesOfFields(kind, fields), ...variables])].sort();
}

const idsOf = ({ references }: ParsedResource): string[] => references.map(({ id }) => id);

/** What is named exists, is of a kind that serves, and is another than itself. */
async function requireReferences(tx: TenantTx, parsed: ParsedResource, self?: string): Promise<void> {
  if (parsed.references.length === 0) return;
  const found = await holdKinds(tx, idsOf(parsed));
  const problems = parsed.references
    .filter(({ id, kinds }) => id === self || !kinds.includes(found.get(id) ?? ''))
    .map(({ field, kinds }) => `${field} must be the id of a resource of the kind ${kinds.join(' or ')}`);
  if (problems.length > 0) {
    throw new DomainError('invalid-input', `The resource is wrong: ${problems.join('; ')}.`, {
      detail: { problems },
    });
  }
}

function mergeSecrets(parsed: ParsedResource, before: ResourceSecrets): ResourceSecrets {
  const kept = parsed.kept.map((name) => [name, before[name] ?? ''] as const);
  return { ...Object.fromEntries(kept), ...parsed.secrets };
}

function changedNames(before: ResourceSecrets, after: ResourceSecrets): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .sort();
}
