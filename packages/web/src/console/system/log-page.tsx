// The last lines of the server's log, for its operator.
import type { LogLines } from '@gatehouse/contracts/admin/log.ts';
import { Group, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useRead } from '../../api/hooks.ts';
import { readLog } from '../../api/operations/system.ts';
import { CopyText } from '../../design/copy-text.tsx';
import { type Column, DataTable } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { Plain } from '../../design/plain.tsx';
import { type StatusKind, StatusMark } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import { SystemPage } from './system-frame.tsx';
import { systemTexts } from './texts.ts';

type Line = LogLines['items'][number] & { readonly key: string };

const levels = ['debug', 'info', 'warn', 'error'] as const;
const kinds = {
  trace: 'unchecked',
  debug: 'unchecked',
  info: 'info',
  warn: 'grace',
  error: 'bad',
  fatal: 'bad',
} as const satisfies Record<Line['level'], StatusKind>;

export function LogPage() {
  const t = systemTexts.use();
  const [level, setLevel] = useState<(typeof levels)[number]>('info');
  const [words, setWords] = useState('');
  const [search] = useDebouncedValue(words.trim(), 300);
  const read = useRead(
    readLog,
    { query: { level, search: search || undefined } },
    { every: 5_000, keep: true },
  );
  const columns: Column<Line>[] = [
    { key: 'at', title: t('at'), width: '12rem', render: (line) => <Time at={line.at} form="time" /> },
    {
      key: 'message',
      title: t('message'),
      card: 'title',
      render: (line) => (
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <StatusMark
            kind={kinds[line.level]}
            word={line.level}
            {...(line.error === undefined ? {} : { why: <Plain text={line.error} /> })}
          />
          <Plain text={[line.message, line.code, line.reason, line.route].filter(Boolean).join(' · ')} />
        </Group>
      ),
    },
    {
      key: 'request',
      title: t('request'),
      width: '22rem',
      render: (line) => line.requestId !== undefined && <CopyText value={line.requestId} />,
    },
  ];
  return (
    <SystemPage tab="log">
      <Text size="sm">{t('logMeaning')}</Text>
      <Group align="flex-end">
        <Select
          label={t('level')}
          data={levels.map((each) => ({ value: each, label: t(each) }))}
          value={level}
          allowDeselect={false}
          onChange={(chosen) => setLevel(levels.find((each) => each === chosen) ?? 'info')}
        />
        <TextInput
          type="search"
          label={t('search')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          maxLength={100}
          flex="1 1 14rem"
        />
      </Group>
      {read.error ? (
        <Failure problem={read.error} retry={() => void read.refetch()} />
      ) : (
        <DataTable
          label={t('log')}
          columns={columns}
          rows={(read.data?.items ?? []).map((line, index) => ({ ...line, key: `${line.at} ${index}` }))}
          rowKey={(line) => line.key}
          rowLabel={(line) => line.message}
          isPending={read.isPending}
          empty={<EmptyState title={t('noLines')}>{t('noLinesText')}</EmptyState>}
        />
      )}
    </SystemPage>
  );
}
