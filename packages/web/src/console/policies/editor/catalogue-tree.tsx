// The first column: everything that can be set, as a tree that one searches. Only the rows in view are in the page; one place in
// the order of tabs, arrows within.
import { Checkbox, Group, Select, Stack, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconChevronDown, IconChevronRight, IconPlus, IconSearch } from '@tabler/icons-react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  useDeferredValue,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Support } from '../model/field.ts';
import type { SearchIndex } from '../model/search-index.ts';
import { type TreeGroup, type TreeRow, treeRows } from '../model/tree.ts';
import css from './editor.module.css';
import { platformName, SupportBadges } from './support-badges.tsx';
import { editorTexts } from './texts.ts';

export interface CatalogueKey {
  readonly title: string;
  readonly support?: readonly Support[] | undefined;
}

export interface CatalogueTreeProps {
  readonly groups: readonly TreeGroup[];
  readonly index: SearchIndex;
  readonly keyOf: (id: string) => CatalogueKey | undefined;
  readonly stated: ReadonlySet<string>;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
  /** Absent: nothing can be added. */
  readonly onAdd?: ((id: string) => void) | undefined;
  readonly question: string;
  readonly onQuestion: (question: string) => void;
  /** To choose from; fewer than two: no choice. */
  readonly platforms: readonly string[];
}

const rowHeight = 34;
const none: ReadonlySet<string> = new Set();

function rowName(row: TreeRow): string {
  return `${row.kind}/${row.id}`;
}

export function CatalogueTree(props: CatalogueTreeProps) {
  const t = editorTexts.use();
  const { groups, index, keyOf, stated, question } = props;
  // A single group has nothing to choose between.
  const [open, setOpen] = useState<ReadonlySet<string>>(() =>
    groups.length === 1 ? new Set(groups.map(({ id }) => id)) : none,
  );
  const [onlyStated, setOnlyStated] = useState(false);
  const [platform, setPlatform] = useState<string | null>(null);
  // The field shows each letter at once; the list may follow a moment later.
  const asked = useDeferredValue(question);
  const found = useMemo(() => (asked.trim() === '' ? undefined : index.find(asked)), [asked, index]);
  const shownGroups = useMemo(
    () =>
      platform === null
        ? groups
        : groups.map((group) => ({
            ...group,
            keys: group.keys.filter(
              (id) => keyOf(id)?.support?.some((row) => row.platform === platform) ?? false,
            ),
          })),
    [groups, keyOf, platform],
  );
  const rows = useMemo(
    () => treeRows(shownGroups, { found, open, stated, onlyStated }),
    [shownGroups, found, open, stated, onlyStated],
  );
  const count = rows.filter(({ kind }) => kind === 'key').length;
  return (
    <Stack gap="xs" role="search" aria-label={t('catalogue')}>
      <TextInput
        label={t('searchLabel', { count: index.size })}
        placeholder={t('searchHint')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={question}
        onChange={(event) => props.onQuestion(event.currentTarget.value)}
        type="search"
        autoComplete="off"
      />
      <Group gap="xs" justify="space-between">
        <Checkbox
          size="xs"
          label={t('onlySet')}
          checked={onlyStated}
          onChange={(event) => setOnlyStated(event.currentTarget.checked)}
        />
        {props.platforms.length > 1 && (
          <Select
            size="xs"
            w={140}
            aria-label={t('platform')}
            placeholder={t('everyPlatform')}
            clearable
            value={platform}
            onChange={setPlatform}
            data={props.platforms.map((each) => ({ value: each, label: platformName(each) }))}
          />
        )}
      </Group>
      <VisuallyHidden role="status">{found === undefined ? '' : t('found', { count })}</VisuallyHidden>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('nothingFound')}
        </Text>
      ) : (
        <Tree
          {...props}
          rows={rows}
          onToggle={(id) =>
            setOpen((before) => {
              const next = new Set(before);
              if (!next.delete(id)) next.add(id);
              return next;
            })
          }
        />
      )}
    </Stack>
  );
}

interface TreeProps extends CatalogueTreeProps {
  readonly rows: readonly TreeRow[];
  readonly onToggle: (id: string) => void;
}

