// The devices of an organization: found by anything, in any order, with what can be done to many at once.
import { Alert, Anchor, Button, Group, Modal, Pill, Stack, Table, Text } from '@mantine/core';
import type { CountRequest, ListedDevice } from '@gatehouse/contracts/admin/searches.ts';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { send } from '../../../api/call.ts';
import { useList, useRead } from '../../../api/hooks.ts';
import {
  countDevices,
  type DeviceListQuery,
  exportDevices,
  getSelection,
  searchDevices,
} from '../../../api/operations/fleet.ts';
import { useReplaceAddress } from '../../../design/use-replace-address.ts';
import { DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { notifyDone, notifyProblem } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink, useAddressOf } from '../../../design/route-link.tsx';
import { formatNumber } from '../../../language/format.ts';
import { useLive } from '../../../live/use-live.ts';
import { QueryField, useNames, useUnderstood } from '../../query/query-field.tsx';
import { withClause } from '../../query/short-form.ts';
import { rememberTrail } from '../device/neighbours.ts';
import { BulkBar } from './bulk-bar.tsx';
import { columnsOf, isColumn } from './columns.tsx';
import { NotFound, PasteDialog, SaveViewDialog } from './dialogs.tsx';
import {
  columnKeys,
  devicesAddress,
  type DevicesSearch,
  exportColumns,
  fileName,
  questionOf,
  usualSort,
} from './list-search.ts';
import { listTexts } from './texts.ts';
import { PositionBar } from './position-bar.tsx';
import { ColumnsMenu, FilterMenu, MoreMenu, ViewsMenu } from './toolbar.tsx';

const route = getRouteApi('/devices');
const nobody: ReadonlySet<string> = new Set();
const rowsPerPage = 100;
/** Milliseconds after which a count that has to look at devices one by one says what it has so far. */
const firstCount = 400;

