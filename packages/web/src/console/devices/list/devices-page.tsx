// The devices of an organization: found by anything, in any order, with what can be done to many at once.
import { Alert, Anchor, Button, Group, Pill, Stack } from '@mantine/core';
import type { CountRequest } from '@gatehouse/contracts/admin/searches.ts';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { send } from '../../../api/call.ts';
import { useRead } from '../../../api/hooks.ts';
import {
  countDevices,
  type DeviceListQuery,
  exportDevices,
  getSelection,
  searchDevices,
} from '../../../api/operations/fleet.ts';
import { useReplaceAddress } from '../../../design/use-replace-address.ts';
import { notifyDone, notifyProblem } from '../../../design/notify.tsx';
import { Page } from '../../../design/page.tsx';
import { useAddressOf } from '../../../design/route-link.tsx';
import { formatNumber } from '../../../language/format.ts';
import { useLive } from '../../../live/use-live.ts';
import { QueryField, useNames, useUnderstood } from '../../query/query-field.tsx';
import { withClause } from '../../query/short-form.ts';
import { isColumn } from './columns.tsx';
import { NotFound, PasteDialog, SaveViewDialog } from './dialogs.tsx';
import { type Counted, FoundDevices } from './found-devices.tsx';
import {
  columnKeys,
  devicesAddress,
  type DevicesSearch,
  exportColumns,
  fileName,
  questionOf,
} from './list-search.ts';
import { listTexts } from './texts.ts';
import { ColumnsMenu, FilterMenu, MoreMenu, ViewsMenu } from './toolbar.tsx';

const route = getRouteApi('/devices');
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
  const total = useTotal(question);
  const [dialog, setDialog] = useState<'paste' | 'save'>();
  const [exporting, setExporting] = useState(false);

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
          <Changes />
        </Group>
        {search.list !== '' && <KeptList id={search.list} onRemove={() => change({ list: '' })} />}
      </Stack>
      <FoundDevices search={search} question={question} total={total} onChange={change} />
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
    </Page>
  );
}

/** The last question that was understood: what is being typed wrongly does not empty the page. */
function useSettled<Value>(value: Value, isGood: boolean): Value | undefined {
  const last = useRef<Value>(undefined);
  if (isGood) last.current = value;
  return last.current;
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
function Changes() {
  const t = listTexts.use();
  const client = useQueryClient();
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
        void client.invalidateQueries({ queryKey: [searchDevices.id] });
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

function saveFile(content: Blob, name = 'devices.csv'): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 1_000);
}
