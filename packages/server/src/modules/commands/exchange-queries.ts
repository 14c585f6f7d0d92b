// A device's answer and the next hand-over in one round trip: see gh.exchange_commands in the migration 0002-commands.
import type { CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { CommandState } from '@gatehouse/core/commands/state-machine.ts';
import type { Database } from '../../kernel/db/database.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
import type { TakenCommand } from './take-commands.ts';

const exchangeStatement = tenantStatement(
  'commands-exchange',
  `select exchange_commands($2::uuid, $3::text, $4::timestamptz, $5::uuid, $6::text, $7::integer, $8::text, $9::jsonb,
     $10::jsonb, $11::bytea, $12::text, $13::jsonb, $14::integer, $15::boolean, $16::boolean, $17::text[]) as answer
   where t.org is not null`,
);

export interface AnswerToRecord {
  readonly commandId: string;
  readonly name: CommandName;
  readonly step: number;
  /** null: it stays with the device, one step further. */
  readonly into: CommandState | null;
  readonly result: Readonly<Record<string, unknown>> | undefined;
  readonly record:
    | { readonly text: string; readonly hash: Buffer; readonly event: string; readonly payload: unknown }
    | undefined;
}

export interface ExchangeAnswer {
  readonly recorded: boolean;
  /** Only when nothing was recorded: where the command stands; null when the device has no such command. */
  readonly state?: CommandState | null;
  readonly step?: number | null;
  readonly commands?: readonly TakenCommand[];
  readonly closer?: true;
}

export interface ExchangeOrder {
  readonly organizationId: string;
  readonly deviceId: string;
  readonly channel: string;
  readonly now: Date;
  readonly answer: AnswerToRecord | undefined;
  readonly most: number;
  readonly freshOnly: boolean;
  readonly anew: boolean;
  /** Commands of these names are not handed over without a closer look. */
  readonly careful: readonly CommandName[];
}

export async function exchangeInOneTrip(
  database: Pick<Database, 'tenantQuery'>,
  { organizationId, deviceId, channel, now, answer, most, freshOnly, anew, careful }: ExchangeOrder,
): Promise<ExchangeAnswer> {
  const record = answer?.record;
  const [row] = await database.tenantQuery<{ answer: ExchangeAnswer }>(organizationId, exchangeStatement, [
    deviceId,
    channel,
    now,
    answer?.commandId ?? null,
    answer?.name ?? null,
    answer?.step ?? null,
    answer?.into ?? null,
    answer?.result === undefined ? null : JSON.stringify(answer.result),
    record?.text ?? null,
    record?.hash ?? null,
    record?.event ?? null,
    record === undefined ? null : JSON.stringify(record.payload),
    most,
    freshOnly,
    anew,
    careful,
  ]);
  if (row === undefined) throw new Error('an exchange returned no row');
  return row.answer;
}

const nameStatement = tenantStatement(
  'commands-name-of',
  `select c.name from commands c where c.organization_id = t.org and c.command_id = $2 and c.device_id = $3`,
);

/** @returns undefined when the device has no such command. */
export async function nameOfCommand(
  database: Pick<Database, 'tenantQuery'>,
  organizationId: string,
  deviceId: string,
  commandId: string,
): Promise<CommandName | undefined> {
  const [row] = await database.tenantQuery<{ name: CommandName }>(organizationId, nameStatement, [
    commandId,
    deviceId,
  ]);
  return row?.name;
}
