// Rows, a hundred or a hundred thousand: only those in view are in the page, the keyboard goes through them all, and on a phone
// each is a card. What a row shows, and what is done with it, is its owner's.
import { Checkbox, Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import {
  defaultRangeExtractor,
  type Range,
  useWindowVirtualizer,
  type VirtualItem,
} from '@tanstack/react-virtual';
import {
  Fragment,
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import css from './design.module.css';
import { Loading } from './loading.tsx';
import { nextRow } from './row-keys.ts';
import { useAddressOf } from './route-link.tsx';
import { plainPages } from './plain-pages.ts';
import { designTexts } from './texts.ts';

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

export interface Sorting {
  readonly by: string;
  readonly direction: 'asc' | 'desc';
}

export interface DataTableProps<Row> {
  /** What the table is of, for assistive technology. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** What a row is called: in the label of its tick. */
  readonly rowLabel: (row: Row) => string;
  /** Where Enter leads. The name in the row is a link as well. */
  readonly rowLink?: (row: Row) => string;
  readonly selection?: Selection;
  readonly sorting?: Sorting;
  readonly onSort?: (sorting: Sorting) => void;
  /** Of all rows, loaded or not. */
  readonly total?: number;
  readonly hasMore?: boolean;
  readonly loadMore?: () => void;
  readonly isPending?: boolean;
  /** Rows of the question before. */
  readonly isStale?: boolean;
  readonly empty?: ReactNode;
  /** How many rows stand before the first that is loaded. */
  readonly offset?: number;
  /** What stands above the rows while one scrolls, of those in view, counted from 0; not above cards. */
  readonly renderPlace?: (view: { readonly first: number; readonly last: number }) => ReactNode;
}

/** Rows that are fetched before somebody gets there: what comes in two windows of a screen. */
const ahead = 60;

const rowHeight = 44;
const cardHeight = 76;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const { rows, hasMore = false, loadMore, rowKey } = props;
  const place = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  const [focused, setFocused] = useState(0);
  // Where the rows begin on the page moves with everything above them.
  useLayoutEffect(() => {
    const measure = () => {
      const top = place.current === null ? 0 : place.current.getBoundingClientRect().top + window.scrollY;
      setMargin((before) => (Math.abs(before - top) < 2 ? before : top));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [props.isPending]);
  const keepFocused = useCallback(
    (range: Range) => {
      const shown = defaultRangeExtractor(range);
      // The row that has the keyboard stays in the page, or the next key would be lost.
      return shown.includes(focused) || focused >= range.count
        ? shown
        : [...shown, focused].sort((a, b) => a - b);
    },
    [focused],
  );
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (narrow ? cardHeight : rowHeight),
    // Plain pages hold every loaded row.
    overscan: plainPages() ? rows.length : 8,
    scrollMargin: margin,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
    rangeExtractor: keepFocused,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= rows.length - ahead) loadMore?.();
  }, [hasMore, last, rows.length, loadMore]);

  // A page may come empty while there is more to look through.
  if (props.isPending || (rows.length === 0 && hasMore)) return <Loading lines={8} height={36} />;
  if (rows.length === 0) return <>{props.empty}</>;
  const inner = { ...props, shown, virtual, margin, focused, setFocused };
  return (
    <div
      ref={place}
      className={`${props.isStale ? css.dim : ''} ${props.renderPlace && !narrow ? css.placed : ''}`}
      aria-busy={props.isStale ?? false}
    >
      {props.renderPlace && !narrow && (
        <div className={css.place}>
          {props.renderPlace({ first: virtual.range?.startIndex ?? 0, last: virtual.range?.endIndex ?? -1 })}
        </div>
      )}
      {narrow ? <Cards {...inner} /> : <Grid {...inner} />}
    </div>
  );
}

interface Inner<Row> extends DataTableProps<Row> {
  readonly shown: readonly VirtualItem[];
  readonly virtual: ReturnType<typeof useWindowVirtualizer<Element>>;
  readonly margin: number;
  readonly focused: number;
  readonly setFocused: (index: number) => void;
}

