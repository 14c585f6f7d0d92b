// What a device should have and how far it has come, for people who ask. What there is to say, the device's platform says.
import { DomainError } from '@gatehouse/core/errors.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { findDevice, lockDevice, noSuchDevice } from '../devices/index.ts';
import type { PolicyDeps } from './policy-deps.ts';
import { resolveResources } from './resolve-resources.ts';

export interface DesiredStateItem {
  readonly channel: 'device' | 'user';
  /** What it is to the platform: a profile, a declaration. */
  readonly form: string;
  readonly identifier: string;
  readonly source: {
    readonly kind: 'settings' | 'resource' | 'management' | 'foreign';
    readonly id: string | null;
    readonly name: string;
  };
  /**
   * pending: ordered. sent: the device has the order. installed. failed: see the reason. withheld: the device cannot have it.
   * removing: it is to go. foreign: others installed it. outdone: another one has its place.
   */
  readonly state:
    | 'pending'
    | 'sent'
    | 'installed'
    | 'failed'
    | 'withheld'
    | 'removing'
    | 'foreign'
    | 'outdone';
  readonly reason: string | null;
  readonly since: Date | null;
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly commandId: string | null;
}

/** The port that platforms fill; empty for devices that are not theirs. */
export type ReadDesiredState = (tx: TenantTx, deviceId: string) => Promise<readonly DesiredStateItem[]>;

/** Another port that platforms fill. @returns whether there was such a thing, failed, to be tried again. */
export type RetryDesiredItem = (
  tx: TenantTx,
  deviceId: string,
  item: ItemName,
  now: number,
) => Promise<boolean>;

export type ItemName = Pick<DesiredStateItem, 'channel' | 'form' | 'identifier'>;

export interface DesiredStateDeps extends Pick<PolicyDeps, 'database' | 'clock'> {
  readonly desiredState: ReadDesiredState;
  readonly retryDesiredItem: RetryDesiredItem;
}

export async function getDesiredState(deps: DesiredStateDeps, principal: TenantPrincipal, deviceId: string) {
  requirePermission(principal, 'policies.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await findDevice(tx, deviceId))) throw noSuchDevice();
      const [items, { outdone }] = await Promise.all([
        deps.desiredState(tx, deviceId),
        resolveResources(tx, deviceId),
      ]);
      const losers = outdone.map(({ resource, by }) => ({
        channel: 'device' as const,
        form: 'resource',
        identifier: resource.resourceId,
        source: { kind: 'resource' as const, id: resource.resourceId, name: resource.name },
        state: 'outdone' as const,
        reason: `“${by.name}”, assigned to the ${by.path.targetKind} ${by.path.targetName}, has its place.`,
        since: null,
        attempts: 0,
        nextAttemptAt: null,
        commandId: null,
      }));
      return { items: [...items, ...losers].map(present) };
    },
    { readOnly: true },
  );
}

/**
 * What failed is tried again at once instead of when its patience says, or never.
 * @throws DomainError `not-found`; `conflict` when it has not failed.
 */
export async function retryItem(
  deps: DesiredStateDeps,
  principal: TenantPrincipal,
  deviceId: string,
  item: ItemName,
): Promise<void> {
  requirePermission(principal, 'devices.refresh');
  await deps.database.withTenant(principal.organizationId, async (tx) => {
    await lockDevice(tx, deviceId);
    if (!(await deps.retryDesiredItem(tx, deviceId, item, deps.clock.now()))) {
      throw new DomainError('conflict', 'Nothing of this name has failed on the device.', {
        reason: 'not-failed',
      });
    }
    await recordAudit(tx, {
      actor: principal,
      action: 'devices.retry-item',
      target: { kind: 'device', id: deviceId },
      outcome: 'done',
      show: { ...item },
    });
  });
}

function present({ since, nextAttemptAt, ...item }: DesiredStateItem) {
  return {
    ...item,
    since: since?.toISOString() ?? null,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
  };
}
