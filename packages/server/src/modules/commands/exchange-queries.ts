// A device's answer and the next hand-over in one round trip: see gh.exchange_commands in the migration 0002-commands.
import { carefulCommands, type CommandName } from '@gatehouse/core/commands/catalogue.ts';
import type { CommandState } from '@gatehouse/core/commands/state-machine.ts';
import type { Database } from '../../kernel/db/database.ts';
import { type Ask, gatherQuestions } from '../../kernel/db/gather.ts';
import { tenantStatement } from '../../kernel/db/sql.ts';
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
  readonly record:
    | { readonly text: string; readonly hash: Buffer; readonly event: string; readonly payload: unknown }
    | undefined;
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

const lanes = new WeakMap<TenantQueries, Ask<ExchangeOrder, ExchangeAnswer | Failure>>();

/** Answers when everything is committed. Devices that come in the same moment share statement and commit. */
export async function exchangeInOneTrip(
  database: TenantQueries,
  organizationId: string,
  order: ExchangeOrder,
): Promise<ExchangeAnswer> {
  let ask = lanes.get(database);
  if (ask === undefined) {
    ask = gatherQuestions((organization, orders) => exchangeAll(database, organization, orders), {
      atOnce: 2,
    });
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

async function exchangeAll(
  database: TenantQueries,
  organizationId: string,
  orders: readonly ExchangeOrder[],
): Promise<readonly (ExchangeAnswer | Failure)[]> {
  const answers = new Map<ExchangeOrder, ExchangeAnswer | Failure>();
  // Who comes twice in one moment is served in one statement after the other.
  for (let rest = orders; rest.length > 0; ) {
    const once = new Map(rest.toReversed().map((order) => [order.deviceId, order]));
    rest = rest.filter((order) => once.get(order.deviceId) !== order);
    // Locks are taken along the list, by everybody in one order.
    const sorted = [...once.values()].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
    const told = await exchangeTogether(database, organizationId, sorted);
    for (const [place, order] of sorted.entries()) {
      const answer = told[place];
      if (answer !== undefined) answers.set(order, answer);
    }
  }
  return orders.map((order) => answers.get(order) ?? new Failure(new Error('an exchange was not answered')));
}

/** When a statement fails, nothing of it was done: each device is then served by itself, so that none suffers for another. */
async function exchangeTogether(
  database: TenantQueries,
  organizationId: string,
  orders: readonly ExchangeOrder[],
): Promise<readonly (ExchangeAnswer | Failure)[]> {
  try {
    return await send(database, organizationId, orders);
  } catch (error) {
    if (orders.length === 1) return [new Failure(error)];
    const answers: (ExchangeAnswer | Failure)[] = [];
    for (const order of orders) answers.push(...(await exchangeTogether(database, organizationId, [order])));
    return answers;
  }
}

async function send(
  database: TenantQueries,
  organizationId: string,
  orders: readonly ExchangeOrder[],
): Promise<readonly ExchangeAnswer[]> {
  const given = orders.flatMap((order, place) => toAnswer(order, place) ?? []);
  const rows = await database.tenantQuery<ExchangeAnswer & { place: number | null }>(
    organizationId,
    exchangeStatement,
    [JSON.stringify(orders.map(toAsk)), `[${given.join(',')}]`, carefulCommands],
  );
  const answers: ExchangeAnswer[] = orders.map(() => nothing);
  let recorded = 0;
  let refused = 0;
  for (const { place, ...told } of rows) {
    if (place === null) recorded = told.step ?? 0;
    else answers[place] = told;
    if (told.refused) refused += 1;
  }
  if (recorded + refused !== given.length) throw new Error('an answer was neither recorded nor refused');
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