function Tree(props: TreeProps) {
  const t = editorTexts.use();
  const { rows, onSelect, onAdd, onToggle } = props;
  const place = useRef<HTMLDivElement>(null);
  // By name and not by number: more may be found above it while somebody is on it.
  const [at, setAt] = useState<string>();
  const goesTo = useRef<string>(undefined);
  const active = Math.max(
    0,
    rows.findIndex((row) => rowName(row) === at),
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => place.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowName(row);
    },
    // The row one is on stays in the page wherever one scrolls; the focus would be lost with it.
    rangeExtractor: (range) =>
      [...new Set([active, ...defaultRangeExtractor(range)])]
        .filter((index) => index < rows.length)
        .sort((a, b) => a - b),
  });
  function focus(name: string): boolean {
    const row = place.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(name)}"]`);
    row?.focus();
    return row !== undefined && row !== null;
  }
  function go(index: number): void {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[next];
    if (row === undefined) return;
    const name = rowName(row);
    setAt(name);
    virtual.scrollToIndex(next, { align: 'auto' });
    // At once where it is in the page, so that the next key, however soon, is that row's; else as soon as it is drawn.
    goesTo.current = focus(name) ? undefined : name;
  }
  useLayoutEffect(() => {
    if (goesTo.current !== undefined && focus(goesTo.current)) goesTo.current = undefined;
  });
  function onKey(event: KeyboardEvent, index: number): void {
    const row = rows[index];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: index + 12,
      PageUp: index - 12,
    };
    const target = moves[event.key];
    if (target !== undefined) go(target);
    else if (event.key === 'ArrowRight' && row.kind === 'group' && !row.open) onToggle(row.id);
    else if (event.key === 'ArrowLeft') {
      if (row.kind === 'group' && row.open) onToggle(row.id);
      else if (row.kind === 'key')
        go(rows.findIndex((each) => each.kind === 'group' && each.id === row.group));
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (row.kind === 'group') onToggle(row.id);
      else if (event.key === 'Enter' && !row.set && onAdd) onAdd(row.id);
      else onSelect(row.id);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
  return (
    <div className={css.tree} ref={place} role="tree" aria-label={t('catalogue')}>
      <div className={css.treeInner} style={{ blockSize: virtual.getTotalSize() }} role="presentation">
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <TreeItem
              key={item.key}
              row={row}
              place={item.index}
              start={item.start}
              active={item.index === active}
              onFocus={() => setAt(rowName(row))}
              onKey={onKey}
              {...props}
            />
          );
        })}
      </div>
    </div>
  );
}

interface ItemProps extends TreeProps {
  readonly row: TreeRow;
  readonly place: number;
  readonly start: number;
  readonly active: boolean;
  readonly onFocus: () => void;
  readonly onKey: (event: KeyboardEvent, index: number) => void;
}

function TreeItem({ row, place, start, active, onFocus, onKey, ...props }: ItemProps) {
  const t = editorTexts.use();
  const name = useId();
  const common = {
    'data-row': rowName(row),
    style: { blockSize: rowHeight, transform: `translateY(${start}px)` },
    onFocus,
    onKeyDown: (event: KeyboardEvent) => onKey(event, place),
  } as const;
  if (row.kind === 'group') {
    return (
      <div
        {...common}
        role="treeitem"
        tabIndex={active ? 0 : -1}
        aria-level={1}
        aria-expanded={row.open}
        className={`${css.row} ${css.rowGroup}`}
        onClick={() => props.onToggle(row.id)}
      >
        {row.open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
        <span className={css.rowTitle}>{row.title}</span>{' '}
        <span className={css.rowCount}>
          {row.set}/{row.total}
        </span>
      </div>
    );
  }
  const key = props.keyOf(row.id);
  const title = key?.title ?? row.id;
  return (
    <div
      {...common}
      role="treeitem"
      tabIndex={active ? 0 : -1}
      aria-level={2}
      aria-selected={row.id === props.selected}
      aria-labelledby={`${name}-title ${name}-rest`}
      className={`${css.row} ${css.rowKey}`}
      onClick={() => props.onSelect(row.id)}
      onDoubleClick={() => !row.set && props.onAdd?.(row.id)}
    >
      <span className={css.rowTitle} title={title} id={`${name}-title`}>
        {title}
      </span>{' '}
      <span id={`${name}-rest`}>
        <SupportBadges support={key?.support} short />
        {row.set && <VisuallyHidden>{t('isSet')}</VisuallyHidden>}
      </span>
      {row.set ? (
        <IconCheck size={16} aria-hidden />
      ) : (
        props.onAdd && (
          // By keyboard it is Enter on the row; a second stop in each row would be thousands.
          <button
            type="button"
            className={css.rowAdd}
            tabIndex={-1}
            aria-label={t('addKey', { name: title })}
            onClick={(event) => {
              event.stopPropagation();
              props.onAdd?.(row.id);
            }}
          >
            <IconPlus size={14} aria-hidden />
          </button>
        )
      )}
    </div>
  );
}
