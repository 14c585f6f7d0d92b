/** What somebody is editing, apart from what the server holds: only members that differ are sent, and kept. */

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Members of `draft` that say something else than `base`; what is no longer set counts as `undefined`. */
export function changedMembers<T extends object>(base: T, draft: Partial<T>): Partial<T> {
  return Object.fromEntries(
    Object.entries(draft).filter(([name, value]) => !same((base as Record<string, unknown>)[name], value)),
  ) as Partial<T>;
}

/** The members of `theirs` that a conflict is about: those that the draft would overwrite. */
export function contested<T extends object>(draft: Partial<T>, theirs: T): Partial<T> {
  return Object.fromEntries(
    Object.keys(draft).map((name) => [name, (theirs as Record<string, unknown>)[name]]),
  ) as Partial<T>;
}

interface Store {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** A draft that outlives the page, until it is saved or thrown away. Never for secrets. */
export function keptDraft<T extends object>(store: Store, name: string) {
  const key = `gatehouse-draft ${name}`;
  return {
    read(): Partial<T> {
      try {
        const kept: unknown = JSON.parse(store.getItem(key) ?? '{}');
        return typeof kept === 'object' && kept !== null && !Array.isArray(kept) ? kept : {};
      } catch {
        return {};
      }
    },
    write(draft: Partial<T>): void {
      if (Object.keys(draft).length === 0) store.removeItem(key);
      else
        store.setItem(
          key,
          JSON.stringify(draft, (_name, value: unknown) => value ?? null),
        );
    },
  };
}
