/** What the server says when it does not do what was asked (RFC 9457), or that it cannot be reached. */
import type { Problem } from '@gatehouse/contracts/problem.ts';

export class ApiProblem extends Error {
  /** 0: the server was not reached. */
  readonly status: number;
  readonly code: string;
  readonly reason: string | undefined;
  readonly requestId: string | undefined;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? '');
    this.name = 'ApiProblem';
    this.status = status;
    this.code = problem.code ?? (status === 0 ? 'unreachable' : 'unexpected');
    this.reason = problem.reason;
    this.requestId = problem.requestId;
    this.context = problem.context ?? {};
  }

  /** Whether asking again, unchanged, may succeed. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502;
  }
}

export function isApiProblem(error: unknown, codeOrReason?: string): error is ApiProblem {
  if (!(error instanceof ApiProblem)) return false;
  return codeOrReason === undefined || error.code === codeOrReason || error.reason === codeOrReason;
}

/** The answer as a problem, also when something between us and the server answered with a page of its own. */
export async function readProblem(answer: Response): Promise<ApiProblem> {
  const type = answer.headers.get('content-type') ?? '';
  if (!type.includes('json')) return new ApiProblem(answer.status, { title: answer.statusText });
  try {
    return new ApiProblem(answer.status, (await answer.json()) as Partial<Problem>);
  } catch {
    return new ApiProblem(answer.status, { title: answer.statusText });
  }
}
