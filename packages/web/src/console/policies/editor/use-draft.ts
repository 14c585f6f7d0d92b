/** The draft of a suite or a resource: begun with the first change, kept in this window, held against what is saved. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import {
  type Draft,
  draftOf,
  isChanged,
  readDraft,
  type Values,
  withoutKey,
  withValue,
  writeDraft,
} from '../model/draft.ts';

export interface Editing {
  readonly draft: Draft;
  readonly isChanged: boolean;
  /** Somebody has saved since the draft was begun. */
  readonly isOvertaken: boolean;
  readonly set: (name: string, value: unknown) => void;
  readonly remove: (name: string) => void;
  readonly replace: (values: Values) => void;
  /** What was settled of a conflict, on the version that is saved now. */
  readonly rebase: (values: Values) => void;
  readonly discard: () => void;
}

export interface DraftSource {
  /** `policy/0193…`; undefined: the draft is of something that is not saved yet and is not kept. */
  readonly name: string | undefined;
  readonly version: number;
  readonly values: Values;
  /** What of it may lie in the browser’s storage; absent: all. */
  readonly storable?: (values: Values) => Values;
}

const keyOf = (name: string) => `gatehouse-draft/${name}`;

export function useDraft({ name, version, values, storable }: DraftSource): Editing {
  const [begun, setBegun] = useState<Draft | undefined>(() =>
    name === undefined ? undefined : readDraft(sessionStorage.getItem(keyOf(name))),
  );
  const fresh = useMemo(() => draftOf(version, values), [version, values]);
  const draft = begun ?? fresh;
  const changed = isChanged(draft);
  const store = useRef(storable);
  store.current = storable;
  useEffect(() => {
    if (name === undefined) return;
    const kept = store.current ?? ((all: Values) => all);
    if (begun !== undefined && changed)
      sessionStorage.setItem(keyOf(name), writeDraft({ ...begun, values: kept(begun.values) }));
    else sessionStorage.removeItem(keyOf(name));
  }, [name, begun, changed]);
  const change = useCallback(
    (how: (before: Draft) => Draft) => setBegun((before) => how(before ?? fresh)),
    [fresh],
  );
  const set = useCallback(
    (field: string, value: unknown) => change((before) => withValue(before, field, value)),
    [change],
  );
  const remove = useCallback((field: string) => change((before) => withoutKey(before, field)), [change]);
  const replace = useCallback((next: Values) => change((before) => ({ ...before, values: next })), [change]);
  const rebase = useCallback(
    (next: Values) => setBegun({ baseVersion: version, base: values, values: next }),
    [version, values],
  );
  const discard = useCallback(() => setBegun(undefined), []);
  return {
    draft,
    isChanged: changed,
    isOvertaken: changed && draft.baseVersion !== version,
    set,
    remove,
    replace,
    rebase,
    discard,
  };
}