/** Keys of a list: arrows, j and k, Home, End, Page Up and Down, space or x to tick, Enter to open. */
function useRowKeys<Row>(inner: Inner<Row>) {
  const navigate = useNavigate();
  const addressOf = useAddressOf();
  return (event: KeyboardEvent<HTMLElement>, index: number) => {
    // Keys inside a control of the row belong to it.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = inner.rows[index];
    if (row === undefined) return;
    if (event.key === 'Enter' && inner.rowLink) {
      event.preventDefault();
      void navigate({ href: addressOf(inner.rowLink(row)) });
      return;
    }
    if ((event.key === ' ' || event.key === 'x' || event.key === 'X') && inner.selection) {
      event.preventDefault();
      toggle(inner.selection, inner.rowKey(row));
      return;
    }
    const next = nextRow(event.key, index, inner.rows.length);
    if (next === undefined) return;
    event.preventDefault();
    const list = event.currentTarget.closest('[data-rows]');
    inner.setFocused(next);
    inner.virtual.scrollToIndex(next, { align: 'auto' });
    const focus = () => {
      const row = list?.querySelector<HTMLElement>(`[data-row="${next}"]`);
      row?.focus();
      return row !== undefined && row !== null;
    };
    // At once where it is in the page, so that the next key, however soon, is that row's; else as soon as it is drawn.
    if (!focus()) requestAnimationFrame(focus);
  };
}

function toggle(selection: Selection, key: string): void {
  const next = new Set(selection.selected);
  if (!next.delete(key)) next.add(key);
  selection.onChange(next);
}

/** The row that has the keyboard may be far from those in view: what is between them keeps its height. */
function gapBefore(shown: readonly VirtualItem[], at: number): number {
  const [before, item] = [shown[at - 1], shown[at]];
  return before === undefined || item === undefined ? 0 : Math.max(0, item.start - before.end);
}

