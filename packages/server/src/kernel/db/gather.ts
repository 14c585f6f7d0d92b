// Questions of many requests in one statement. What a look-up by key costs is above all the statement around it: the system calls
// here, the start of the executor and the commit there. Whatever is asked in one turn of the event loop leaves together at its
// end, and what is asked while a statement is under way leaves together when that is back: an idle server answers at once, and
// under load the cost per question falls instead of a queue growing. No question joins a statement that has already left, so
// every answer is read after its question was asked.
import { DomainError } from '@gatehouse/core/errors.ts';

/** Resolves with the answer to one question. Only questions of the same lane share a statement; a lane is inside one tenant. */
export type Ask<Question, Answer> = (lane: string, question: Question) => Promise<Answer>;

/** What one statement gathers. A question that is larger by itself goes alone and at once, and holds nobody up. */
const mostGathered = 64;
/** A statement takes a millisecond; behind one that takes longer than this nobody waits, up to so many at once. */
const usualPatienceMs = 20;
const mostAtOnce = 4;

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Lane<Question, Answer> {
  readonly waiting: Asked<Question, Answer>[];
  underWay: number;
  isLeaving: boolean;
  leftAt: number;
  patience: NodeJS.Timeout | undefined;
}

export interface GatheringOptions<Question> {
  /** How much of a statement a question takes; 1 when absent. */
  readonly sizeOf?: (question: Question) => number;
  /**
   * How many statements of a lane are under way before questions wait for one to come back; 1 when absent. Two where each waits for
   * the disk: meanwhile the database works on the other, and one flush may do for both.
   */
  readonly atOnce?: number;
  /** How long questions wait behind what is under way before they leave all the same; more where a whole transaction is shared. */
  readonly patienceMs?: number;
  /** How far apart statements leave, so that under load each carries more. The first after a pause leaves at once. */
  readonly spacingMs?: number;
}

/** What the database itself says of a statement (SQLSTATE), and not that it is away, full or busy: see errors.ts. */
function isAboutValues(error: unknown): boolean {
  return !(error instanceof DomainError) && /^[0-9A-Z]{5}$/.test(String((error as { code?: unknown }).code));
}

/**
 * @param answer sends one statement; its answers stand in the order of the questions. When it fails, it fails for all of them,
 * unless a value may be to blame: then each is asked again by itself, so that nobody can spoil the questions of others.
 */
export function gatherQuestions<Question, Answer>(
  answer: (lane: string, questions: readonly Question[]) => Promise<readonly Answer[]>,
  {
    sizeOf = () => 1,
    atOnce = 1,
    patienceMs = usualPatienceMs,
    spacingMs = 0,
  }: GatheringOptions<Question> = {},
): Ask<Question, Answer> {
  const lanes = new Map<string, Lane<Question, Answer>>();

  function leaveSoon(name: string, lane: Lane<Question, Answer>): void {
    if (lane.isLeaving) return;
    lane.isLeaving = true;
    const early = lane.leftAt + spacingMs - performance.now();
    if (early > 0) setTimeout(leave, early, name, lane);
    else setImmediate(leave, name, lane);
  }

  function leave(name: string, lane: Lane<Question, Answer>): void {
    lane.isLeaving = false;
    lane.leftAt = performance.now();
    const asked = gather(lane.waiting);
    lane.underWay += 1;
    void send(name, asked).then(() => {
      lane.underWay -= 1;
      if (lane.waiting.length > 0) leaveSoon(name, lane);
      else if (spacingMs === 0) forgetIdle(name, lane);
      else setTimeout(forgetIdle, spacingMs, name, lane).unref();
    });
  }

  function forgetIdle(name: string, lane: Lane<Question, Answer>): void {
    if (lane.waiting.length === 0 && lane.underWay === 0 && !lane.isLeaving && lanes.get(name) === lane)
      lanes.delete(name);
  }

  function gather(waiting: Asked<Question, Answer>[]): Asked<Question, Answer>[] {
    let gathered = 0;
    let count = 0;
    for (const { question } of waiting) {
      gathered += sizeOf(question);
      if (gathered > mostGathered) break;
      count += 1;
    }
    return waiting.splice(0, count);
  }

  async function send(name: string, asked: readonly Asked<Question, Answer>[]): Promise<void> {
    try {
      const answers = await answer(
        name,
        asked.map(({ question }) => question),
      );
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      if (asked.length > 1 && isAboutValues(error)) await Promise.all(asked.map((one) => send(name, [one])));
      else for (const { reject } of asked) reject(error);
    }
  }

  function losePatience(name: string, lane: Lane<Question, Answer>): void {
    lane.patience = undefined;
    if (lane.waiting.length > 0 && lane.underWay < mostAtOnce) leaveSoon(name, lane);
  }

  return (name, question) =>
    new Promise((resolve, reject) => {
      const asked = { question, resolve, reject };
      if (sizeOf(question) > mostGathered) {
        void send(name, [asked]);
        return;
      }
      let lane = lanes.get(name);
      if (lane === undefined) {
        lane = {
          waiting: [],
          underWay: 0,
          isLeaving: false,
          leftAt: Number.NEGATIVE_INFINITY,
          patience: undefined,
        };
        lanes.set(name, lane);
      }
      lane.waiting.push(asked);
      if (lane.underWay < atOnce) leaveSoon(name, lane);
      else lane.patience ??= setTimeout(losePatience, patienceMs, name, lane).unref();
    });
}
