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

/** The questions of one account. */
interface Lane {
  readonly asker: Asker;
  underWay: number;
  readonly waiting: Question[];
  patience: NodeJS.Timeout | undefined;
}

/** Identifiers a statement may gather. A question that brings more goes alone and waits for nobody. */
const mostGathered = 64;
/** A statement takes a millisecond; behind one that takes longer than this nobody waits, up to so many at once. */
const patienceMs = 20;
const mostAtOnce = 4;

export function createPostureReader(database: Pick<Database, 'tenantQuery'>): PostureReader {
  const lanes = new Map<string, Lane>();

  function send(key: string, lane: Lane): void {
    const questions = gather(lane.waiting);
    lane.underWay += 1;
    void answer(lane.asker, questions).finally(() => {
      lane.underWay -= 1;
      if (lane.waiting.length > 0) send(key, lane);
      else if (lane.underWay === 0) lanes.delete(key);
    });
  }

  function losePatience(key: string, lane: Lane): void {
    lane.patience = undefined;
    if (lane.waiting.length > 0 && lane.underWay < mostAtOnce) send(key, lane);
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
    find: (asker, identifiers) =>
      new Promise((resolve, reject) => {
        const question = { identifiers, resolve, reject };
        if (identifiers.length > mostGathered) {
          void answer(asker, [question]);
          return;
        }
        const key = `${asker.organizationId} ${asker.administratorId}`;
        let lane = lanes.get(key);
        if (!lane) lanes.set(key, (lane = { asker, underWay: 0, waiting: [], patience: undefined }));
        lane.waiting.push(question);
        if (lane.underWay === 0) send(key, lane);
        else lane.patience ??= setTimeout(losePatience, patienceMs, key, lane).unref();
      }),
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
