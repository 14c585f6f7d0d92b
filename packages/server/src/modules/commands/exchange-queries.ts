// A device's answer and the next hand-over in one round trip: see gh.exchange_commands in the migration 0011-exchange-at-once.
import { carefulCommands, type CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { CommandState } from '@gatehouse/core/commands/state-machine.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { Ask } from '../../kernel/db/gather.ts';
import { gatherLocking } from '../../kernel/db/gather-locking.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
import type { DomainEvent } from '../../kernel/events.ts';
import type { TakenCommand } from './take-commands.ts';

/**
 * Any number of devices in one statement and one commit, each of them once. What they ask and answer travels as JSON, because
 * sixteen parameters cost the driver more than the database needs for all its work.
 */
const exchangeStatement = tenantStatement(
  'commands-exchange',
  `select x.place, x.refused, x.state, x.step, x.closer, x.commands
   from exchange_commands($2::jsonb, $3::jsonb, $4::text[]) x where t.org is not null`,
);

export interface AnswerToRecord {
  readonly commandId: string;
  readonly name: CommandName;
  readonly step: number;
  /** null: it stays with the device, one step further. */
  readonly into: CommandState | null;
  readonly result: Readonly<Record<string, unknown>> | undefined;
  readonly record: { readonly text: string; readonly hash: Buffer; readonly event: DomainEvent } | undefined;
}

export interface ExchangeAnswer {
  /** Nothing was changed for this device: its command does not wait for this answer. */
  readonly refused: boolean;
  /** Only of what was refused: where the command stands; null when the device has no such command. */
  readonly state: CommandState | null;
  readonly step: number | null;
  /** null: none. */
  readonly commands: readonly TakenCommand[] | null;
  /** The hand-over is left to the caller. */
  readonly closer: boolean;
}

const nothing: ExchangeAnswer = { refused: false, state: null, step: null, commands: null, closer: false };

export interface ExchangeOrder {
  readonly deviceId: string;
  readonly channel: string;
  readonly now: Date;
  readonly answer: AnswerToRecord | undefined;
  readonly most: number;
  readonly freshOnly: boolean;
  readonly anew: boolean;
}

type TenantQueries = Pick<Database, 'tenantQuery'>;

const lanes = new WeakMap<TenantQueries, Ask<ExchangeOrder, ExchangeAnswer>>();

/** Answers when everything is committed. Devices that come in the same moment share statement and commit. */
export async function exchangeInOneTrip(
  database: TenantQueries,
  organizationId: string,
  order: ExchangeOrder,
): Promise<ExchangeAnswer> {
  let ask = lanes.get(database);
  if (ask === undefined) {
    ask = gatherLocking((organization, orders) => send(database, organization, orders));
    lanes.set(database, ask);
  }
  return ask(organizationId, order);
}

async function send(
  database: TenantQueries,
  organizationId: string,
  orders: readonly ExchangeOrder[],
): Promise<readonly ExchangeAnswer[]> {
  const rows = await database.tenantQuery<ExchangeRow>(organizationId, exchangeStatement, [
    ...exchangeValues(orders),
  ]);
  return readExchange(orders, rows);
}

/**
 * What gh.exchange_commands is asked: its three arguments.
 * @param orders of different devices, in the order of their ids.
 */
export function exchangeValues(
  orders: readonly ExchangeOrder[],
): [asks: string, answers: string, careful: readonly CommandName[]] {
  const answers = orders.flatMap((order, place) => toAnswer(order, place) ?? []);
  return [JSON.stringify(orders.map(toAsk)), `[${answers.join(',')}]`, carefulCommands];
}

/** A row of gh.exchange_commands; the one without a place counts the recorded answers in `step`. */
export type ExchangeRow = ExchangeAnswer & { readonly place: number | null };

/**
 * @param orders undefined stands for one that took no part.
 * @throws Error when an answer was lost.
 */
export function readExchange(
  orders: readonly (ExchangeOrder | undefined)[],
  rows: readonly ExchangeRow[],
): readonly ExchangeAnswer[] {
  const answers: ExchangeAnswer[] = orders.map(() => nothing);
  let recorded = 0;
  let refused = 0;
  for (const row of rows) {
    if (row.place === null) recorded = row.step ?? 0;
    else answers[row.place] = row;
    if (row.refused) refused += 1;
  }
  const given = orders.filter((order) => order?.answer !== undefined).length;
  if (recorded + refused !== given) throw new Error('an answer was neither recorded nor refused');
  return answers;
}

function toAsk(order: ExchangeOrder, place: number): unknown {
  const { deviceId: device, channel, now: at, answer, most, freshOnly: fresh, anew } = order;
  return { place, device, channel, at, most, fresh, anew, answers: answer !== undefined };
}

function toAnswer({ deviceId, channel, now, answer }: ExchangeOrder, place: number): string | undefined {
  if (answer === undefined) return undefined;
  const { record } = answer;
  const plain = JSON.stringify({
    place,
    device: deviceId,
    channel,
    at: now,
    command: answer.commandId,
    name: answer.name,
    step: answer.step,
    state: answer.into,
    result: answer.result,
    hash: record?.hash.toString('hex'),
    event: record?.event.name,
    payload: record?.event.payload,
  });
  // The entry is JSON already.
  return record === undefined ? plain : `${plain.slice(0, -1)},"entry":${record.text}}`;
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
