import type { HardwareBlock } from '@gatehouse/contracts/admin/devices.ts';
import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useChange, useList } from '../../api/hooks.ts';
import { addHardwareBlock, listHardwareBlocks, removeHardwareBlock } from '../../api/operations/enrolment.ts';
import { Ask } from '../../design/ask.tsx';
import { CopyText } from '../../design/copy-text.tsx';
import { type Column, DataTable } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { notifyDone } from '../../design/notify.tsx';
import { Plain } from '../../design/plain.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { Time } from '../../design/time.tsx';
import { useMay } from '../../session/session.ts';
import { ActorName } from '../actors/actor-name.tsx';
import { enrolmentTexts } from './texts.ts';

const kinds = ['serial', 'udid', 'imei', 'meid', 'mac'] as const satisfies readonly HardwareBlock['kind'][];

export function BlockedTab() {
  const t = enrolmentTexts.use();
  const mayBlock = useMay()('devices.delete');
  const [adding, setAdding] = useState(false);
  const [asked, setAsked] = useState<HardwareBlock | null>(null);
  const list = useList(listHardwareBlocks, { query: { limit: 100 } });
  const release = useChange(removeHardwareBlock, {
    refreshes: [listHardwareBlocks],
    onDone() {
      setAsked(null);
      notifyDone(t('released'));
    },
  });
  const columns: Column<HardwareBlock>[] = [
    { key: 'value', title: t('value'), card: 'title', render: (row) => <CopyText value={row.value} /> },
    { key: 'kind', title: t('kind'), width: '10rem', render: (row) => t(row.kind) },
    { key: 'reason', title: t('reason'), render: (row) => <Plain text={row.reason} /> },
    { key: 'by', title: t('by'), width: '11rem', render: (row) => <ActorName reference={row.blockedBy} /> },
    { key: 'since', title: t('since'), width: '9rem', render: (row) => <Time at={row.createdAt} /> },
    {
      key: 'do',
      title: '',
      width: '8rem',
      render: (row) =>
        mayBlock && (
          <Button size="compact-xs" variant="default" onClick={() => setAsked(row)}>
            {t('release')}
          </Button>
        ),
    },
  ];
  if (list.error) return <Failure problem={list.error} retry={list.refetch} />;
  return (
    <>
      {mayBlock && (
        <Group>
          <Button variant="default" onClick={() => setAdding(true)}>
            {t('block')}
          </Button>
        </Group>
      )}
      <DataTable
        label={t('blocked')}
        columns={columns}
        rows={list.items}
        rowKey={(row) => row.id}
        rowLabel={(row) => row.value}
        isPending={list.isPending}
        hasMore={list.hasMore}
        loadMore={list.loadMore}
        empty={<EmptyState title={t('emptyBlocked')}>{t('emptyBlockedText')}</EmptyState>}
      />
      <Modal opened={adding} onClose={() => setAdding(false)} title={t('blockTitle')}>
        {adding && <BlockForm onDone={() => setAdding(false)} />}
      </Modal>
      <Ask
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={t('releaseTitle', { value: plainLine(asked?.value ?? '', 60) })}
        verb={t('release')}
        keep={t('keep')}
        busy={release.isPending}
        problem={release.error}
        onConfirm={() => asked && release.mutate({ params: { blockId: asked.id } })}
      >
        {t('releaseText')}
      </Ask>
    </>
  );
}

function BlockForm({ onDone }: { onDone: () => void }) {
  const t = enrolmentTexts.use();
  const [kind, setKind] = useState<HardwareBlock['kind']>('serial');
  const [value, setValue] = useState('');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const add = useChange(addHardwareBlock, {
    refreshes: [listHardwareBlocks],
    onDone() {
      notifyDone(t('blockedDone'));
      onDone();
    },
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    setTried(true);
    if (value.trim() !== '' && reason.trim() !== '')
      add.mutate({ body: { kind, value: value.trim(), reason: reason.trim() } });
  }
  const needed = (text: string) => (tried && text.trim() === '' ? t('needed') : undefined);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Select
          label={t('kind')}
          data={kinds.map((each) => ({ value: each, label: t(each) }))}
          value={kind}
          allowDeselect={false}
          onChange={(chosen) => setKind(kinds.find((each) => each === chosen) ?? 'serial')}
        />
        <TextInput
          label={t('value')}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={needed(value)}
          maxLength={128}
          data-autofocus
        />
        <TextInput
          label={t('reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          error={needed(reason)}
          maxLength={500}
        />
        {add.error && <Failure problem={add.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending}>
            {t('block')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
