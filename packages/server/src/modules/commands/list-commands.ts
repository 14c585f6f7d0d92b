import { commandDefinition, type CommandName } from '@gatehouse/core/commands/catalogue.ts';
import { requirePermission } from '@gatehouse/core/permissions/require.ts';
import {
  type PageAnswer,
  pageOfRows,
  type PageRequest,
  type TenantPrincipal,
} from '../../kernel/http/route.ts';
import { recordAudit } from '../audit/index.ts';
import { findDevice, noSuchDevice } from '../devices/index.ts';
import { noSuchCommand } from './cancel-command.ts';
import type { CommandDeps } from './command-deps.ts';
import { type CommandPresentation, presentCommand } from './present-command.ts';
import { findCommand, selectOfDevice } from './queries.ts';

/** Newest first. */
export async function listCommands(
  deps: Pick<CommandDeps, 'database'>,
  principal: TenantPrincipal,
  deviceId: string,
  page: PageRequest,
): Promise<PageAnswer<CommandPresentation>> {
  requirePermission(principal, 'commands.read');
  const before = page.after === undefined ? null : String(page.after[0]);
  const rows = await deps.database.withTenant(
    principal.organizationId,
    async (tx) => {
      if (!(await findDevice(tx, deviceId))) throw noSuchDevice();
      return selectOfDevice(tx, deviceId, before, page.limit + 1);
    },
    { readOnly: true },
  );
  return pageOfRows(
    rows,
    page.limit,
    (row) => presentCommand(row),
    (row) => [row.command_no],
  );
}

/** What concerns a person, such as where a device was, is shown to those who may know, and that they looked is on record (ADM-18). */
export async function getCommand(
  deps: Pick<CommandDeps, 'database' | 'sealer'>,
  principal: TenantPrincipal,
  commandId: string,
): Promise<CommandPresentation> {
  requirePermission(principal, 'commands.read');
  return deps.database.withTenant(principal.organizationId, async (tx) => {
    const row = await findCommand(tx, commandId);
    if (!row) throw noSuchCommand();
    const { sealed_result: sealed, name } = row;
    const mayKnow = principal.permissions.has('devices.facts.sensitive.read');
    if (sealed === null || !mayKnow || !commandDefinition(name).privateResult) return presentCommand(row);
    const opened = await deps.sealer.open(tx, 'commands.sealed_result', commandId, sealed);
    await recordAudit(tx, {
      actor: principal,
      action: 'devices.read-private-facts',
      target: { kind: 'device', id: row.device_id },
      outcome: 'done',
      show: { classes: ['sensitive'], facts: [factOf[name] ?? name], commandId },
    });
    return presentCommand(row, JSON.parse(opened.toString()) as Record<string, unknown>);
  });
}

/** What a private result is called among the facts, where it is one. */
const factOf: Partial<Record<CommandName, string>> = { 'locate-device': 'location' };
