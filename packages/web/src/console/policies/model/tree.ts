/** The catalogue as rows of a list: groups that open, and what is in them. With a search only what fits, its groups open. */

export interface TreeGroup {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
}

export type TreeRow =
  | {
      readonly kind: 'group';
      readonly id: string;
      readonly title: string;
      readonly open: boolean;
      /** Of its keys (of those that fit), how many there are and how many are set. */
      readonly total: number;
      readonly set: number;
    }
  | { readonly kind: 'key'; readonly id: string; readonly group: string; readonly set: boolean };

export interface TreeQuestion {
  /** What fits, best first; undefined: nobody searches. */
  readonly found: readonly string[] | undefined;
  readonly open: ReadonlySet<string>;
  readonly stated: ReadonlySet<string>;
  readonly onlyStated: boolean;
}

export function treeRows(groups: readonly TreeGroup[], question: TreeQuestion): readonly TreeRow[] {
  const { found, open, stated, onlyStated } = question;
  const rank = found === undefined ? undefined : new Map(found.map((id, place) => [id, place]));
  const shown = groups.flatMap((group) => {
    const keys = group.keys.filter(
      (id) => (rank === undefined || rank.has(id)) && (!onlyStated || stated.has(id)),
    );
    if (keys.length === 0) return [];
    const sorted =
      rank === undefined ? keys : keys.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
    return [{ group, keys: sorted, best: rank?.get(sorted[0] ?? '') ?? 0 }];
  });
  // The group with the best match comes first: it is what somebody was looking for.
  if (rank !== undefined) shown.sort((a, b) => a.best - b.best);
  return shown.flatMap(({ group, keys }): TreeRow[] => {
    const isOpen = rank !== undefined || onlyStated || open.has(group.id);
    const head: TreeRow = {
      kind: 'group',
      id: group.id,
      title: group.title,
      open: isOpen,
      total: keys.length,
      set: keys.filter((id) => stated.has(id)).length,
    };
    if (!isOpen) return [head];
    return [head, ...keys.map((id): TreeRow => ({ kind: 'key', id, group: group.id, set: stated.has(id) }))];
  });
}
