// Rows, a hundred or a hundred thousand: only those in view are in the page, the keyboard goes through them all, and on a phone
// each is a card. What a row shows, and what is done with it, is its owner's.
import { Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import {
  defaultRangeExtractor,
  type Range,
  useWindowVirtualizer,
  type VirtualItem,
} from '@tanstack/react-virtual';
import {
  Fragment,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { formatNumber } from '../language/format.ts';
import type { Column, Selection } from './data-column.ts';
import { Card, GridRow, type RowProps, useRowActions } from './data-rows.tsx';
import css from './design.module.css';
import { Loading } from './loading.tsx';
import { plainPages } from './plain-pages.ts';
import { designTexts } from './texts.ts';
import { Tick } from './tick.tsx';

export type { Column, Selection };

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
  const keyOf = useRef(rowKey);
  keyOf.current = rowKey;
  // Another function means to the virtualizer that each row has another place: thousands would be reckoned with every frame.
  const getItemKey = useCallback(
    (index: number) => {
      const row = rows[index];
      return row === undefined ? index : keyOf.current(row);
    },
    [rows],
  );
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (narrow ? cardHeight : rowHeight),
    // Plain pages hold every loaded row.
    overscan: plainPages() ? rows.length : 8,
    scrollMargin: margin,
    getItemKey,
    rangeExtractor: keepFocused,
  });
  const actions = useRowActions({
    ...props,
    setFocused,
    scrollTo: (index) => virtual.scrollToIndex(index, { align: 'auto' }),
  });
  const rowProps = (row: Row, index: number): RowProps<Row> => ({
    row,
    index,
    actions,
    offset: props.offset ?? 0,
    columns: props.columns,
    label: props.rowLabel(row),
    isSelected: props.selection?.selected.has(rowKey(row)),
    isFocused: index === focused,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && last >= rows.length - ahead) loadMore?.();
  }, [hasMore, last, rows.length, loadMore]);

  // A page may come empty while there is more to look through.
  if (props.isPending || (rows.length === 0 && hasMore)) return <Loading lines={8} height={36} />;
  if (rows.length === 0) return <>{props.empty}</>;
  const inner = { ...props, shown, virtual, margin, rowProps };
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
  readonly rowProps: (row: Row, index: number) => RowProps<Row>;
}

/** The row that has the keyboard may be far from those in view: what is between them keeps its height. */
function gapBefore(shown: readonly VirtualItem[], at: number): number {
  const [before, item] = [shown[at - 1], shown[at]];
  return before === undefined || item === undefined ? 0 : Math.max(0, item.start - before.end);
}

function Grid<Row>(inner: Inner<Row>) {
  const { columns, rows, selection, shown, virtual, margin } = inner;
  const first = shown[0];
  const before = first === undefined ? 0 : first.start - margin;
  const after = virtual.getTotalSize() - ((shown.at(-1)?.end ?? margin) - margin);
  const width = columns.length + (selection ? 1 : 0);
  return (
    <table
      className={css.table}
      role="grid"
      aria-label={inner.label}
      aria-rowcount={(inner.total ?? rows.length) + 1}
      data-rows
    >
      <Head
        columns={columns}
        rows={rows}
        rowKey={inner.rowKey}
        selection={selection}
        sorting={inner.sorting}
        onSort={inner.onSort}
      />
      <tbody>
        <tr className={css.spacer} aria-hidden>
          <td colSpan={width} style={{ height: before }} />
        </tr>
        {shown.map((item, at) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const gap = gapBefore(shown, at);
          return (
            <Fragment key={item.key}>
              {gap > 0 && (
                <tr className={css.spacer} aria-hidden>
                  <td colSpan={width} style={{ height: gap }} />
                </tr>
              )}
              <GridRow {...inner.rowProps(row, item.index)} />
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

interface HeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly selection: Selection | undefined;
  readonly sorting: Sorting | undefined;
  readonly onSort: ((sorting: Sorting) => void) | undefined;
}

function HeadOf<Row>({ columns, rows, rowKey, selection, sorting, onSort }: HeadProps<Row>) {
  const t = designTexts.use();
  const isSelected = (row: Row) => selection?.selected.has(rowKey(row)) ?? false;
  const any = (selection?.selected.size ?? 0) > 0;
  const all = any && rows.every(isSelected);
  const some = any && !all && rows.some(isSelected);
  return (
    <thead>
      <tr aria-rowindex={1}>
        {selection && (
          <th scope="col" style={{ width: '2.75rem' }}>
            <Tick
              checked={all}
              indeterminate={some}
              aria-label={t('selectLoaded')}
              onChange={() =>
                selection.onChange(new Set(all ? [] : [...selection.selected, ...rows.map(rowKey)]))
              }
            />
          </th>
        )}
        {columns.map((column) => (
          <Heading key={column.key} column={column} sorting={sorting} onSort={onSort} />
        ))}
      </tr>
    </thead>
  );
}
/** It stays what it is while one scrolls. */
const Head = memo(HeadOf) as typeof HeadOf;

interface HeadingProps<Row> extends Pick<HeadProps<Row>, 'sorting' | 'onSort'> {
  readonly column: Column<Row>;
}

function Heading<Row>({ column, sorting, onSort }: HeadingProps<Row>) {
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
  const { rows, shown, virtual, margin } = inner;
  const total = inner.total ?? rows.length;
  const before = (shown[0]?.start ?? margin) - margin;
  const after = virtual.getTotalSize() - ((shown.at(-1)?.end ?? margin) - margin);
  return (
    <>
      <Text size="xs" c="dimmed">
        {t('rows', { count: total }).replace(String(total), formatNumber(total))}
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
          return (
            <Card
              key={item.key}
              {...inner.rowProps(row, item.index)}
              total={total}
              gap={gapBefore(shown, at)}
              measure={virtual.measureElement}
            />
          );
        })}
      </ul>
    </>
  );
}
