// The audit record: whether it is whole, and what stands in it.
import type { AuditEntry } from '@gatehouse/contracts/admin/audit.ts';
import { Anchor, Button, Drawer, Group, Select, Stack, TextInput } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useList } from '../../../api/hooks.ts';
import { listAuditEntries } from '../../../api/operations/activity.ts';
import { type Column, DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { Page } from '../../../design/page.tsx';
import { Plain } from '../../../design/plain.tsx';
import { addressWith } from '../../../design/search-params.ts';
import { useReplaceAddress } from '../../../design/use-replace-address.ts';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { formatNumber } from '../../../language/format.ts';
import { ActorName } from '../../actors/actor-name.tsx';
import { activityTexts } from '../texts.ts';
import { type AuditSearch, auditQuery, isFiltered, outcomes, readAuditSearch } from './audit-search.ts';
import { EntryDetails } from './entry-details.tsx';
import { Verification } from './verification.tsx';

const outcomeKinds = { done: 'ok', refused: 'grace', failed: 'bad' } as const;

export function AuditPage() {
  const t = activityTexts.use();
  const search = useAuditSearch();
  const list = useList(listAuditEntries, { query: auditQuery(search) });
  const [opened, setOpened] = useState<AuditEntry | null>(null);
  const columns: Column<AuditEntry>[] = [
    {
      key: 'action',
      title: t('action'),
      card: 'title',
      render: (entry) => (
        <Anchor
          component="button"
          type="button"
          size="sm"
          onClick={() => setOpened(entry)}
          title={t('details')}
        >
          {entry.action}
        </Anchor>
      ),
    },
    {
      key: 'time',
      title: t('time'),
      width: '11rem',
      render: (entry) => <Time at={entry.time} form="time" />,
    },
    {
      key: 'who',
      title: t('who'),
      render: (entry) => <ActorName reference={`${entry.actor.kind}:${entry.actor.id}`} />,
    },
    {
      key: 'target',
      title: t('target'),
      render: (entry) =>
        entry.target && <Plain text={`${entry.target.kind} ${entry.target.id}`} limit={60} />,
    },
    {
      key: 'result',
      title: t('result'),
      width: '9rem',
      card: 'mark',
      render: (entry) => <StatusMark kind={outcomeKinds[entry.outcome]} word={t(entry.outcome)} />,
    },
  ];
  const filtered = isFiltered(search);
  return (
    <Page
      title={t('audit')}
      meaning={t('auditMeaning')}
      status={<Verification.Mark />}
      action={<Verification.Actions />}
    >
      <Filters search={search} />
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('audit')}
          columns={columns}
          rows={list.items}
          rowKey={(entry) => entry.id}
          rowLabel={(entry) => entry.action}
          isPending={list.isPending}
          isStale={list.isStale}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          empty={
            <EmptyState title={filtered ? t('nothingMatches') : t('emptyTitle')}>
              {filtered ? t('nothingMatchesText') : t('empty')}
            </EmptyState>
          }
        />
      )}
      <Drawer
        opened={opened !== null}
        onClose={() => setOpened(null)}
        position="right"
        size="lg"
        title={
          typeof opened?.seq === 'number' ? t('entry', { seq: formatNumber(opened.seq) }) : t('notLinked')
        }
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        {opened && <EntryDetails entry={opened} onLeave={() => setOpened(null)} />}
      </Drawer>
    </Page>
  );
}

function useAuditSearch(): AuditSearch {
  const search = useSearch({ strict: false });
  return useMemo(() => readAuditSearch(search), [search]);
}

/** Typed ones are asked for once somebody stops typing; all of them stand in the address. */
function Filters({ search }: { search: AuditSearch }) {
  const t = activityTexts.use();
  const replaceAddress = useReplaceAddress();
  const [typed, setTyped] = useState(search);
  const [known, setKnown] = useState(search);
  if (known !== search) {
    setKnown(search);
    setTyped(search);
  }
  const go = (next: AuditSearch) => replaceAddress(addressWith('/activity/audit', { ...next }));
  useEffect(() => {
    if (typed === search) return undefined;
    const timer = setTimeout(() => replaceAddress(addressWith('/activity/audit', { ...typed })), 400);
    return () => clearTimeout(timer);
  }, [typed, search, replaceAddress]);
  const field = (name: 'action' | 'target' | 'actor', label: string, placeholder: string) => (
    <TextInput
      type="search"
      label={label}
      placeholder={placeholder}
      value={typed[name]}
      onChange={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
      maxLength={200}
      flex="1 1 11rem"
    />
  );
  const date = (name: 'since' | 'until', label: string) => (
    <TextInput
      type="date"
      label={label}
      value={typed[name]}
      onChange={(event) => go({ ...typed, [name]: event.currentTarget.value })}
      flex="0 1 10rem"
    />
  );
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="sm">
        {field('action', t('actionFilter'), t('actionHint'))}
        {field('target', t('targetFilter'), t('targetHint'))}
        {field('actor', t('actorFilter'), t('actorHint'))}
        <Select
          label={t('outcomeFilter')}
          flex="0 1 10rem"
          data={[
            { value: '', label: t('all') },
            ...outcomes.map((each) => ({ value: each, label: t(each) })),
          ]}
          value={search.outcome ?? ''}
          allowDeselect={false}
          onChange={(chosen) => go({ ...typed, outcome: outcomes.find((each) => each === chosen) })}
        />
        {date('since', t('since'))}
        {date('until', t('until'))}
        {isFiltered(search) && (
          <Button
            variant="default"
            onClick={() =>
              go({ actor: '', action: '', target: '', outcome: undefined, since: '', until: '' })
            }
          >
            {t('clear')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
