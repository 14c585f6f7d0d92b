import type { Invitation } from '@gatehouse/contracts/admin/invitations.ts';
import { Button } from '@mantine/core';
import { useChange, useList } from '../../api/hooks.ts';
import { listEnrollments, listInvitations, resendInvitation } from '../../api/operations/enrolment.ts';
import { type Column, DataTable } from '../../design/data-table.tsx';
import { EmptyState } from '../../design/empty-state.tsx';
import { Failure } from '../../design/failure.tsx';
import { notifyDone, notifyProblem } from '../../design/notify.tsx';
import { Plain } from '../../design/plain.tsx';
import { StatusMark } from '../../design/status-mark.tsx';
import { Time } from '../../design/time.tsx';
import { useMay } from '../../session/session.ts';
import { ActorName } from '../actors/actor-name.tsx';
import { enrolmentTexts } from './texts.ts';
import { codeWords, invitationWords } from './words.ts';

export function InvitationsTab() {
  const t = enrolmentTexts.use();
  const may = useMay();
  const list = useList(
    listInvitations,
    { query: { limit: 100 } },
    { live: ['enrollment.*', 'device.registered'] },
  );
  const resend = useChange(resendInvitation, {
    refreshes: [listInvitations, listEnrollments],
    onDone: () => notifyDone(t('resent')),
    onError: (problem) => notifyProblem(problem),
  });
  const columns: Column<Invitation>[] = [
    {
      key: 'person',
      title: t('person'),
      card: 'title',
      render: (row) => (row.email === null ? t('hidden') : <Plain text={row.email} />),
    },
    {
      key: 'state',
      title: t('state'),
      card: 'mark',
      width: '16rem',
      render: (row) => (
        <StatusMark
          kind={codeWords[row.enrollmentState].kind}
          word={t(codeWords[row.enrollmentState].word)}
        />
      ),
    },
    {
      key: 'sent',
      title: t('sent'),
      width: '14rem',
      render: (row) => (
        <StatusMark
          kind={invitationWords[row.state].kind}
          word={t(invitationWords[row.state].word)}
          {...(row.problem === null ? {} : { why: <Plain text={row.problem} /> })}
        />
      ),
    },
    { key: 'made', title: t('made'), width: '9rem', render: (row) => <Time at={row.createdAt} /> },
    {
      key: 'by',
      title: t('by'),
      width: '11rem',
      card: 'hidden',
      render: (row) => <ActorName reference={row.createdBy} />,
    },
    {
      key: 'do',
      title: '',
      width: '9rem',
      render: (row) =>
        may('enrollments.create') &&
        row.enrollmentState !== 'completed' &&
        row.enrollmentState !== 'used' && (
          <Button
            size="compact-xs"
            variant="default"
            loading={resend.isPending && resend.variables.params.invitationId === row.id}
            onClick={() => resend.mutate({ params: { invitationId: row.id }, body: {} })}
          >
            {t('resend')}
          </Button>
        ),
    },
  ];
  if (list.error) return <Failure problem={list.error} retry={list.refetch} />;
  return (
    <DataTable
      label={t('invitations')}
      columns={columns}
      rows={list.items}
      rowKey={(row) => row.id}
      rowLabel={(row) => row.email ?? row.id}
      isPending={list.isPending}
      hasMore={list.hasMore}
      loadMore={list.loadMore}
      empty={<EmptyState title={t('emptyInvitations')}>{t('emptyInvitationsText')}</EmptyState>}
    />
  );
}