export function DevicesPage() {
  const t = listTexts.use();
  const search = route.useSearch() as DevicesSearch;
  const navigate = useNavigate();
  const addressOf = useAddressOf();
  const replaceAddress = useReplaceAddress();
  const change = (next: Partial<DevicesSearch>) => {
    // What is asked otherwise is shown from its start.
    const from = 'from' in next || 'cols' in next ? search.from : '';
    const to = devicesAddress({ ...search, from, ...next });
    if ('q' in next || 'from' in next) replaceAddress(to);
    else void navigate({ href: addressOf(to) });
  };
  const { names, isPending: namesPending } = useNames();
  const understood = useUnderstood(search.q, names);
  const keys = useMemo(() => columnKeys(search.cols), [search.cols]);
  const question = useSettled(
    questionOf(
      search,
      understood,
      keys.filter((key) => !isColumn(key)),
    ),
    understood.problems.length === 0 && !(namesPending && search.q !== ''),
  );
  const list = useList(
    searchDevices,
    { query: { ...question, limit: rowsPerPage } },
    { enabled: question !== undefined },
  );
  const total = useTotal(question);
  const [ticked, setTicked] = useState<{ readonly of: string; readonly ids: ReadonlySet<string> }>();
  const [dialog, setDialog] = useState<'paste' | 'save'>();
  const [compared, setCompared] = useState<readonly [string, string]>();
  const [exporting, setExporting] = useState(false);
  const asked = question === undefined ? '' : JSON.stringify(question);
  // What was ticked in one answer says nothing about another.
  const selected = ticked?.of === asked ? ticked.ids : nobody;
  const setSelected = (next: ReadonlySet<string>) => setTicked({ of: asked, ids: next });
  const ids = useMemo(() => list.items.map(({ id }) => id), [list.items]);
  useEffect(() => {
    rememberTrail({ from: devicesAddress(search), ids, total: total.count ?? ids.length });
  }, [ids, total.count, search]);
  // The same as long as they are: rows that did not change are not drawn again.
  const columns = useMemo(() => columnsOf(keys, t), [keys, t]);
  const sort = search.sort === '' ? usualSort : search.sort;

  function jump(from: string): void {
    change({ from });
    window.scrollTo({ top: 0 });
  }

  async function exportAll(): Promise<void> {
    if (question === undefined) return;
    setExporting(true);
    try {
      const { facts: _facts, from: _from, ...rest } = question;
      const query = { ...rest, columns: exportColumns(keys), name: fileName(search.q) };
      const answer = await send(exportDevices, { query });
      saveFile(
        await answer.blob(),
        /filename="([\w.-]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1],
      );
      notifyDone(t('csvDone'));
    } catch (problem) {
      notifyProblem(problem, t('csvFailed'));
    } finally {
      setExporting(false);
    }
  }

  const isUnfiltered = search.q === '' && search.list === '';
  return (
    <Page
      title={t('title')}
      meaning={<Total count={total.count} isComplete={total.isComplete} />}
      action={
        <Button component="a" href={addressOf('/enrolment')}>
          {t('enrol')}
        </Button>
      }
    >
      <Stack gap="xs">
        <QueryField value={search.q} onChange={(q) => change({ q })} names={names} understood={understood} />
        <Group gap="xs">
          <ViewsMenu onChange={change} onSave={() => setDialog('save')} />
          <FilterMenu onAdd={(clause) => change({ q: withClause(search.q, clause) })} />
          <ColumnsMenu search={search} names={names} onChange={change} />
          <MoreMenu onPaste={() => setDialog('paste')} onExport={() => void exportAll()} busy={exporting} />
          <Changes onShow={list.refetch} />
        </Group>
        {search.list !== '' && <KeptList id={search.list} onRemove={() => change({ list: '' })} />}
      </Stack>
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={list.items}
          rowKey={(device) => device.id}
          rowLabel={(device) => device.name}
          rowLink={(device) => `/devices/${device.id}`}
          selection={{ selected, onChange: setSelected }}
          sorting={{ by: sort.replace(/^-/, ''), direction: sort.startsWith('-') ? 'desc' : 'asc' }}
          onSort={({ by, direction }) => change({ sort: direction === 'desc' ? `-${by}` : by })}
          {...(total.count === undefined ? {} : { total: total.count })}
          {...(total.before === undefined ? {} : { offset: total.before })}
          renderPlace={(view) => (
            <PositionBar
              view={view}
              before={total.before}
              total={total.isComplete ? total.count : undefined}
              search={search}
              onJump={jump}
            />
          )}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          isPending={list.isPending && question !== undefined}
          isStale={list.isStale}
          empty={
            isUnfiltered ? (
              <EmptyState
                title={t('nothingYet')}
                action={<RouteLink to="/enrolment">{t('enrol')}</RouteLink>}
              >
                {t('nothingYetText')}
              </EmptyState>
            ) : (
              <EmptyState
                title={t('nothingMatches')}
                action={
                  <Anchor component="button" type="button" onClick={() => change({ q: '', list: '' })}>
                    {t('clearFilter')}
                  </Anchor>
                }
              >
                {t('nothingMatchesText')}
              </EmptyState>
            )
          }
        />
      )}
      <BulkBar
        key={asked}
        selected={selected}
        total={total.count}
        loaded={list.items.length}
        question={question ?? {}}
        onUnselect={() => setSelected(new Set())}
        onCompare={setCompared}
      />
      {dialog === 'paste' && (
        <PasteDialog
          onClose={() => setDialog(undefined)}
          onFound={(id) => {
            setDialog(undefined);
            change({ list: id });
          }}
        />
      )}
      {dialog === 'save' && <SaveViewDialog search={search} onClose={() => setDialog(undefined)} />}
      {compared !== undefined && (
        <Comparison
          devices={compared.flatMap((id) => list.items.find((device) => device.id === id) ?? [])}
          columns={columns}
          onClose={() => setCompared(undefined)}
        />
      )}
    </Page>
  );
}

/** The last question that was understood: what is being typed wrongly does not empty the page. */
function useSettled<Value>(value: Value, isGood: boolean): Value | undefined {
  const last = useRef<Value>(undefined);
  if (isGood) last.current = value;
  return last.current;
}

