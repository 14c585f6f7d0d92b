/** Three questions decide what happens to a device that is gone: can it be found, whose is it, what becomes of the data. */
import type { NewPlaybookRun, PlaybookRun } from '@gatehouse/contracts/admin/playbooks.ts';
import type { StepKind } from '@gatehouse/core/playbooks/playbook.ts';

export interface Answers {
  readonly happened: 'missing' | 'back';
  readonly chance: 'good' | 'none';
  /** Of corporate devices; `later`: only when it was looked for first. */
  readonly data: 'later' | 'investigate' | 'company' | 'everything';
  readonly waitHours: number;
  readonly message: string;
  readonly phoneNumber: string;
  readonly policyId: string | null;
}

export const firstAnswers: Answers = {
  happened: 'missing',
  chance: 'good',
  data: 'later',
  waitHours: 24,
  message: '',
  phoneNumber: '',
  policyId: null,
};

const options = { investigate: 1, company: 2, everything: 3 } as const;

/** The ways there are to decide about the data; none for a device that is not the organization’s. */
export function dataChoices(
  answers: Answers,
  ownership: PlaybookRun['ownership'],
): readonly Answers['data'][] {
  if (ownership !== 'corporate' || answers.happened === 'back') return [];
  const now = ['investigate', 'company', 'everything'] as const;
  return answers.chance === 'good' ? ['later', ...now] : now;
}

/** What is asked of the server. An answer that the choice before it has made impossible counts as the mildest one. */
export function orderOf(
  answers: Answers,
  ownership: PlaybookRun['ownership'],
  reason: string,
): NewPlaybookRun {
  if (answers.happened === 'back') return { playbook: 'found', reason };
  const choices = dataChoices(answers, ownership);
  const data = choices.includes(answers.data) ? answers.data : choices[0];
  const option = data === undefined || data === 'later' ? {} : { option: options[data] };
  const lockDown = data === 'investigate' && answers.policyId !== null ? { policyId: answers.policyId } : {};
  if (answers.chance === 'none') return { playbook: 'stolen', reason, ...option, ...lockDown };
  const { waitHours, message, phoneNumber } = answers;
  return {
    playbook: 'lost',
    reason,
    ...option,
    ...lockDown,
    waitHours,
    ...(message.trim() === '' ? {} : { message: message.trim() }),
    ...(phoneNumber.trim() === '' ? {} : { phoneNumber: phoneNumber.trim() }),
  };
}

const destroying: readonly StepKind[] = ['selective-wipe', 'full-wipe'];

/** Whether the name of the device has to be typed before. */
export function destroys(steps: readonly { readonly kind: StepKind }[]): boolean {
  return steps.some(({ kind }) => destroying.includes(kind));
}

export const runMarks = {
  running: 'pending',
  waiting: 'grace',
  done: 'ok',
  stopped: 'unchecked',
  failed: 'bad',
} as const satisfies Record<PlaybookRun['state'], string>;

export const stepMarks = {
  'to-do': 'unchecked',
  waiting: 'pending',
  done: 'ok',
  skipped: 'unchecked',
  failed: 'bad',
  stopped: 'unchecked',
  undone: 'unchecked',
} as const satisfies Record<PlaybookRun['steps'][number]['state'], string>;

export const outlookMarks = { done: 'ok', approval: 'grace', skipped: 'unchecked', refused: 'bad' } as const;

export function progressOf({ steps }: Pick<PlaybookRun, 'steps'>): {
  readonly done: number;
  readonly count: number;
} {
  return {
    done: steps.filter(({ state }) => state === 'done' || state === 'skipped').length,
    count: steps.length,
  };
}
