// Questions of devices in statements that lock what belongs to the device: in each statement a device comes once, and all
// statements take their locks in the same order.
import { DomainError } from '@gatehouse/core/errors.ts';
import { type Ask, type GatheringOptions, gatherQuestions } from './gather.ts';

interface OfDevice {
  readonly deviceId: string;
}

/** What went wrong for one device alone. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** Nobody would be served by himself either. A statement that took too long may have waited for one device's lock. */
function isAway(error: unknown): boolean {
  if (!(error instanceof DomainError)) return false;
  const tookTooLong = (error.cause as { code?: unknown } | undefined)?.code === '57014';
  return (error.code === 'unavailable' && !tookTooLong) || error.code === 'storage-full';
}

/**
 * For statements that cost much beside their rows: fewer that carry more are worth the wait for the disk, which ends with the usual
 * patience where the disk is slow.
 */
export const oneAtOnce = { atOnce: 1 } as const;

/**
 * Unless told otherwise two statements of an organization are under way at once, because each waits for the disk.
 * @param send one statement; its answers stand in the order of the questions, which is the order of their devices' ids. When it
 * fails, nothing of it was done: each device is then served by itself, so that none suffers for another, unless the database is away.
 */
export function gatherLocking<Question extends OfDevice, Answer>(
  send: (organizationId: string, questions: readonly Question[]) => Promise<readonly Answer[]>,
  options: Pick<GatheringOptions<Question>, 'atOnce' | 'patienceMs' | 'spacingMs'> = { atOnce: 2 },
): Ask<Question, Answer> {
  type Served = readonly ({ readonly answer: Answer } | Failure)[];

  async function serveAll(organizationId: string, questions: readonly Question[]): Promise<Served> {
    const served = new Map<Question, Served[number]>();
    // Who comes twice in one moment is served in one statement after the other.
    for (let rest = questions; rest.length > 0; ) {
      const once = new Map(rest.toReversed().map((question) => [question.deviceId, question]));
      rest = rest.filter((question) => once.get(question.deviceId) !== question);
      const sorted = [...once.values()].sort((a, b) => (a.deviceId < b.deviceId ? -1 : 1));
      const answers = await serve(organizationId, sorted);
      for (const [place, question] of sorted.entries()) {
        const answer = answers[place];
        if (answer !== undefined) served.set(question, answer);
      }
    }
    return questions.map((question) => served.get(question) ?? new Failure(new Error('not answered')));
  }

  async function serve(organizationId: string, questions: readonly Question[]): Promise<Served> {
    try {
      return (await send(organizationId, questions)).map((answer) => ({ answer }));
    } catch (error) {
      if (questions.length === 1 || isAway(error)) return questions.map(() => new Failure(error));
      const served: Served[number][] = [];
      for (const question of questions) served.push(...(await serve(organizationId, [question])));
      return served;
    }
  }

  const ask = gatherQuestions(serveAll, options);
  return async (organizationId, question) => {
    const served = await ask(organizationId, question);
    if (served instanceof Failure) throw served.error;
    return served.answer;
  };
}
