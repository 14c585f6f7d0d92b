// A device's answer and the next hand-over in one round trip: see gh.exchange_commands in the migration 0002-commands.
import { carefulCommands, type CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { CommandState } from '@gatehouse/core/commands/state-machine.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type Ask, gatherQuestions } from '../../kernel/db/gather.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
import type { TakenCommand } from './take-commands.ts';

/**
 * Any number of devices in one statement and one commit; each call of the function reads what those before it have written.
 * The orders travel as one JSON value, because sixteen parameters cost the driver more than the database needs for all its work.
 */
const exchangeStatement = tenantStatement(
  'commands-exchange',
  `select o.place, exchange_commands(o.device, o.channel, o.at, o.command, o.name, o.step, o.state, o.result, o.entry,
     decode(o.hash, 'hex'), o.event, o.payload, o.most, o.fresh, o.anew, $3::text[]) as answer
   from jsonb_to_recordset($2::jsonb) as o (place integer, device uuid, channel text, at timestamptz, command uuid, name text,
     step integer, state text, result jsonb, entry jsonb, hash text, event text, payload jsonb, most integer, fresh boolean,
     anew boolean)
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
  readonly deviceId: string;
  readonly channel: string;
  readonly now: Date;
  readonly answer: AnswerToRecord | undefined;
  readonly most: number;
  readonly freshOnly: boolean;
  readonly anew: boolean;
}

type TenantQueries = Pick<Database, 'tenantQuery'>;

const lanes = new WeakMap<TenantQueries, Ask<ExchangeOrder, ExchangeAnswer | Failure>>();

/** Answers when everything is committed. Devices that come in the same moment share statement and commit. */
export async function exchangeInOneTrip(
  database: TenantQueries,
  organizationId: string,
  order: ExchangeOrder,
): Promise<ExchangeAnswer> {
  let ask = lanes.get(database);
  if (ask === undefined) {
    ask = gatherQuestions((organization, orders) => exchangeAll(database, organization, orders));
    lanes.set(database, ask);
  }
  const answer = await ask(organizationId, order);
  if (answer instanceof Failure) throw answer.error;
  return answer;
}

/** What went wrong for one device alone. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** When a statement fails, nothing of it was done: each device is then served by itself, so that none suffers for another. */
async function exchangeAll(
  database: TenantQueries,
  organizationId: string,
  orders: readonly ExchangeOrder[],
): Promise<readonly (ExchangeAnswer | Failure)[]> {
  try {
    return await send(database, organizationId, orders);
  } catch (error) {
    if (orders.length === 1) return [new Failure(error)];
    const answers: (ExchangeAnswer | Failure)[] = [];
    for (const order of orders) answers.push(...(await exchangeAll(database, organizationId, [order])));
    return answers;
  }
}

async function send(
  database: TenantQueries,
  organizationId: string,
  orders: readonly ExchangeOrder[],
): Promise<readonly ExchangeAnswer[]> {
  // Locks are taken along the list, by everybody in one order.
  const sorted = orders.map((order, place) => ({ order, place }));
  sorted.sort((a, b) => (a.order.deviceId < b.order.deviceId ? -1 : 1));
  const rows = await database.tenantQuery<{ place: number; answer: ExchangeAnswer }>(
    organizationId,
    exchangeStatement,
    [`[${sorted.map(({ order, place }) => toJson(order, place)).join(',')}]`, carefulCommands],
  );
  const byPlace = new Map(rows.map(({ place, answer }) => [place, answer]));
  return orders.map((_, place) => {
    const answer = byPlace.get(place);
    if (answer === undefined) throw new Error('an exchange was not answered');
    return answer;
  });
}

function toJson(
  { deviceId, channel, now, answer, most, freshOnly, anew }: ExchangeOrder,
  place: number,
): string {
  const record = answer?.record;
  const plain = JSON.stringify({
    place,
    device: deviceId,
    channel,
    at: now,
    most,
    fresh: freshOnly,
    anew,
    command: answer?.commandId,
    name: answer?.name,
    step: answer?.step,
    state: answer?.into,
    result: answer?.result,
    hash: record?.hash.toString('hex'),
    event: record?.event,
    payload: record?.payload,
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
