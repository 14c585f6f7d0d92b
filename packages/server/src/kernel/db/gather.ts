// Questions of many requests in one statement. What a look-up by key costs is above all the statement around it: the system calls
// here, the start of the executor and the commit there. Whatever is asked in one turn of the event loop leaves together at its
// end, and what is asked while a statement is under way leaves together when that is back: an idle server answers at once, and
// under load the cost per question falls instead of a queue growing. No question joins a statement that has already left, so
// every answer is read after its question was asked.

/** Resolves with the answer to one question of the organization. */
export type Ask<Question, Answer> = (organizationId: string, question: Question) => Promise<Answer>;

/** Questions in one statement. */
const mostGathered = 64;
/** A statement takes a millisecond; behind one that takes longer than this nobody waits, up to so many at once. */
const patienceMs = 20;
const mostAtOnce = 4;

interface Asked<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** The questions of one organization: tenants never share a statement. */
interface Lane<Question, Answer> {
  readonly waiting: Asked<Question, Answer>[];
  underWay: number;
  isLeaving: boolean;
  patience: NodeJS.Timeout | undefined;
}

/** @param answer sends one statement; its answers stand in the order of the questions. When it fails, it fails for all of them. */
export function gatherQuestions<Question, Answer>(
  answer: (organizationId: string, questions: readonly Question[]) => Promise<readonly Answer[]>,
): Ask<Question, Answer> {
  const lanes = new Map<string, Lane<Question, Answer>>();

  function leaveSoon(organizationId: string, lane: Lane<Question, Answer>): void {
    if (lane.isLeaving) return;
    lane.isLeaving = true;
    setImmediate(leave, organizationId, lane);
  }

  function leave(organizationId: string, lane: Lane<Question, Answer>): void {
    lane.isLeaving = false;
    const asked = lane.waiting.splice(0, mostGathered);
    lane.underWay += 1;
    void send(organizationId, asked).then(() => {
      lane.underWay -= 1;
      if (lane.waiting.length > 0) leaveSoon(organizationId, lane);
      else if (lane.underWay === 0 && !lane.isLeaving) lanes.delete(organizationId);
    });
  }

  async function send(organizationId: string, asked: readonly Asked<Question, Answer>[]): Promise<void> {
    try {
      const answers = await answer(
        organizationId,
        asked.map(({ question }) => question),
      );
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as Answer);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  function losePatience(organizationId: string, lane: Lane<Question, Answer>): void {
    lane.patience = undefined;
    if (lane.waiting.length > 0 && lane.underWay < mostAtOnce) leaveSoon(organizationId, lane);
  }

  return (organizationId, question) =>
    new Promise((resolve, reject) => {
      let lane = lanes.get(organizationId);
      if (lane === undefined) {
        lane = { waiting: [], underWay: 0, isLeaving: false, patience: undefined };
        lanes.set(organizationId, lane);
      }
      lane.waiting.push({ question, resolve, reject });
      if (lane.underWay === 0) leaveSoon(organizationId, lane);
      else lane.patience ??= setTimeout(losePatience, patienceMs, organizationId, lane).unref();
    });
}
