// Labels and values.
import type { ReactNode } from 'react';
import { Fragment } from 'react';
import css from './design.module.css';

export interface FactRow {
  readonly label: string;
  readonly value: ReactNode;
}

/** Rows without a value are left out. */
export function Facts({ rows }: { rows: readonly (FactRow | false | undefined)[] }) {
  return (
    <dl className={css.facts}>
      {rows.map((row) =>
        row === false ||
        row === undefined ||
        row.value === undefined ||
        row.value === null ||
        row.value === '' ? null : (
          <Fragment key={row.label}>
            <dt>{row.label}</dt>
            <dd>{row.value}</dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}
