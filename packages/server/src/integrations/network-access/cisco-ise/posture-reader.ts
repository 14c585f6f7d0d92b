// Answers questions for single devices. Questions of one account that arrive while the database is busy with its former
// ones travel together in the next statement: at the start of a working day, when everybody's session opens at once, the
// cost per question falls instead of a queue growing. A question that finds no statement under way leaves at once, and
// none joins a statement that has already left, so every answer is read after its question was asked.
import type { Database } from '../../../kernel/db/database.ts';
import { type Asker, type IdentifiedRow, type Reading, readByIdentifiers } from './queries.ts';

export interface Identifier {
  readonly kind: string;
  readonly value: string;
}

export interface PostureReader {
  find(asker: Asker, identifiers: readonly Identifier[]): Promise<Reading<IdentifiedRow>>;
}

interface Question {
  readonly identifiers: readonly Identifier[];
  readonly resolve: (reading: Reading<IdentifiedRow>) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane {
  readonly asker: Asker;
  underWay: number;
  readonly waiting: Question[];
}

/** Per account: one statement is parsed here while the next one runs there. More would only make the statements smaller. */
const statementsAtOnce = 2;
/** Identifiers a statement may gather; a single question may bring more. */
const mostGathered = 64;

export function createPostureReader(database: Pick<Database, 'tenantQuery'>): PostureReader {
  const lanes = new Map<string, Lane>();

  function send(key: string, lane: Lane): void {
    while (lane.underWay < statementsAtOnce && lane.waiting.length > 0) {
      const questions = gather(lane.waiting);
      lane.underWay += 1;
      void answer(lane.asker, questions).finally(() => {
        lane.underWay -= 1;
        if (lane.underWay === 0 && lane.waiting.length === 0) lanes.delete(key);
        else send(key, lane);
      });
    }
  }

  async function answer(asker: Asker, questions: readonly Question[]): Promise<void> {
    // Asked once each, however many want to know: a repeated pair would repeat its rows.
    const asked = new Map<string, Identifier>();
    for (const { identifiers } of questions) for (const each of identifiers) asked.set(keyOf(each), each);
    try {
      const kinds: string[] = [];
      const values: string[] = [];
      for (const { kind, value } of asked.values()) {
        kinds.push(kind);
        values.push(value);
      }
      deal(await readByIdentifiers(database, asker, kinds, values), questions);
    } catch (error) {
      for (const question of questions) question.reject(error);
    }
  }

  return {
    find(asker, identifiers) {
      const key = `${asker.organizationId} ${asker.administratorId}`;
      return new Promise((resolve, reject) => {
        let lane = lanes.get(key);
        if (!lane) lanes.set(key, (lane = { asker, underWay: 0, waiting: [] }));
        lane.waiting.push({ identifiers, resolve, reject });
        send(key, lane);
      });
    },
  };
}

function gather(waiting: Question[]): Question[] {
  let gathered = 0;
  let count = 0;
  for (const { identifiers } of waiting) {
    if (count > 0 && gathered + identifiers.length > mostGathered) break;
    gathered += identifiers.length;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** Gives each question the rows that are its own. */
function deal(reading: Reading<IdentifiedRow>, questions: readonly Question[]): void {
  const { account, devices } = reading;
  const rows = new Map<string, IdentifiedRow[]>();
  for (const row of devices) {
    const key = keyOf({ kind: row.asked_kind, value: row.asked_value });
    const found = rows.get(key);
    if (found) found.push(row);
    else rows.set(key, [row]);
  }
  for (const { identifiers, resolve } of questions) {
    resolve({ account, devices: identifiers.flatMap((each) => rows.get(keyOf(each)) ?? []) });
  }
}

function keyOf({ kind, value }: Identifier): string {
  return `${kind} ${value}`;
}
