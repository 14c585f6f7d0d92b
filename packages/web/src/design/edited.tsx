// Forms over one thing of the server: a new one is created; one that exists is read when its form opens, and saved only while it
// still is what its editor saw. Otherwise both versions are shown, and one of them is chosen.
import { Fragment, type ReactNode, useState } from 'react';
import { type AnswerOf, type ArgumentsOf, call, type Operation, type OperationTypes } from '../api/call.ts';
import { type ChangeOptions, useChange, useEditable } from '../api/hooks.ts';
import { isApiProblem } from '../api/problem.ts';
import { Conflict } from './conflict.tsx';
import { Failure } from './failure.tsx';
import { Loading } from './loading.tsx';

/** What a form is given by `Created` or `Edited`. */
export interface Saving<Body> {
  readonly save: (body: Body) => void;
  readonly isSaving: boolean;
  /** What went wrong, or both versions: for above the button. */
  readonly trouble: ReactNode;
}

interface CreatedProps<Types extends OperationTypes, Path extends string>
  extends Pick<ChangeOptions<AnswerOf<Types>>, 'refreshes' | 'onDone'> {
  readonly create: Operation<Types, Path>;
  readonly children: (saving: Saving<Types['body']>) => ReactNode;
}

export function Created<Types extends OperationTypes, Path extends string>({
  create,
  children,
  ...options
}: CreatedProps<Types, Path>) {
  const change = useChange(create, options);
  return children({
    save: (body) => change.mutate({ body } as ArgumentsOf<Types, Path>),
    isSaving: change.isPending,
    trouble: change.error && <Failure problem={change.error} />,
  });
}

interface EditedProps<Read extends OperationTypes, Types extends OperationTypes, Path extends string>
  extends Pick<ChangeOptions<AnswerOf<Types>>, 'refreshes' | 'onDone'> {
  readonly read: Operation<Read, Path>;
  readonly change: Operation<Types, Path>;
  readonly given: ArgumentsOf<Read, Path>;
  /** What members are called in the form, for the choice between two versions. */
  readonly names?: Readonly<Record<string, string>>;
  /** What the thing says in members of the form, where they are not its own. */
  readonly stated?: (thing: AnswerOf<Read>) => object;
  /** Members as people read them, for the same choice: the name instead of the id. */
  readonly told?: (members: object) => object;
  readonly children: (saving: Saving<Types['body']> & { readonly thing: AnswerOf<Read> }) => ReactNode;
}

export function Edited<Read extends OperationTypes, Types extends OperationTypes, Path extends string>({
  read,
  change,
  given,
  names = {},
  stated = (thing) => thing as object,
  told = (members) => members,
  refreshes = [],
  onDone,
  children,
}: EditedProps<Read, Types, Path>) {
  type Seen = { readonly thing: AnswerOf<Read>; readonly etag: string | undefined };
  const seen = useEditable(read, given);
  // Those of somebody else are shown by a form of their own: nothing that was typed before is left in it.
  const [taken, setTaken] = useState<Seen & { readonly round: number }>();
  const [refused, setRefused] = useState<Seen & { readonly mine: Types['body'] }>();
  const done = (answer: AnswerOf<Types>) => {
    setRefused(undefined);
    setTaken(undefined);
    onDone?.(answer);
  };
  const saving = useChange(change, { refreshes: [read, ...refreshes], onDone: done });
  const base = taken ?? (seen.data && { thing: seen.data.answer, etag: seen.data.etag, round: 0 });
  if (seen.error) return <Failure problem={seen.error} retry={() => void seen.refetch()} />;
  if (base === undefined) return <Loading lines={5} />;

  const send = (body: Types['body'], ifMatch: string | undefined) =>
    saving.mutate({ ...given, body, ifMatch } as unknown as ArgumentsOf<Types, Path>, {
      onError: (problem) => {
        if (!isApiProblem(problem, 'precondition-failed')) return;
        void call(read, given).then(
          ({ answer, etag }) => {
            // It was saved, and only the answer was lost on the way: nobody has to choose between two that are alike.
            if (isWithin(body, stated(answer))) done(answer as AnswerOf<Types>);
            else setRefused({ mine: body, thing: answer, etag });
          },
          // What keeps it from being read keeps it from being saved, and is said then.
          () => undefined,
        );
      },
    });
  const save = (body: Types['body']) => send(body, refused?.etag ?? base.etag);
  // What is never read back, a password, stands in neither.
  const shown =
    refused === undefined
      ? []
      : Object.keys(refused.mine ?? {}).filter((name) => name in stated(refused.thing));
  const trouble = refused ? (
    <Conflict
      mine={told(membersOf(refused.mine, shown))}
      theirs={told(membersOf(stated(refused.thing), shown))}
      nameOf={({ path }) => names[path] ?? path}
      onKeepMine={() => send(refused.mine, refused.etag)}
      onTakeTheirs={() => {
        setTaken({ thing: refused.thing, etag: refused.etag, round: base.round + 1 });
        setRefused(undefined);
        saving.reset();
      }}
    />
  ) : (
    saving.error && <Failure problem={saving.error} />
  );
  return (
    <Fragment key={base.round}>
      {children({ thing: base.thing, save, isSaving: saving.isPending, trouble })}
    </Fragment>
  );
}

/** Whether everything that was to be saved stands there already; what is never read back does not count as there. */
function isWithin(body: unknown, thing: unknown): boolean {
  return Object.entries(body ?? {}).every(
    ([name, value]) => JSON.stringify((thing as Record<string, unknown>)[name]) === JSON.stringify(value),
  );
}

function membersOf(thing: unknown, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, (thing as Record<string, unknown>)[name]]));
}
