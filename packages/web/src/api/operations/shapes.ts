/** The shapes that many operations share. */

export interface PageOf<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

export interface Paging {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** How whoever saves a change stands to what it will do: see docs/simulation.md. */
export interface Binding {
  readonly simulationId?: string | undefined;
  readonly bound?: number | undefined;
  readonly confirmed?: boolean | undefined;
}
