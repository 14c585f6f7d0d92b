// The devices that were found, what is ticked among them and what can be done with those. A component of its own: while one scrolls,
// a hundred more come every second, and nothing around the list is drawn again for them.
import { Anchor, Modal, Table, Text } from '@mantine/core';
import type { ListedDevice } from '@gatehouse/contracts/admin/searches.ts';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useList } from '../../../api/hooks.ts';
import { type DeviceListQuery, searchDevices } from '../../../api/operations/fleet.ts';
import { DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { rememberTrail } from '../device/neighbours.ts';
import { BulkBar } from './bulk-bar.tsx';
import { columnsOf } from './columns.tsx';
import { columnKeys, devicesAddress, type DevicesSearch, usualSort } from './list-search.ts';
import { PositionBar } from './position-bar.tsx';
import { listTexts } from './texts.ts';

const nobody: ReadonlySet<string> = new Set();
const rowsPerPage = 100;

/** How many match, as far as that is known. */
export interface Counted {
  readonly count: number | undefined;
  readonly isComplete: boolean;
  /** How many stand before the first row of a list that does not begin at its start. */
  readonly before: number | undefined;
}

export interface FoundDevicesProps {
  readonly search: DevicesSearch;
  /** undefined: what is asked is not understood yet. */
  readonly question: DeviceListQuery | undefined;
  readonly total: Counted;
  readonly onChange: (next: Partial<DevicesSearch>) => void;
}

export function FoundDevices({ search, question, total, onChange }: FoundDevicesProps) {
  const t = listTexts.use();
  const list = useList(
    searchDevices,
    { query: { ...question, limit: rowsPerPage } },
    { enabled: question !== undefined },
  );
  const [ticked, setTicked] = useState<{ readonly of: string; readonly ids: ReadonlySet<string> }>();
  const [compared, setCompared] = useState<readonly [string, string]>();
  const asked = question === undefined ? '' : JSON.stringify(question);
  // What was ticked in one answer says nothing about another.
  const selected = ticked?.of === asked ? ticked.ids : nobody;
  const setSelected = (next: ReadonlySet<string>) => setTicked({ of: asked, ids: next });
  useEffect(() => {
    const ids = list.items.map(({ id }) => id);
    rememberTrail({ from: devicesAddress(search), ids, total: total.count ?? ids.length });
  }, [list.items, total.count, search]);
  // The same as long as they are: rows that did not change are not drawn again.
  const columns = useMemo(() => columnsOf(columnKeys(search.cols), t), [search.cols, t]);
  const sort = search.sort === '' ? usualSort : search.sort;
  const latest = useRef(onChange);
  latest.current = onChange;
  const jump = useCallback((from: string) => {
    latest.current({ from });
    window.scrollTo({ top: 0 });
  }, []);
  return (
    <>
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
          onSort={({ by, direction }) => onChange({ sort: direction === 'desc' ? `-${by}` : by })}
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
            search.q === '' && search.list === '' ? (
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
                  <Anchor component="button" type="button" onClick={() => onChange({ q: '', list: '' })}>
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
      {compared !== undefined && (
        <Comparison
          devices={compared.flatMap((id) => list.items.find((device) => device.id === id) ?? [])}
          columns={columns}
          onClose={() => setCompared(undefined)}
        />
      )}
    </>
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
