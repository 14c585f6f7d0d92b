import type { Enrollment } from '@gatehouse/contracts/admin/enrollments.ts';
import { Button, Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useChange, useList } from '../../api/hooks.ts';
import { cancelEnrollment, listEnrollments, listInvitations } from '../../api/operations/enrolment.ts';
import { Ask } from '../../design/ask.tsx';
import { type Column, DataTable } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { notifyDone } from '../../design/notify.tsx';
import { Plain } from '../../design/plain.tsx';
import { plainLine } from '../../design/plain-text.ts';
import { RouteLink, useAddressOf } from '../../design/route-link.tsx';
import { addressWith } from '../../design/search-params.ts';
import { StatusMark } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import { useMay } from '../../session/session.ts';
import { codeStates, type EnrolmentSearch } from './enrolment-search.ts';
import { enrolmentTexts } from './texts.ts';
import { codeWords, platformWord } from './words.ts';

export function CodesTab({ state }: Pick<EnrolmentSearch, 'state'>) {
  const t = enrolmentTexts.use();
  const may = useMay();
  const navigate = useNavigate();
  const addressOf = useAddressOf();
  const [asked, setAsked] = useState<Enrollment | null>(null);
  const list = useList(
    listEnrollments,
    { query: { limit: 100, state } },
    { live: ['enrollment.*', 'device.enrolled', 'device.registered'] },
  );
  const cancel = useChange(cancelEnrollment, {
    refreshes: [listEnrollments, listInvitations],
    onDone() {
      setAsked(null);
      notifyDone(t('cancelled'));
    },
  });
  const who = (row: Enrollment) => row.email ?? (row.userId === null ? t('nobody') : t('hidden'));
  const columns: Column<Enrollment>[] = [
    { key: 'person', title: t('person'), card: 'title', render: (row) => <Plain text={who(row)} /> },
    {
      key: 'state',
      title: t('state'),
      width: '16rem',
      card: 'mark',
      render: (row) => <StatusMark kind={codeWords[row.state].kind} word={t(codeWords[row.state].word)} />,
    },
    { key: 'platform', title: t('platform'), width: '9rem', render: (row) => platformWord(row.platform, t) },
    { key: 'ownership', title: t('ownership'), width: '9rem', render: (row) => t(row.ownership) },
    { key: 'expires', title: t('expires'), width: '10rem', render: (row) => <Time at={row.expiresAt} /> },
    {
      key: 'device',
      title: t('device'),
      width: '10rem',
      render: (row) =>
        row.deviceId !== null && may('devices.read') ? (
          <RouteLink to={`/devices/${row.deviceId}`} size="sm">
            {t('openDevice')}
          </RouteLink>
        ) : (
          row.state === 'open' &&
          may('enrollments.create') && (
            <Button size="compact-xs" variant="default" onClick={() => setAsked(row)}>
              {t('cancel')}
            </Button>
          )
        ),
    },
  ];
  return (
    <>
      <Select
        label={t('filterState')}
        w={260}
        maw="100%"
        value={state ?? ''}
        data={[
          { value: '', label: t('all') },
          ...codeStates.map((each) => ({ value: each, label: t(codeWords[each].word) })),
        ]}
        allowDeselect={false}
        onChange={(value) =>
          void navigate({ href: addressOf(addressWith('/enrolment', { tab: 'codes', state: value })) })
        }
      />
      {list.error ? (
        <Failure problem={list.error} retry={list.refetch} />
      ) : (
        <DataTable
          label={t('codes')}
          columns={columns}
          rows={list.items}
          rowKey={(row) => row.id}
          rowLabel={who}
          isPending={list.isPending}
          isStale={list.isStale}
          hasMore={list.hasMore}
          loadMore={list.loadMore}
          empty={<EmptyState title={t('emptyCodes')}>{t('emptyCodesText')}</EmptyState>}
        />
      )}
      <Ask
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={t('cancelTitle', { who: plainLine(asked === null ? '' : who(asked), 60) })}
        verb={t('cancel')}
        keep={t('keep')}
        busy={cancel.isPending}
        problem={cancel.error}
        onConfirm={() => asked && cancel.mutate({ params: { enrollmentId: asked.id } })}
      >
        {t('cancelText')}
      </Ask>
    </>
  );
}
