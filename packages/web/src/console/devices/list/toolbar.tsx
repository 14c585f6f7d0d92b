// What stands beside the search: views, quick filters, columns, export, and a list to be pasted.
import { Button, Checkbox, Menu, Select, Stack } from '@mantine/core';
import { IconColumns3, IconDots, IconDownload, IconFilter, IconStar } from '@tabler/icons-react';
import { useState } from 'react';
import { useChange, useRead } from '../../../api/hooks.ts';
import { deleteView, listViews } from '../../../api/operations/fleet.ts';
import { notifyProblem } from '../../../design/notify.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { useMay } from '../../../session/session.ts';
import { fleetTexts } from '../../fleet/texts.ts';
import type { NameInfo } from '../../query/known.ts';
import { columnNames, isColumn } from './columns.tsx';
import { columnKeys, type DevicesSearch, writeColumns } from './list-search.ts';
import { listTexts } from './texts.ts';

type Change = (change: Partial<DevicesSearch>) => void;

const builtIn = [
  { key: 'all', q: '', sort: '' },
  { key: 'shutOut', q: 'gate:no', sort: '' },
  { key: 'notCompliant', q: 'is:bad', sort: '' },
  { key: 'silent', q: 'seen>7d', sort: 'seen' },
  { key: 'newest', q: '', sort: '-enrolled' },
] as const;

export function ViewsMenu({ onChange, onSave }: { onChange: Change; onSave: () => void }) {
  const t = listTexts.use();
  const may = useMay();
  const { data } = useRead(listViews, {});
  const remove = useChange(deleteView, {
    refreshes: [listViews],
    onError: (problem) => notifyProblem(problem),
  });
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconStar size={16} aria-hidden />}>
          {t('views')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {builtIn.map(({ key, q, sort }) => (
          <Menu.Item key={key} onClick={() => onChange({ q, sort, list: '' })}>
            {t(key)}
          </Menu.Item>
        ))}
        {(data?.items.length ?? 0) > 0 && <Menu.Divider />}
        {data?.items.map((view) => (
          <Menu.Item
            key={view.id}
            onClick={() =>
              onChange({ q: view.query, sort: view.sort, cols: writeColumns(view.columns), list: '' })
            }
          >
            {plainLine(view.name, 60)}
            {!view.own && ` (${t('shared', { name: plainLine(view.ownerName, 40) })})`}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={onSave}>{t('saveView')}</Menu.Item>
        {data?.items
          .filter((view) => view.own && (!view.shared || may('searches.manage')))
          .map((view) => (
            <Menu.Item key={view.id} c="red" onClick={() => remove.mutate({ params: { viewId: view.id } })}>
              {t('deleteView', { name: plainLine(view.name, 40) })}
            </Menu.Item>
          ))}
      </Menu.Dropdown>
    </Menu>
  );
}

const quick = {
  platform: ['ios', 'macos', 'windows', 'android', 'linux'],
  is: ['bad', 'grace', 'stale', 'unknown', 'exempt', 'unchecked', 'ok'],
  ownership: ['corporate', 'personal', 'unspecified'],
} as const;

/** One more condition; choosing one never takes another away. */
export function FilterMenu({ onAdd }: { onAdd: (clause: string) => void }) {
  const t = listTexts.use();
  const f = fleetTexts.use();
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconFilter size={16} aria-hidden />}>
          {t('filter')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        <Menu.Label>{t('column-standing')}</Menu.Label>
        {quick.is.map((each) => (
          <Menu.Item key={each} onClick={() => onAdd(`is:${each}`)}>
            {f(each)}
          </Menu.Item>
        ))}
        <Menu.Label>{t('column-os')}</Menu.Label>
        {quick.platform.map((each) => (
          <Menu.Item key={each} onClick={() => onAdd(`platform:${each}`)}>
            {f(each)}
          </Menu.Item>
        ))}
        <Menu.Label>{t('column-gates')}</Menu.Label>
        {(['network', 'mail', 'vpn'] as const).map((gate) => (
          <Menu.Item key={gate} onClick={() => onAdd(`gate.${gate}:no`)}>
            {f(gate)}: {f('deny')}, {f('quarantine')}
          </Menu.Item>
        ))}
        <Menu.Label>{t('column-ownership')}</Menu.Label>
        {quick.ownership.map((each) => (
          <Menu.Item key={each} onClick={() => onAdd(`ownership:${each}`)}>
            {f(each)}
          </Menu.Item>
        ))}
        <Menu.Label>{t('column-seen')}</Menu.Label>
        {['seen<1d', 'seen>1d', 'seen>7d', 'seen>30d', 'seen:never'].map((clause) => (
          <Menu.Item key={clause} onClick={() => onAdd(clause)}>
            {clause}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function ColumnsMenu(props: {
  search: DevicesSearch;
  names: ReadonlyMap<string, NameInfo>;
  onChange: Change;
}) {
  const t = listTexts.use();
  const [open, setOpen] = useState(false);
  const keys = columnKeys(props.search.cols);
  const show = (next: readonly string[]) => props.onChange({ cols: writeColumns(next) });
  const facts = [...props.names.values()]
    .filter(({ privacy, allowed, type }) => privacy !== null && allowed && type !== 'list')
    .map(({ name }) => name.replaceAll('_', '-'))
    .filter((name) => !keys.includes(name));
  return (
    <Menu position="bottom-end" shadow="md" closeOnItemClick={false} opened={open} onChange={setOpen}>
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconColumns3 size={16} aria-hidden />}>
          {t('columns')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown p="sm" mah={480} style={{ overflowY: 'auto' }}>
        <Stack gap={6}>
          {[...columnNames, ...keys.filter((key) => !isColumn(key))].map((key) => (
            <Checkbox
              key={key}
              size="sm"
              label={isColumn(key) ? t(`column-${key}`) : key}
              checked={keys.includes(key)}
              disabled={key === 'name'}
              onChange={(event) =>
                show(event.currentTarget.checked ? [...keys, key] : keys.filter((each) => each !== key))
              }
            />
          ))}
          <Select
            size="sm"
            label={t('factColumn')}
            data={facts}
            searchable
            value={null}
            limit={50}
            comboboxProps={{ withinPortal: false, transitionProps: { duration: 0 } }}
            onChange={(fact) => fact !== null && show([...keys, fact])}
          />
          <Button size="xs" variant="subtle" onClick={() => props.onChange({ cols: '' })}>
            {t('usualColumns')}
          </Button>
        </Stack>
      </Menu.Dropdown>
    </Menu>
  );
}

export function MoreMenu({
  onPaste,
  onExport,
  busy,
}: {
  onPaste: () => void;
  onExport: () => void;
  busy: boolean;
}) {
  const t = listTexts.use();
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconDownload size={16} aria-hidden />}
        onClick={onExport}
        loading={busy}
      >
        {t('csv')}
      </Button>
      <Button variant="default" size="xs" leftSection={<IconDots size={16} aria-hidden />} onClick={onPaste}>
        {t('paste')}
      </Button>
    </>
  );
}
