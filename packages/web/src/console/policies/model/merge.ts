/** Two people have changed the same thing: what each did, what of it cannot both be, and the result. */

type Values = Readonly<Record<string, unknown>>;

export interface KeyConflict {
  readonly key: string;
  /** undefined: the key was not there, or was taken out. */
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

export interface Merged {
  /** With what both have done; of conflicts theirs, until somebody chooses. */
  readonly values: Values;
  readonly conflicts: readonly KeyConflict[];
  /** Keys that only the other one changed. */
  readonly taken: readonly string[];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Three ways, key by key: what only one has changed is what he made of it. */
export function mergeThreeWays(base: Values, mine: Values, theirs: Values): Merged {
  const values: Record<string, unknown> = {};
  const conflicts: KeyConflict[] = [];
  const taken: string[] = [];
  for (const key of new Set([...Object.keys(base), ...Object.keys(mine), ...Object.keys(theirs)])) {
    const [was, own, other] = [base[key], mine[key], theirs[key]];
    const changedHere = !same(was, own);
    const changedThere = !same(was, other);
    const result = changedHere && !changedThere ? own : other;
    if (changedHere && changedThere && !same(own, other)) {
      conflicts.push({ key, base: was, mine: own, theirs: other });
    } else if (changedThere && !changedHere) taken.push(key);
    if (result !== undefined) values[key] = result;
  }
  return { values, conflicts, taken };
}

/** @param mineWins keys of conflicts in which one's own value is to hold */
export function settle({ values, conflicts }: Merged, mineWins: ReadonlySet<string>): Values {
  const settled: Record<string, unknown> = { ...values };
  for (const { key, mine } of conflicts) {
    if (!mineWins.has(key)) continue;
    if (mine === undefined) delete settled[key];
    else settled[key] = mine;
  }
  return settled;
}
