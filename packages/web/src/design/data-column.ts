/** What a list shows of each row, and which rows are ticked. */
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly render: (row: Row) => ReactNode;
  /** What it is sorted by, if it can be. */
  readonly sort?: string;
  /** CSS width; without it columns share what is left. */
  readonly width?: string;
  readonly align?: 'end';
  /** Where it stands on a card; `hidden`: not at all. */
  readonly card?: 'title' | 'mark' | 'line' | 'hidden';
}

export interface Selection {
  readonly selected: ReadonlySet<string>;
  readonly onChange: (selected: ReadonlySet<string>) => void;
}