function Grid<Row>(inner: Inner<Row>) {
  const t = designTexts.use();
  const onKey = useRowKeys(inner);
  const { columns, rows, selection, shown, virtual, margin } = inner;
  const first = shown[0];
  const before = first === undefined ? 0 : first.start - margin;
  const after = virtual.getTotalSize() - ((shown.at(-1)?.end ?? margin) - margin);
  const loaded = rows.map(inner.rowKey);
  const all =
    selection !== undefined && loaded.length > 0 && loaded.every((key) => selection.selected.has(key));
  const some = selection !== undefined && !all && loaded.some((key) => selection.selected.has(key));
  const width = columns.length + (selection ? 1 : 0);
  return (
    <table
      className={css.table}
      role="grid"
      aria-label={inner.label}
      aria-rowcount={(inner.total ?? rows.length) + 1}
      data-rows
    >
      <thead>
        <tr aria-rowindex={1}>
          {selection && (
            <th scope="col" style={{ width: '2.75rem' }}>
              <Checkbox
                size="xs"
                checked={all}
                indeterminate={some}
                aria-label={t('selectLoaded')}
                onChange={() => selection.onChange(new Set(all ? [] : [...selection.selected, ...loaded]))}
              />
            </th>
          )}
          {columns.map((column) => (
            <Heading key={column.key} column={column} {...inner} />
          ))}
        </tr>
      </thead>
      <tbody>
        <tr className={css.spacer} aria-hidden>
          <td colSpan={width} style={{ height: before }} />
        </tr>
        {shown.map((item, at) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const key = inner.rowKey(row);
          const gap = gapBefore(shown, at);
          return (
            <Fragment key={item.key}>
              {gap > 0 && (
                <tr className={css.spacer} aria-hidden>
                  <td colSpan={width} style={{ height: gap }} />
                </tr>
              )}
              <tr
                aria-rowindex={(inner.offset ?? 0) + item.index + 2}
                aria-selected={selection ? selection.selected.has(key) : undefined}
                tabIndex={item.index === inner.focused ? 0 : -1}
                data-row={item.index}
                onFocus={() => inner.setFocused(item.index)}
                onKeyDown={(event) => onKey(event, item.index)}
              >
                {selection && (
                  <td>
                    <Checkbox
                      size="xs"
                      checked={selection.selected.has(key)}
                      aria-label={t('selectRow', { name: inner.rowLabel(row) })}
                      onChange={() => toggle(selection, key)}
                    />
                  </td>
                )}
                {columns.map((column, index) => {
                  const content = column.render(row);
                  const align = column.align === 'end' ? css.end : '';
                  return index === 0 ? (
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
            </Fragment>
          );
        })}
        <tr className={css.spacer} aria-hidden>
          <td colSpan={width} style={{ height: Math.max(0, after) }} />
        </tr>
      </tbody>
    </table>
  );
}

function Heading<Row>({ column, sorting, onSort }: Inner<Row> & { column: Column<Row> }) {
  const t = designTexts.use();
  const sort = column.sort;
  const active = sort !== undefined && sorting?.by === sort ? sorting.direction : undefined;
  const style = column.width === undefined ? {} : { width: column.width };
  const align = column.align === 'end' ? css.end : '';
  if (sort === undefined || onSort === undefined) {
    return (
      <th scope="col" style={style} className={align}>
        {column.title === '' ? <VisuallyHidden>{t('actions')}</VisuallyHidden> : column.title}
      </th>
    );
  }
  return (
    <th
      scope="col"
      style={style}
      className={align}
      aria-sort={active === undefined ? 'none' : active === 'asc' ? 'ascending' : 'descending'}
    >
      <button
        type="button"
        className={css.sort}
        onClick={() => onSort({ by: sort, direction: active === 'asc' ? 'desc' : 'asc' })}
      >
        {column.title}
        {active === 'asc' && <IconArrowUp size={14} aria-label={t('sortedUp')} />}
        {active === 'desc' && <IconArrowDown size={14} aria-label={t('sortedDown')} />}
      </button>
    </th>
  );
}

function Cards<Row>(inner: Inner<Row>) {
  const t = designTexts.use();
  const onKey = useRowKeys(inner);
  const { columns, rows, selection, shown, virtual, margin } = inner;
  const at = (place: Column<Row>['card']) => columns.filter((column) => (column.card ?? 'line') === place);
  const [title, marks, lines] = [at('title'), at('mark'), at('line')];
  const before = (shown[0]?.start ?? margin) - margin;
  const after = virtual.getTotalSize() - ((shown.at(-1)?.end ?? margin) - margin);
  return (
    <>
      <Text size="xs" c="dimmed">
        {t('rows', { count: inner.total ?? rows.length })}
      </Text>
      <ul
        className={css.cards}
        aria-label={inner.label}
        data-rows
        style={{ paddingTop: before, paddingBottom: Math.max(0, after) }}
      >
        {shown.map((item, at) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const key = inner.rowKey(row);
          return (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              data-row={item.index}
              aria-setsize={inner.total ?? rows.length}
              aria-posinset={(inner.offset ?? 0) + item.index + 1}
              className={css.card}
              style={{ marginTop: gapBefore(shown, at) }}
              // A list of things to open is walked by keyboard like the table that it stands for.
              tabIndex={item.index === inner.focused ? 0 : -1}
              onFocus={() => inner.setFocused(item.index)}
              onKeyDown={(event) => onKey(event, item.index)}
            >
              {selection && (
                <Checkbox
                  checked={selection.selected.has(key)}
                  aria-label={t('selectRow', { name: inner.rowLabel(row) })}
                  onChange={() => toggle(selection, key)}
                />
              )}
              <div className={css.cardBody}>
                <div className={css.cardTitle}>
                  {title.map((column) => (
                    <span key={column.key}>{column.render(row)}</span>
                  ))}
                  {marks.map((column) => (
                    <span key={column.key}>{column.render(row)}</span>
                  ))}
                </div>
                <div className={css.cardLine}>
                  {lines.map((column) => (
                    <span key={column.key}>{column.render(row)}</span>
                  ))}
                </div>
              </div>
            </li>
          );
        })}
      </ul>
    </>
  );
}
