// What people agree to before they enrol: documents with versions, and who agreed to which.
import type { Terms } from '@gatehouse/contracts/admin/terms.ts';
import { Button, Group, Title } from '@mantine/core';
import { useState } from 'react';
import { useChange, useList } from '../../../api/hooks.ts';
import {
  deleteTerms,
  listAcceptances,
  listTerms,
  publishTerms,
  withdrawTerms,
} from '../../../api/operations/settings.ts';
import { Ask } from '../../../design/ask.tsx';
import { DataTable } from '../../../design/data-table.tsx';
import { EmptyState } from '../../../design/empty-state.tsx';
import { Failure } from '../../../design/failure.tsx';
import { plainLine } from '../../../design/plain-text.ts';
import { Plain } from '../../../design/plain.tsx';
import { RouteLink } from '../../../design/route-link.tsx';
import { StatusMark } from '../../../design/status-mark.tsx';
import { Time } from '../../../design/time.tsx';
import { useMay } from '../../../session/session.ts';
import { SettingsFrame } from '../settings-frame.tsx';
import { settingsTexts } from '../texts.ts';
import { DocumentDialog } from './document-dialog.tsx';

const kinds = { draft: 'pending', published: 'ok', withdrawn: 'unchecked' } as const;

interface Deed {
  readonly what: 'publish' | 'withdraw' | 'delete';
  readonly terms: Terms;
}

export function LegalPage() {
  const t = settingsTexts.use();
  const may = useMay();
  const documents = useList(listTerms, { query: { limit: 100 } });
  const acceptances = useList(listAcceptances, { query: { limit: 50 } });
  const [edited, setEdited] = useState<Terms | 'new'>();
  const [deed, setDeed] = useState<Deed>();
  const byId = new Map(documents.items.map((each) => [each.id, each]));
  const newButton = may('terms.manage') && (
    <Button onClick={() => setEdited('new')}>{t('newDocument')}</Button>
  );
  return (
    <SettingsFrame tab="legal" meaning={t('legalMeaning')} action={newButton}>
      {documents.error && <Failure problem={documents.error} retry={documents.refetch} />}
      <DataTable
        label={t('legal')}
        rows={documents.items}
        rowKey={({ id }) => id}
        rowLabel={({ title }) => title}
        isPending={documents.isPending}
        hasMore={documents.hasMore}
        loadMore={documents.loadMore}
        empty={<EmptyState title={t('noDocuments')}>{t('noDocumentsText')}</EmptyState>}
        columns={[
          {
            key: 'title',
            title: t('documentTitle'),
            card: 'title',
            render: ({ title }) => <Plain text={title} limit={120} />,
          },
          { key: 'kind', title: t('documentKind'), render: ({ kind }) => t(`kind_${kind}`) },
          {
            key: 'version',
            title: t('documentLanguage'),
            render: ({ language, version }) => `${language} · ${t('version', { version })}`,
          },
          {
            key: 'state',
            title: t('state'),
            card: 'mark',
            render: ({ state, publishedAt }) => (
              <StatusMark kind={kinds[state]} word={t(`state_${state}`)} since={publishedAt ?? undefined} />
            ),
          },
          {
            key: 'deeds',
            title: '',
            width: '19rem',
            align: 'end',
            render: (terms) =>
              may('terms.manage') && (
                <Group gap="xs" justify="flex-end" wrap="nowrap">
                  {terms.state === 'draft' && (
                    <>
                      <Small onClick={() => setEdited(terms)} of={terms}>
                        {t('changeAccount')}
                      </Small>
                      <Small onClick={() => setDeed({ what: 'publish', terms })} of={terms}>
                        {t('publish')}
                      </Small>
                      <Small onClick={() => setDeed({ what: 'delete', terms })} of={terms}>
                        {t('delete')}
                      </Small>
                    </>
                  )}
                  {terms.state === 'published' && (
                    <Small onClick={() => setDeed({ what: 'withdraw', terms })} of={terms}>
                      {t('withdraw')}
                    </Small>
                  )}
                </Group>
              ),
          },
        ]}
      />
      <Title order={2}>{t('acceptances')}</Title>
      <DataTable
        label={t('acceptances')}
        rows={acceptances.items}
        rowKey={({ id }) => id}
        rowLabel={({ id }) => id}
        isPending={acceptances.isPending}
        hasMore={acceptances.hasMore}
        loadMore={acceptances.loadMore}
        empty={<EmptyState title={t('noAcceptances')} />}
        columns={[
          {
            key: 'person',
            title: t('person'),
            card: 'title',
            render: ({ userId }) => <RouteLink to={`/users/${userId}`}>{userId.slice(0, 8)}</RouteLink>,
          },
          {
            key: 'document',
            title: t('document'),
            render: ({ termsId, kind, language, version }) => {
              const title = byId.get(termsId)?.title;
              return (
                <>
                  {title === undefined ? t(`kind_${kind}`) : <Plain text={title} limit={80} />} · {language} ·{' '}
                  {t('version', { version })}
                </>
              );
            },
          },
          { key: 'at', title: t('agreedAt'), render: ({ acceptedAt }) => <Time at={acceptedAt} /> },
        ]}
      />
      {edited !== undefined && (
        <DocumentDialog
          {...(edited === 'new' ? {} : { terms: edited })}
          onClose={() => setEdited(undefined)}
        />
      )}
      {deed && (
        <DeedDialog key={`${deed.what}${deed.terms.id}`} deed={deed} onClose={() => setDeed(undefined)} />
      )}
    </SettingsFrame>
  );
}

function Small({ onClick, of, children }: { onClick: () => void; of: Terms; children: string }) {
  return (
    <Button
      size="compact-sm"
      variant="default"
      aria-label={`${children}: ${plainLine(of.title, 80)}`}
      onClick={onClick}
    >
      {children}
    </Button>
  );
}

function DeedDialog({ deed: { what, terms }, onClose }: { deed: Deed; onClose: () => void }) {
  const t = settingsTexts.use();
  const done = { refreshes: [listTerms], onDone: onClose };
  const publish = useChange(publishTerms, done);
  const withdraw = useChange(withdrawTerms, done);
  const remove = useChange(deleteTerms, done);
  const { title } = terms;
  const deeds = {
    publish: {
      change: publish,
      title: t('publishAsk', { title }),
      verb: t('publish'),
      consequences: { goes: [t('publishGoes')], after: [t('publishAfter')] },
    },
    withdraw: {
      change: withdraw,
      title: t('withdrawAsk', { title }),
      verb: t('withdraw'),
      consequences: { after: [t('withdrawAfter')] },
    },
    delete: { change: remove, title: t('deleteDraft'), verb: t('delete'), consequences: {} },
  } as const;
  const { change, ...shown } = deeds[what];
  return (
    <Ask
      opened
      onClose={onClose}
      {...shown}
      danger={what !== 'publish'}
      busy={change.isPending}
      problem={change.error}
      onConfirm={() => change.mutate({ params: { termsId: terms.id } })}
    />
  );
}
