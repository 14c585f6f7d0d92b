// Answers questions for single devices. Questions of one account share statements (kernel/db/gather.ts): at the start of a
// working day, when everybody's session opens at once, the cost per question falls instead of a queue growing. A question with
// more identifiers than a statement gathers goes alone.
import type { Database } from '../../../kernel/db/database.ts';
import { gatherQuestions } from '../../../kernel/db/gather.ts';
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
  readonly asker: Asker;
  readonly identifiers: readonly Identifier[];
}

export function createPostureReader(database: Pick<Database, 'tenantQuery'>): PostureReader {
  async function answer(_account: string, questions: readonly Question[]): Promise<Found[]> {
    const [first] = questions;
    if (first === undefined) return [];
    const all = questions.flatMap(({ identifiers }) => identifiers);
    const { account, found } = await readByIdentifiers(
      database,
      first.asker,
      all.map(({ kind }) => kind),
      all.map(({ value }) => value),
    );
    let start = 0;
    return questions.map(({ identifiers }) => {
      const end = start + identifiers.length;
      const devices = found.slice(start, end);
      start = end;
      return { account, devices };
    });
  }

  const ask = gatherQuestions(answer, { sizeOf: ({ identifiers }: Question) => identifiers.length });
  return {
    find: (asker, identifiers) =>
      ask(`${asker.organizationId} ${asker.administratorId}`, { asker, identifiers }),
  };
}
