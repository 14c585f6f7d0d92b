// One row of a list, as a line of a table or as a card. While one scrolls, or ticks, or walks by keyboard, only rows that come or
// change are drawn: dozens of them with their links and marks would take longer than a frame.
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, memo, useLayoutEffect, useMemo, useRef } from 'react';
import type { Column, Selection } from './data-column.ts';
import css from './design.module.css';
import { useAddressOf } from './route-link.tsx';
import { nextRow } from './row-keys.ts';
import { Tick } from './tick.tsx';
import { designTexts } from './texts.ts';

/** What is done in a row; the same object for as long as the list is on the page. */
export interface RowActions {
  readonly focus: (index: number) => void;
  readonly toggle: (index: number) => void;
  readonly key: (event: KeyboardEvent<HTMLElement>, index: number) => void;
}

export interface RowProps<Row> {
  readonly row: Row;
  readonly index: number;
  /** Rows before the first that is loaded. */
  readonly offset: number;
  readonly columns: readonly Column<Row>[];
  readonly label: string;
  /** Absent: there is nothing to tick. */
  readonly isSelected: boolean | undefined;
  readonly isFocused: boolean;
  readonly actions: RowActions;
}

interface RowsOfTable<Row> {
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly rowLink?: ((row: Row) => string) | undefined;
  readonly selection?: Selection | undefined;
  readonly setFocused: (index: number) => void;
  readonly scrollTo: (index: number) => void;
}

function focusRow(list: Element | null, row: number): boolean {
  const there = list?.querySelector<HTMLElement>(`[data-row="${row}"]`);
  there?.focus();
  return there !== undefined && there !== null;
}

/** Keys of a list: arrows, j and k, Home, End, Page Up and Down, space or x to tick, Enter to open. */
export function useRowActions<Row>(table: RowsOfTable<Row>): RowActions {
  const navigate = useNavigate();
  const addressOf = useAddressOf();
  const latest = useRef({ ...table, navigate, addressOf });
  latest.current = { ...table, navigate, addressOf };
  const goesTo = useRef<{ readonly list: Element | null; readonly row: number }>(undefined);
  useLayoutEffect(() => {
    const to = goesTo.current;
    if (to !== undefined && focusRow(to.list, to.row)) goesTo.current = undefined;
  });
  return useMemo(() => {
    function toggle(index: number): void {
      const { rows, rowKey, selection } = latest.current;
      const row = rows[index];
      if (row === undefined || selection === undefined) return;
      const next = new Set(selection.selected);
      if (!next.delete(rowKey(row))) next.add(rowKey(row));
      selection.onChange(next);
    }
    return {
      toggle,
      focus: (index) => latest.current.setFocused(index),
      key(event, index) {
        // Keys inside a control of the row belong to it.
        if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
        const { rows, rowLink, selection, setFocused, scrollTo } = latest.current;
        const row = rows[index];
        if (row === undefined) return;
        if (event.key === 'Enter' && rowLink) {
          event.preventDefault();
          void latest.current.navigate({ href: latest.current.addressOf(rowLink(row)) });
          return;
        }
        if ((event.key === ' ' || event.key === 'x' || event.key === 'X') && selection) {
          event.preventDefault();
          toggle(index);
          return;
        }
        const next = nextRow(event.key, index, rows.length);
        if (next === undefined) return;
        event.preventDefault();
        const list = event.currentTarget.closest('[data-rows]');
        setFocused(next);
        scrollTo(next);
        // At once where it is in the page, so that the next key, however soon, is that row's; else as soon as it is drawn.
        goesTo.current = focusRow(list, next) ? undefined : { list, row: next };
      },
    };
  }, []);
}

function GridRowOf<Row>({
  row,
  index,
  offset,
  columns,
  label,
  isSelected,
  isFocused,
  actions,
}: RowProps<Row>) {
  const t = designTexts.use();
  return (
    <tr
      aria-rowindex={offset + index + 2}
      aria-selected={isSelected}
      tabIndex={isFocused ? 0 : -1}
      data-row={index}
      onFocus={() => actions.focus(index)}
      onKeyDown={(event) => actions.key(event, index)}
    >
      {isSelected !== undefined && (
        <td>
          <Tick
            checked={isSelected}
            aria-label={t('selectRow', { name: label })}
            onChange={() => actions.toggle(index)}
          />
        </td>
      )}
      {columns.map((column, place) => {
        const content = column.render(row);
        const align = column.align === 'end' ? css.end : '';
        return place === 0 ? (
          <th scope="row" key={column.key} className={align}>
            {content}
          </th>
        ) : (
          <td key={column.key} className={align}>
            {content}
          </td>
        );
      })}
    </tr>
  );
}
export const GridRow = memo(GridRowOf) as typeof GridRowOf;

export interface CardProps<Row> extends RowProps<Row> {
  readonly total: number;
  /** What lies between it and the one before, in pixels: the card that has the keyboard may be far from the others. */
  readonly gap: number;
  readonly measure: (element: Element | null) => void;
}

function CardOf<Row>({
  row,
  index,
  columns,
  label,
  isSelected,
  isFocused,
  actions,
  ...card
}: CardProps<Row>) {
  const t = designTexts.use();
  const at = (place: Column<Row>['card']) =>
    columns
      .filter((column) => (column.card ?? 'line') === place)
      .map((column) => <span key={column.key}>{column.render(row)}</span>);
  return (
    <li
      ref={card.measure}
      data-index={index}
      data-row={index}
      aria-setsize={card.total}
      aria-posinset={card.offset + index + 1}
      className={css.card}
      style={{ marginTop: card.gap }}
      // A list of things to open is walked by keyboard like the table that it stands for.
      tabIndex={isFocused ? 0 : -1}
      onFocus={() => actions.focus(index)}
      onKeyDown={(event) => actions.key(event, index)}
    >
      {isSelected !== undefined && (
        <Tick
          checked={isSelected}
          aria-label={t('selectRow', { name: label })}
          onChange={() => actions.toggle(index)}
        />
      )}
      <div className={css.cardBody}>
        <div className={css.cardTitle}>
          {at('title')}
          {at('mark')}
        </div>
        <div className={css.cardLine}>{at('line')}</div>
      </div>
    </li>
  );
}
export const Card = memo(CardOf) as typeof CardOf;
