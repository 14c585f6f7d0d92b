// Answers questions for single devices. Questions of one account that arrive while the database is busy with its former
// ones travel together in the next statement: at the start of a working day, when everybody's session opens at once, the
// cost per question falls instead of a queue growing. A question that finds no statement under way leaves at once, and
// none joins a statement that has already left, so every answer is read after its question was asked.
import type { Database } from '../../../kernel/db/database.ts';
import { type Asker, type Posture, readByIdentifiers, type Standing } from './queries.ts';

export interface Identifier {
  readonly kind: string;
  readonly value: string;
}

export interface Found {
  readonly account: Standing | undefined;
  /** For each identifier the devices that claim it, in the order of the question. */
  readonly devices: readonly (readonly Posture[])[];
}

export interface PostureReader {
  find(asker: Asker, identifiers: readonly Identifier[]): Promise<Found>;
}

interface Question {
  readonly identifiers: readonly Identifier[];
  readonly resolve: (found: Found) => void;
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
    const kinds: string[] = [];
    const values: string[] = [];
    for (const { identifiers } of questions) {
      for (const { kind, value } of identifiers) {
        kinds.push(kind);
        values.push(value);
      }
    }
    try {
      const { account, found } = await readByIdentifiers(database, asker, kinds, values);
      let start = 0;
      for (const { identifiers, resolve } of questions) {
        const end = start + identifiers.length;
        resolve({ account, devices: found.slice(start, end) });
        start = end;
      }
    } catch (error) {
      for (const { reject } of questions) reject(error);
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