interface Counted {
  readonly count: number | undefined;
  readonly isComplete: boolean;
  /** How many stand before the first row of a list that does not begin at its start. */
  readonly before: number | undefined;
}

/** What is not counted soon is told as far as it is, and then counted again with more patience. */
function useTotal(question: DeviceListQuery | undefined): Counted {
  const { sort, from, facts: _facts, ...asked } = question ?? {};
  const body =
    from === undefined ? asked : { ...asked, sort: sort as NonNullable<CountRequest['sort']>, from };
  const soon = useRead(
    countDevices,
    { body: { ...body, patience: firstCount } },
    { enabled: question !== undefined, keep: true },
  );
  const isPart = soon.data?.complete === false && !soon.isPlaceholderData;
  const patient = useRead(countDevices, { body }, { enabled: question !== undefined && isPart });
  const data = (isPart ? patient.data : undefined) ?? soon.data;
  return {
    count: data?.matching,
    isComplete: data?.complete ?? true,
    before: from === undefined ? 0 : soon.isPlaceholderData ? undefined : data?.before,
  };
}

function Total({ count, isComplete }: Omit<Counted, 'before'>) {
  const t = listTexts.use();
  if (count === undefined) return <span aria-hidden>–</span>;
  const text = formatNumber(count);
  return (
    <span role="status">
      {isComplete ? t('matching', { count }).replace(String(count), text) : t('atLeast', { count: text })}
    </span>
  );
}

/** A row that is being read never moves away: changes are told, and shown when somebody wants them. */
function Changes({ onShow }: { onShow: () => void }) {
  const t = listTexts.use();
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  useLive(['device.*'], (events) =>
    setChanged((before) => new Set([...before, ...events.flatMap(({ data }) => data.subjectId ?? [])])),
  );
  if (changed.size === 0) return null;
  return (
    <Button
      variant="light"
      size="xs"
      ml="auto"
      onClick={() => {
        setChanged(new Set());
        onShow();
      }}
    >
      {t('changes', { count: changed.size })}
    </Button>
  );
}

function KeptList({ id, onRemove }: { id: string; onRemove: () => void }) {
  const t = listTexts.use();
  const { data, error } = useRead(getSelection, { params: { selectionId: id } });
  const [open, setOpen] = useState(false);
  if (error) {
    const gone = error.code === 'not-found';
    return (
      <Alert
        color="orange"
        variant="light"
        withCloseButton
        onClose={onRemove}
        closeButtonLabel={t('removeList')}
      >
        {gone ? t('listGone') : error.message}
      </Alert>
    );
  }
  if (data === undefined) return null;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Pill
          withRemoveButton
          onRemove={onRemove}
          removeButtonProps={{ 'aria-label': t('removeList'), 'aria-hidden': false, tabIndex: 0 }}
        >
          {t('listOf', { count: data.devices })}
        </Pill>
        {data.notFound.length > 0 && (
          <Anchor
            component="button"
            type="button"
            size="sm"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {t('notFound', { count: data.notFound.length })}
          </Anchor>
        )}
      </Group>
      {open && <NotFound missing={data.notFound} />}
    </Stack>
  );
}

function Comparison(props: {
  devices: readonly ListedDevice[];
  columns: ReturnType<typeof columnsOf>;
  onClose: () => void;
}) {
  const t = listTexts.use();
  const [one, other] = props.devices;
  if (one === undefined || other === undefined) return null;
  return (
    <Modal opened onClose={props.onClose} title={t('compareTitle')} size="xl">
      <Table.ScrollContainer minWidth={420}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              {[one, other].map((device) => (
                <Table.Th key={device.id} scope="col">
                  <Plain text={device.name} limit={60} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {props.columns.map((column) => (
              <Table.Tr key={column.key}>
                <Table.Th scope="row">
                  <Text size="sm">{column.title}</Text>
                </Table.Th>
                <Table.Td>{column.render(one)}</Table.Td>
                <Table.Td>{column.render(other)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Modal>
  );
}

function saveFile(content: Blob, name = 'devices.csv'): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
