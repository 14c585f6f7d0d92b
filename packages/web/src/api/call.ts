/** The one way to the server: an operation of its API, typed by the contracts, and everything that belongs to asking. */
import { currentLanguage } from '../language/texts.ts';
import { ApiProblem, readProblem } from './problem.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface OperationTypes {
  /** Query parameters. */
  readonly query?: object;
  readonly body?: unknown;
  readonly answer?: unknown;
}

/** One operation of the API, by the name that its description (OpenAPI) gives it. */
export interface Operation<Types extends OperationTypes = OperationTypes, Path extends string = string> {
  readonly id: string;
  readonly method: Method;
  /** Below the API’s root, parameters as `:deviceId`. */
  readonly path: Path;
  /** For the compiler alone. */
  readonly types?: Types;
}

type ParameterOf<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParameterOf<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

export type ParamsOf<Path extends string> = { readonly [Name in ParameterOf<Path>]: string };

export interface Arguments {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: object;
  readonly body?: unknown;
  /** The ETag of what is changed: it is refused if somebody else changed it meanwhile. */
  readonly ifMatch?: string | undefined;
  /** Makes a repetition harmless. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export type ArgumentsOf<Types extends OperationTypes, Path extends string> = Omit<
  Arguments,
  'params' | 'query' | 'body'
> &
  ([ParameterOf<Path>] extends [never]
    ? { readonly params?: undefined }
    : { readonly params: ParamsOf<Path> }) & {
    readonly query?: Types['query'];
  } & (Types extends { readonly body: infer Body } ? { readonly body: Body } : { readonly body?: undefined });

export type AnswerOf<Types extends OperationTypes> = Types['answer'];

/**
 * Declares an operation: `operation<{ answer: Device }>()('getDevice', 'GET', '/devices/:deviceId')`. The types come first, so
 * that the path stays a literal.
 */
export function operation<Types extends OperationTypes>() {
  return <const Path extends string>(id: string, method: Method, path: Path): Operation<Types, Path> => ({
    id,
    method,
    path,
  });
}

interface Api {
  /** `/api/v1` or `/my/api/v1`. */
  root: string;
  csrfToken: string | undefined;
  /** For operators: the organization they act in. */
  organization: string | undefined;
  /** Called when nobody is signed in any more; resolves once somebody is again, or rejects. */
  signInAgain: (() => Promise<void>) | undefined;
  /** Called when something wants the second factor once more; resolves once it was shown, rejects when somebody thinks better of it. */
  showFactor: (() => Promise<void>) | undefined;
  /** Called when something is refused for want of a right: the page may not know its rights any more. */
  refused: (() => void) | undefined;
}

/** What belongs to every request from this page. */
export const api: Api = {
  root: '/api/v1',
  csrfToken: undefined,
  organization: undefined,
  signInAgain: undefined,
  showFactor: undefined,
  refused: undefined,
};

export interface Answered<Answer> {
  readonly answer: Answer;
  readonly etag: string | undefined;
}

/** @throws ApiProblem */
export async function call<Types extends OperationTypes, Path extends string>(
  asked: Operation<Types, Path>,
  given: ArgumentsOf<Types, Path>,
): Promise<Answered<AnswerOf<Types>>> {
  const answer = await send(asked as Operation, given as Arguments);
  const etag = answer.headers.get('etag') ?? undefined;
  if (answer.status === 204) return { answer: undefined, etag };
  const type = answer.headers.get('content-type') ?? '';
  const body: unknown = type.includes('json') ? await answer.json() : await answer.text();
  return { answer: body, etag };
}

/** The answer itself, for files. @throws ApiProblem */
export async function send(asked: Operation, given: Arguments): Promise<Response> {
  const answer = await request(asked, given);
  if (answer.ok) return answer;
  const problem = await readProblem(answer);
  if (problem.reason === 'fresh-factor-required' && api.showFactor !== undefined) {
    await api.showFactor().catch(() => Promise.reject(problem));
    // Nothing was done the first time, and whoever asked has just said once more that it is meant.
    const shown = await request(asked, given);
    if (shown.ok) return shown;
    throw await readProblem(shown);
  }
  if (problem.status === 403) api.refused?.();
  if (problem.status !== 401 || api.signInAgain === undefined || asked.path === '/session') throw problem;
  await api.signInAgain();
  // What only reads is asked again. What changes something is not: whoever pressed the button presses it again, and sees.
  if (asked.method !== 'GET') throw new ApiProblem(401, { code: 'signed-in-again', detail: problem.message });
  const again = await request(asked, given);
  if (again.ok) return again;
  throw await readProblem(again);
}

async function request(asked: Operation, given: Arguments): Promise<Response> {
  const headers = new Headers({
    accept: 'application/json, */*;q=0.5',
    // The language that was chosen here, which need not be the browser's.
    'accept-language': currentLanguage(),
  });
  const csv = typeof given.body === 'string' || given.body instanceof Blob;
  if (given.body !== undefined && !csv) headers.set('content-type', 'application/json');
  if (typeof given.body === 'string') headers.set('content-type', 'text/csv');
  if (given.body instanceof Blob) headers.set('content-type', given.body.type || 'application/octet-stream');
  if (asked.method !== 'GET' && api.csrfToken !== undefined) headers.set('gatehouse-csrf', api.csrfToken);
  if (api.organization !== undefined) headers.set('gatehouse-organization', api.organization);
  if (given.ifMatch !== undefined) headers.set('if-match', given.ifMatch);
  if (given.idempotencyKey !== undefined) headers.set('idempotency-key', given.idempotencyKey);
  try {
    return await fetch(addressOf(asked, given), {
      method: asked.method,
      headers,
      credentials: 'same-origin',
      ...(given.signal === undefined ? {} : { signal: given.signal }),
      ...(given.body === undefined
        ? {}
        : { body: csv ? (given.body as BodyInit) : JSON.stringify(given.body) }),
    });
  } catch (error) {
    if (given.signal?.aborted) throw error;
    throw new ApiProblem(0, {});
  }
}

/** Where an operation is asked, with its parameters in place. */
export function addressOf(asked: Operation, given: Pick<Arguments, 'params' | 'query'>): string {
  const path = asked.path.replace(/:(\w+)/g, (_whole, name: string) => {
    const value = given.params?.[name];
    if (value === undefined || value === '') throw new TypeError(`${asked.id} needs the parameter ${name}`);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(given.query ?? {})) {
    if (value === undefined || value === '') continue;
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  const tail = query.toString();
  return `${api.root}${path}${tail === '' ? '' : `?${tail}`}`;
}
