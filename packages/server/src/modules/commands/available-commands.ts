// What whoever asks could order of one device now, and why not what he could not: the same questions that queue-command.ts asks,
// in the same order, without an order. Nothing is held or written, so the answer is of this moment.
import {
  type Command,
  commandDefinition,
  type CommandName,
  commandNames,
} from '@gatehouse/core/commands/catalogue.ts';
import { decideDestructive, mayBeApproved } from '@gatehouse/core/commands/guard.ts';
import { permissionCatalogue } from '@gatehouse/core/permissions/catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import type { TenantTx } from '../../kernel/db/database.ts';
import type { TenantPrincipal } from '../../kernel/http/route.ts';
import { readBudget } from '../approvals/index.ts';
import { type Device, findDevice, findDevices, noSuchDevice } from '../devices/index.ts';
import type { CommandDeps } from './command-deps.ts';
import { openCommandsByName, openCommandsOf } from './queries.ts';
import { whyUnreachable } from './queue-command.ts';

type Deps = Pick<CommandDeps, 'database' | 'clock' | 'support'>;

/** Without those of which only the parameters tell whether they are possible, such as a command in the platform's own words. */
const orderable = commandNames.filter((name) =>
  Object.values(commandDefinition(name).params).every(
    ({ type, optional }) => optional === true || type === 'text' || type === 'choice',
  ),
);

interface Hindrance {
  readonly reason: string;
  readonly message: string;
}

/** @throws DomainError `not-found` */
export async function listAvailableCommands(deps: Deps, principal: TenantPrincipal, deviceId: string) {
  requirePermission(principal, 'devices.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const device = await findDevice(tx, deviceId);
      if (!device) throw noSuchDevice();
      const now = deps.clock.now();
      const [budget, open, support] = await Promise.all([
        readBudget(tx, now),
        openCommandsOf(tx, deviceId, new Date(now)),
        supportedCommands(deps, tx, device),
      ]);
      const items = orderable.map((name) => {
        const { title, destructive, endsManagement, expiresAfterMs } = commandDefinition(name);
        return {
          name,
          title,
          destructive,
          endsManagement,
          expiresAfterSeconds: expiresAfterMs / 1_000,
          ...judge(principal, device, name, budget, budget.spent, now, support.get(name)),
          // For those who may see commands; of several the first to be handed over.
          waitingCommandId: principal.permissions.has('commands.read')
            ? (open.find((row) => row.name === name && row.channel === '')?.command_id ?? null)
            : null,
        };
      });
      return { items };
    },
    { readOnly: true },
  );
}

/**
 * One command for many devices: what would come of each, without ordering anything. What it would take of the budget is counted
 * from device to device, as an order counts it.
 * @throws DomainError `invalid-input`
 */
export async function previewCommand(
  deps: Deps,
  principal: TenantPrincipal,
  { name, deviceIds }: { readonly name: CommandName; readonly deviceIds: readonly string[] },
) {
  requirePermission(principal, 'devices.read');
  return deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      const now = deps.clock.now();
      const ids = [...new Set(deviceIds)];
      const devices = await findDevices(tx, ids);
      const [budget, refusals, waiting] = await Promise.all([
        readBudget(tx, now),
        deps.support?.(tx, { command: { name, params: {} } as Command, channel: '', devices }),
        openCommandsByName(tx, ids, name, new Date(now)),
      ]);
      const waits = new Set(waiting.map(({ device_id }) => device_id));
      const known = new Map(devices.map((device) => [device.deviceId, device]));
      let spent = budget.spent;
      const items = ids.flatMap((deviceId) => {
        const device = known.get(deviceId);
        if (device === undefined) return [];
        const message = refusals?.get(deviceId);
        const unsupported = message === undefined ? undefined : { reason: 'unsupported-by-device', message };
        const judged = judge(principal, device, name, budget, spent, now, unsupported);
        if (judged.available && !judged.needsApproval && commandDefinition(name).destructive) spent += 1;
        return [{ deviceId, deviceName: device.name, ...judged, waiting: waits.has(deviceId) }];
      });
      return { items };
    },
    { readOnly: true },
  );
}

function judge(
  principal: TenantPrincipal,
  device: Device,
  name: CommandName,
  { limits, fleet }: Awaited<ReturnType<typeof readBudget>>,
  spentInWindow: number,
  now: number,
  unsupported: Hindrance | undefined,
) {
  const decision = decideDestructive({
    command: name,
    ownership: device.ownership,
    actor: principal,
    spentInWindow,
    fleetSize: fleet,
    limits,
    now,
  });
  const needsApproval = !decision.allowed && mayBeApproved(decision.reason);
  const hindrance: Hindrance | undefined =
    withoutRight(principal, commandDefinition(name).permission) ??
    unreachable(device) ??
    unsupported ??
    (decision.allowed || needsApproval ? undefined : decision);
  return {
    available: hindrance === undefined,
    reason: hindrance?.reason ?? null,
    message: hindrance?.message ?? null,
    needsApproval: hindrance === undefined && needsApproval,
  };
}

function withoutRight(
  principal: TenantPrincipal,
  permission: keyof typeof permissionCatalogue,
): Hindrance | undefined {
  if (principal.permissions.has(permission)) return undefined;
  return {
    reason: 'no-permission',
    message: `It takes a permission that your role does not have: ${permissionCatalogue[permission]}`,
  };
}

function unreachable(device: Device): Hindrance | undefined {
  const refusal = whyUnreachable(device);
  return refusal && { reason: refusal.reason ?? refusal.code, message: refusal.message };
}

async function supportedCommands(
  { support }: Deps,
  tx: TenantTx,
  device: Device,
): Promise<ReadonlyMap<CommandName, Hindrance>> {
  const hindrances = new Map<CommandName, Hindrance>();
  if (support === undefined) return hindrances;
  for (const name of orderable) {
    const command = { name, params: {} } as Command;
    const message = (await support(tx, { command, channel: '', devices: [device] })).get(device.deviceId);
    if (message !== undefined) hindrances.set(name, { reason: 'unsupported-by-device', message });
  }
  return hindrances;
}
