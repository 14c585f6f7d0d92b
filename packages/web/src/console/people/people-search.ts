/** Addresses of users and groups. */

export interface UsersSearch {
  readonly q: string;
}

/** Never throws. */
export function readUsersSearch(search: Readonly<Record<string, unknown>>): UsersSearch {
  return { q: typeof search['q'] === 'string' ? search['q'].slice(0, 100) : '' };
}
