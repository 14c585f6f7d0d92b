/** Editing one thing of the server: a draft beside what it holds, saved only while nobody else changed it meanwhile. */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { call, type Operation } from '../../api/call.ts';
import { editableKeyOf, useEditable } from '../../api/hooks.ts';
import { type ApiProblem, isApiProblem } from '../../api/problem.ts';
import { changedMembers, contested, keptDraft } from './draft.ts';

export interface Draft<T extends object> {
  readonly isPending: boolean;
  readonly error: ApiProblem | null;
  readonly retry: () => void;
  /** What is held, with the draft laid over it. */
  readonly value: T;
  readonly set: (part: Partial<T>) => void;
  readonly isChanged: boolean;
  readonly save: () => Promise<void>;
  readonly discard: () => void;
  readonly isSaving: boolean;
  readonly problem: unknown;
  readonly conflict:
    | { readonly mine: Partial<T>; readonly theirs: Partial<T>; readonly at?: string }
    | undefined;
  readonly keepMine: () => void;
  readonly takeTheirs: () => void;
}

interface Options<T> {
  /** The same for the same thing: the draft is kept under it. */
  readonly name: string;
  readonly params?: Readonly<Record<string, string>>;
  /** What is sent for what was changed; absent: the changed members themselves. */
  readonly toBody?: (changed: Partial<T>) => unknown;
  readonly onSaved?: () => void;
}

export function useDraft<T extends object>(
  read: Operation<{ answer: T }>,
  change: Operation<{ body: never; answer: unknown }>,
  { name, params, toBody, onSaved }: Options<T>,
): Draft<T> {
  const client = useQueryClient();
  const given = (params === undefined ? {} : { params }) as never;
  const { data, isPending, error, refetch } = useEditable(read, given);
  const store = useMemo(() => keptDraft<T>(sessionStorage, name), [name]);
  const [draft, setDraft] = useState<Partial<T>>(() => store.read());
  const [isSaving, setSaving] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [theirs, setTheirs] = useState<{ answer: T; etag: string | undefined }>();
  const held = (data?.answer ?? {}) as T;
  const changed = data === undefined ? draft : changedMembers(held, draft);

  const keep = (next: Partial<T>) => {
    setDraft(next);
    store.write(data === undefined ? next : changedMembers(held, next));
  };
  const settle = (answer: { answer: T; etag: string | undefined }) =>
    client.setQueryData(editableKeyOf(read, given), answer);

  async function save(ifMatch = data?.etag): Promise<void> {
    setSaving(true);
    setProblem(undefined);
    try {
      const body = (toBody?.(changed) ?? changed) as never;
      await call(change, { ...(params === undefined ? {} : { params }), body, ifMatch } as never);
      settle(await call(read, given));
      keep({});
      setTheirs(undefined);
      await client.invalidateQueries({ queryKey: [read.id] });
      onSaved?.();
    } catch (failed) {
      if (isApiProblem(failed, 'precondition-failed')) setTheirs(await call(read, given));
      else setProblem(failed);
    } finally {
      setSaving(false);
    }
  }

  const at = theirs && (theirs.answer as { updatedAt?: string }).updatedAt;
  return {
    isPending,
    error,
    retry: () => void refetch(),
    value: { ...held, ...draft },
    set: (part) => keep({ ...draft, ...part }),
    isChanged: Object.keys(changed).length > 0,
    save: () => save(),
    discard: () => {
      keep({});
      setProblem(undefined);
    },
    isSaving,
    problem,
    conflict: theirs && {
      mine: changed,
      theirs: contested(changed, theirs.answer),
      ...(at === undefined ? {} : { at }),
    },
    keepMine: () => void save(theirs?.etag),
    takeTheirs: () => {
      if (theirs) settle(theirs);
      setTheirs(undefined);
      setDraft({});
      store.write({});
    },
  };
}
